package offline

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

// What xAI takes as a picture.
const (
	maxPicture = 20 << 20
	minPixels  = 8
)

// inspect returns what a reply says about the picture of a URL: the type and size of a data URI's, which must be a picture
// that the API takes, and only the kind of an http URL, which is never fetched.
func inspect(url []byte) (string, error) {
	switch {
	case bytes.HasPrefix(url, []byte("http://")):
		return "[http URL]", nil
	case bytes.HasPrefix(url, []byte("https://")):
		return "[https URL]", nil
	}
	uri, ok := bytes.CutPrefix(url, []byte("data:"))
	head, data, found := bytes.Cut(uri, []byte(","))
	if !ok || !found || !bytes.HasSuffix(head, []byte(";base64")) {
		return "", badImage("Invalid image URL. Expected an http(s) URL or a base64 data URI.")
	}
	return inspectData(data)
}

// inspectData decodes twice, to the end for the size and from the start for the type: neither pass keeps the picture.
func inspectData(data []byte) (string, error) {
	size, err := io.Copy(io.Discard, decoded(data))
	if err != nil {
		return "", badImage("Image data is not valid base64.")
	}
	if size > maxPicture {
		return "", badImage("Image size %d bytes is too large. Maximum size is %d bytes (20 MiB).", size, maxPicture)
	}
	kind, err := sniff(data)
	if err != nil {
		return "", err
	}
	readConfig := png.DecodeConfig
	if kind == "image/jpeg" {
		readConfig = jpeg.DecodeConfig
	}
	return measure(kind, data, readConfig)
}

func measure(kind string, data []byte, readConfig func(io.Reader) (image.Config, error)) (string, error) {
	config, err := readConfig(decoded(data))
	if err != nil {
		return "", badImage("Image could not be decoded as %s.", kind)
	}
	if config.Width < minPixels || config.Height < minPixels {
		return "", badImage("Image dimensions %dx%d are too small. Minimum dimensions are %dx%d.",
			config.Width, config.Height, minPixels, minPixels)
	}
	return fmt.Sprintf("[%s %dx%d]", kind, config.Width, config.Height), nil
}

func badImage(format string, args ...any) error {
	return &apiError{status: http.StatusBadRequest, code: "invalid_image", text: fmt.Sprintf(format, args...)}
}

// sniff tells the type by the picture's bytes; what the data URI claims counts for nothing.
func sniff(data []byte) (string, error) {
	head := make([]byte, 512)
	n, _ := io.ReadFull(decoded(data), head) // a short picture has a type too
	kind := http.DetectContentType(head[:n])
	if kind != "image/png" && kind != "image/jpeg" {
		return "", badImage("Unsupported image type %s. Supported types: image/jpeg, image/png.", kind)
	}
	return kind, nil
}

func decoded(data []byte) io.Reader {
	return base64.NewDecoder(base64.StdEncoding, bytes.NewReader(data))
}
