package input

import (
	"bytes"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

const utf16Hint = "convert it: iconv -f UTF-16 -t UTF-8"

// refuseUTF16 returns an error for text in UTF-16, which --lossy can't save either.
func refuseUTF16(name string, text []byte) error {
	if isUTF16(text) {
		return failure.BadUsage(utf16Hint, "%s is UTF-16, not UTF-8 text", name)
	}
	return nil
}

// isUTF16 reports whether text begins with a byte order mark of UTF-16, or has a NUL as every second byte.
func isUTF16(text []byte) bool {
	const window = 64
	text = text[:min(len(text), window)]
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return true
	}
	var nuls [2]int // at even and at odd offsets
	for i, c := range text {
		if c == 0 {
			nuls[i%2]++
		}
	}
	half := len(text) / 2
	return half > 1 && (nuls == [2]int{half, 0} || nuls == [2]int{0, half})
}
