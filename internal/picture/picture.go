// Package picture checks and describes the pictures of requests as xAI does.
package picture

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
)

// MaxBytes is the size of the largest picture that xAI takes.
const MaxBytes = 20 << 20

// minPixels is the least width and height that it takes.
const minPixels = 8

// Describe returns a short text about the picture at a URL: the type and the size of a data URI, and only the scheme of
// an http URL, which is never fetched. Its error holds the API's words about a picture that it refuses.
func Describe(url []byte) (string, error) {
	scheme, rest, _ := bytes.Cut(url, []byte(":"))
	if bytes.EqualFold(scheme, []byte("data")) {
		return describeURI(rest)
	}
	host, absolute := bytes.CutPrefix(rest, []byte("//"))
	for _, name := range []string{"http", "https"} {
		if absolute && len(bytes.Trim(host, "/")) > 0 && bytes.EqualFold(scheme, []byte(name)) {
			return "[" + name + " URL]", nil
		}
	}
	return "", invalidURL()
}

func invalidURL() error {
	return refuse("Invalid image URL. Expected an http(s) URL or a base64 data URI.")
}

// describeURI describes a picture by its data URI without the scheme.
func describeURI(uri []byte) (string, error) {
	head, data, found := bytes.Cut(uri, []byte(","))
	if !found || !bytes.HasSuffix(bytes.ToLower(head), []byte(";base64")) {
		return "", invalidURL()
	}
	return describeData(data)
}

// describeData decodes to the end for the size and again from the start for the type: neither pass keeps the picture.
func describeData(data []byte) (string, error) {
	size, err := io.Copy(io.Discard, decodeBase64(data))
	if err != nil {
		return "", refuse("Image data is not valid base64.")
	}
	if size > MaxBytes {
		return "", refuse("Image size %d bytes is too large. Maximum size is %d bytes (20 MiB).", size, MaxBytes)
	}
	contentType, err := sniff(data)
	if err != nil {
		return "", err
	}
	readConfig := png.DecodeConfig
	if contentType == "image/jpeg" {
		readConfig = jpeg.DecodeConfig
	}
	return measure(contentType, data, readConfig)
}

func measure(contentType string, data []byte, readConfig func(io.Reader) (image.Config, error)) (string, error) {
	config, err := readConfig(decodeBase64(data))
	if err != nil {
		return "", refuse("Image could not be decoded as %s.", contentType)
	}
	if config.Width < minPixels || config.Height < minPixels {
		return "", refuse("Image dimensions %dx%d are too small. Minimum dimensions are %dx%d.",
			config.Width, config.Height, minPixels, minPixels)
	}
	return fmt.Sprintf("[%s %dx%d]", contentType, config.Width, config.Height), nil
}

// RefusedError reports a picture that the API refuses.
type RefusedError struct{ words string }

func (e *RefusedError) Error() string { return e.words }

func refuse(format string, args ...any) error {
	return &RefusedError{fmt.Sprintf(format, args...)}
}

// sniff returns the type of the picture's bytes, whatever the data URI declares.
func sniff(data []byte) (string, error) {
	head := make([]byte, 512)
	n, _ := io.ReadFull(decodeBase64(data), head) // a short picture has a type too
	contentType := http.DetectContentType(head[:n])
	if contentType != "image/png" && contentType != "image/jpeg" {
		return "", refuse("Unsupported image type %s. Supported types: image/jpeg, image/png.", contentType)
	}
	return contentType, nil
}

func decodeBase64(data []byte) io.Reader {
	return base64.NewDecoder(base64.StdEncoding, bytes.NewReader(data))
}
