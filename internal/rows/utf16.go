package rows

import "bytes"

// encodingWindow limits the bytes at the start of a text that tell its encoding.
const encodingWindow = 64

// UTF16 returns the name that iconv has for the encoding of text in UTF-16; empty for other text. Without a byte order mark, most
// characters hold a NUL, which tells the byte order.
func UTF16(text []byte) (encoding string) {
	text = text[:min(len(text), encodingWindow)/2*2]
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return "UTF-16"
	}
	var nuls [2]int // at even and at odd offsets
	for i, c := range text {
		if c == 0 {
			nuls[i%2]++
		}
	}
	most := max(2, len(text)*3/8)
	switch {
	case nuls[0] >= most && nuls[1] == 0:
		return "UTF-16BE"
	case nuls[1] >= most && nuls[0] == 0:
		return "UTF-16LE"
	}
	return ""
}

// UTF16Hint says how to convert text in UTF-16.
func UTF16Hint(encoding string) string { return "convert it: iconv -f " + encoding + " -t UTF-8" }
