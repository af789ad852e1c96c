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

// picture makes a gray picture: picture FILE WIDTH HEIGHT [BYTES]. The type is told by the
// name, .png or .jpg; with BYTES zeros are added up to that size.
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
	var b bytes.Buffer
	img := image.NewGray(image.Rect(0, 0, sizes[0], sizes[1]))
	if strings.HasSuffix(args[0], ".png") {
		ts.Check(png.Encode(&b, img))
	} else {
		ts.Check(jpeg.Encode(&b, img, nil))
	}
	if len(sizes) > 2 {
		b.Write(make([]byte, sizes[2]-b.Len()))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o666))
}
