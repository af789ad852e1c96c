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

// Limits of the API: JPEG and PNG of at most 20 MiB and at least 8×8 pixels, in any number.
const (
	maxPicture = 20 << 20
	minPixels  = 8
)

// picture is a URL as it was given, or the bytes of a picture with their media type.
type picture struct {
	url   string
	media string
	data  []byte
}

// part returns the picture as a part of a message's content.
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
	if arg == "-" {
		raw, err := r.fromStdin(ctx, maxPicture)
		if err != nil {
			return picture{}, err
		}
		return checkPicture("the picture on stdin", raw)
	}
	return r.namedPicture(arg)
}

// namedPicture returns the picture of a URL, a data URI or a file.
func (r *reader) namedPicture(arg string) (picture, error) {
	// URLs from a list with Windows line ends have a CR at their ends.
	uri := strings.Trim(arg, " \t\r\n\ufeff")
	lower := strings.ToLower(uri)
	switch {
	case arg == "":
		return picture{}, badUsage("a picture's name is empty")
	case strings.HasPrefix(lower, "http://"), strings.HasPrefix(lower, "https://"):
		if strings.ContainsFunc(uri, unicode.IsControl) {
			return picture{}, badUsage("the picture's URL %q holds a control character", uri)
		}
		return picture{url: uri}, nil
	case strings.HasPrefix(lower, "data:"):
		return dataURI(uri)
	}
	raw, err := r.readPicture(arg)
	if err != nil {
		return picture{}, err
	}
	return checkPicture(displayName(arg), raw)
}

// readPicture reads a file, up to one byte more than the limit.
func (r *reader) readPicture(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, r.openError(name, err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, badUsage("%s can't be read: %w", displayName(name), err)
	}
	if info.IsDir() {
		return nil, badUsage("%s is a directory, not a picture", displayName(name))
	}
	// Pictures are the largest parts of a request, so this allocates the right size once.
	size := int(min(info.Size(), maxPicture)) + 1
	raw := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	if _, err := raw.ReadFrom(io.LimitReader(f, maxPicture+1)); err != nil {
		return nil, badUsage("%s can't be read: %w", displayName(name), err)
	}
	return raw.Bytes(), nil
}

func (r *reader) openError(name string, err error) error {
	hint := ""
	if strings.ContainsAny(name, " \t\n?") || !strings.ContainsAny(name, "./\\") {
		hint = r.spec.PictureHint
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		path.Path = displayName(path.Path)
	}
	return failure.BadUsage(hint, "%w", err)
}

// mediaType detects the type of a picture by its first bytes. It returns "" for types that the API does not accept.
func mediaType(raw []byte) string {
	switch {
	case bytes.HasPrefix(raw, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	}
	return ""
}

// checkPicture detects the type of a picture and returns an error for one that the API would refuse.
func checkPicture(name string, raw []byte) (picture, error) {
	media := mediaType(raw)
	switch {
	case len(raw) == 0:
		return picture{}, badUsage("%s is empty, not a picture", name)
	case media == "":
		return picture{}, badUsage("%s is neither JPEG nor PNG, the types that the API takes", name)
	case len(raw) > maxPicture:
		return picture{}, badUsage("%s is over 20 MiB, the most that the API takes", name)
	}
	// The API may accept a header that this decoder can't read.
	size, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err == nil && (size.Width < minPixels || size.Height < minPixels) {
		return picture{}, badUsage("%s has %d×%d pixels; the API takes no fewer than 8×8", name, size.Width, size.Height)
	}
	return picture{media: media, data: raw}, nil
}

// dataURI checks a picture in a base64 data URI. The URI is sent unchanged.
func dataURI(uri string) (picture, error) {
	const name = "the data URI"
	header, data, ok := strings.Cut(uri, ",")
	if !ok || !strings.HasSuffix(strings.ToLower(header), ";base64") {
		return picture{}, badUsage("%s has no ;base64, part", name)
	}
	if base64.StdEncoding.DecodedLen(len(data)) > maxPicture+3 {
		return picture{}, badUsage("%s is over 20 MiB, the most that the API takes", name)
	}
	raw, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return picture{}, badUsage("%s is not valid base64: %w", name, err)
	}
	if _, err := checkPicture(name, raw); err != nil {
		return picture{}, err
	}
	return picture{url: uri}, nil
}
