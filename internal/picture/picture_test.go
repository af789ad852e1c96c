package picture_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/picture"
)

// dataURI returns a PNG of this size as a data URI.
func dataURI(tb testing.TB, width, height int) string {
	tb.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		tb.Fatal(err)
	}
	return "data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(buf.Bytes())
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ url, want, refusal string }{
		{url: "https://x.example/p.png", want: "[https URL]"},
		{url: "HTTP://x.example/p.png", want: "[http URL]"},
		{url: "https://", refusal: "Invalid image URL. Expected an http(s) URL or a base64 data URI."},
		{url: "httpsx://x.example/p.png", refusal: "Invalid image URL. Expected an http(s) URL or a base64 data URI."},
		{url: strings.Replace(dataURI(t, 8, 9), "data:image/jpeg;base64", "DATA:image/jpeg;BASE64", 1), want: "[image/png 8x9]"},
		// The type is that of the bytes.
		{url: dataURI(t, 8, 9), want: "[image/png 8x9]"},
		{url: dataURI(t, 7, 9), refusal: "Image dimensions 7x9 are too small. Minimum dimensions are 8x8."},
		{url: "data:image/png;base64,!", refusal: "Image data is not valid base64."},
		{url: "data:image/png,x", refusal: "Invalid image URL. Expected an http(s) URL or a base64 data URI."},
		{url: "data:;base64,R0lGODlh", refusal: "Unsupported image type image/gif. Supported types: image/jpeg, image/png."},
	} {
		got, err := picture.Describe([]byte(tt.url))
		refused := ""
		if e, ok := errors.AsType[*picture.RefusedError](err); ok {
			refused = e.Error()
		}
		if got != tt.want || refused != tt.refusal || (err == nil) != (tt.refusal == "") {
			t.Errorf("%.40s: %q, %v", tt.url, got, err)
		}
	}
}

// FuzzDescribe checks that no data ends the process, and that each error is a refusal.
func FuzzDescribe(f *testing.F) {
	f.Add([]byte(dataURI(f, 8, 8)))
	f.Add([]byte("data:;base64,/9j/"))
	f.Fuzz(func(t *testing.T, url []byte) {
		got, err := picture.Describe(url)
		if _, ok := errors.AsType[*picture.RefusedError](err); ok == (got != "") {
			t.Errorf("%q, %v", got, err)
		}
	})
}
