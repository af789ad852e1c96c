//go:build unix

package testscripts

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// picture creates a gray picture:
//
//	picture FILE WIDTH HEIGHT [BYTES]
//
// The extension of FILE, .png or .jpg, selects the type. With BYTES, zeros are appended up to that size.
func picture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: picture FILE WIDTH HEIGHT [BYTES]")
	}
	var sizes []int
	for _, arg := range args[1:] {
		n, err := strconv.Atoi(arg)
		ts.Check(err)
		sizes = append(sizes, n)
	}
	raw, err := draw(args[0], sizes[0], sizes[1])
	ts.Check(err)
	if len(sizes) > 2 {
		raw = append(raw, make([]byte, sizes[2]-len(raw))...)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), raw, 0o666))
}

func draw(name string, width, height int) ([]byte, error) {
	var b bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, width, height))
	if strings.HasSuffix(name, ".png") {
		err := png.Encode(&b, img)
		return b.Bytes(), err
	}
	err := jpeg.Encode(&b, img, nil)
	return b.Bytes(), err
}
