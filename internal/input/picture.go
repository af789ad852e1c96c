package input

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"image"
	_ "image/jpeg" // to read the size of a picture
	_ "image/png"  // likewise
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// The limits of a picture: the API takes JPEG and PNG of at most 20 MiB and at least 8×8
// pixels, any number of them.
const (
	maxPicture = 20 << 20
	minPixels  = 8
)

// picture is one picture: a URL as it was given, or bytes with their type.
type picture struct {
	url   string
	media string
	data  []byte
}

// part is the picture as a part of a message's content.
func (p picture) part(detail string) rawjson.Doc {
	var d rawjson.Doc
	d.Text(`{"type":"image_url","image_url":{"url":`)
	if p.data == nil {
		d.Raw(rawjson.Quote(p.url))
	} else {
		d.Text(`"data:` + p.media + `;base64,`)
		d.Base64(p.data)
		d.Text(`"`)
	}
	if detail != "" {
		d.Text(`,"detail":`)
		d.Raw(rawjson.Quote(detail))
	}
	d.Text("}}")
	return d
}

func (r *reader) pictures(ctx context.Context) ([]picture, error) {
	var out []picture
	for _, arg := range r.spec.Pictures {
		p, err := r.picture(ctx, arg)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func (r *reader) picture(ctx context.Context, arg string) (picture, error) {
	// A list of URLs that was made on Windows leaves a CR at their ends.
	uri := strings.Trim(arg, " \t\r\n\ufeff")
	lower := strings.ToLower(uri)
	switch {
	case arg == "":
		return picture{}, wrong("a picture's name is empty")
	case strings.HasPrefix(lower, "http://"), strings.HasPrefix(lower, "https://"):
		if strings.ContainsFunc(uri, unicode.IsControl) {
			return picture{}, wrong("the picture %q is no URL: it holds a control character", uri)
		}
		return picture{url: uri}, nil
	case strings.HasPrefix(lower, "data:"):
		return dataURI(uri)
	case arg == "-":
		raw, err := r.fromStdin(ctx, maxPicture)
		if err != nil {
			return picture{}, err
		}
		return checked("the picture on stdin", raw)
	}
	raw, err := r.readPicture(arg)
	if err != nil {
		return picture{}, err
	}
	return checked(fileName(arg), raw)
}

// readPicture reads a file, but no more of it than shows that it is too large.
func (r *reader) readPicture(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, r.missing(name, err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, wrong("%s can't be read: %w", fileName(name), err)
	}
	if info.IsDir() {
		return nil, wrong("%s is a directory, not a picture", fileName(name))
	}
	// One allocation of the right size: pictures are the largest things a request holds.
	size := int(min(info.Size(), maxPicture)) + 1
	raw := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	if _, err := raw.ReadFrom(io.LimitReader(f, maxPicture+1)); err != nil {
		return nil, wrong("%s can't be read: %w", fileName(name), err)
	}
	return raw.Bytes(), nil
}

func (r *reader) missing(name string, err error) error {
	hint := ""
	if strings.ContainsAny(name, " \t\n?") || !strings.ContainsAny(name, "./\\") {
		hint = r.spec.PictureHint
	}
	if errors.Is(err, fs.ErrNotExist) {
		return failure.BadUsage(hint, "%s: no such file", fileName(name))
	}
	return failure.BadUsage(hint, "%s can't be read: %w", fileName(name), err)
}

// mediaType is the type of a picture by its first bytes; empty for what the API does not
// take.
func mediaType(raw []byte) string {
	switch {
	case bytes.HasPrefix(raw, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	}
	return ""
}

// checked tells a picture by its bytes and refuses what the API would refuse.
func checked(name string, raw []byte) (picture, error) {
	media := mediaType(raw)
	switch {
	case len(raw) == 0:
		return picture{}, wrong("%s is empty, not a picture", name)
	case media == "":
		return picture{}, wrong("%s is neither JPEG nor PNG, the types that the API takes", name)
	case len(raw) > maxPicture:
		return picture{}, wrong("%s is over 20 MiB, the most that the API takes", name)
	}
	// A head that can't be read here may still be one that the API can read.
	size, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err == nil && (size.Width < minPixels || size.Height < minPixels) {
		return picture{}, wrong("%s has %d×%d pixels; the API takes no fewer than 8×8", name, size.Width, size.Height)
	}
	return picture{media: media, data: raw}, nil
}

// dataURI checks a picture that is given as base64 and passes the URI on as it is.
func dataURI(uri string) (picture, error) {
	const name = "the data URI"
	head, data, ok := strings.Cut(uri, ",")
	if !ok || !strings.HasSuffix(strings.ToLower(head), ";base64") {
		return picture{}, wrong("%s has no ;base64, part", name)
	}
	if base64.StdEncoding.DecodedLen(len(data)) > maxPicture+3 {
		return picture{}, wrong("%s is over 20 MiB, the most that the API takes", name)
	}
	raw, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return picture{}, wrong("%s is not valid base64: %w", name, err)
	}
	if _, err := checked(name, raw); err != nil {
		return picture{}, err
	}
	return picture{url: uri}, nil
}
