package rawjson

import "bytes"

// Position returns the line and the column of the byte at offset, both counted from 1. A column counts bytes, and a
// line ends with its newline. An offset beyond either end of text counts as that end.
func Position(text []byte, offset int) (line, column int) {
	before := text[:max(0, min(offset, len(text)))]
	return 1 + bytes.Count(before, []byte("\n")), len(before) - bytes.LastIndexByte(before, '\n')
}
