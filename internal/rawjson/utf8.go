package rawjson

import "unicode/utf8"

// Mend makes UTF-8 of text, which JSON must be: with U+FFFD for each byte that belongs to no
// character, and how many these are.
func Mend(text []byte) (mended []byte, replaced int) {
	mended = make([]byte, 0, len(text))
	for len(text) > 0 {
		c, size := utf8.DecodeRune(text)
		if c == utf8.RuneError && size == 1 {
			replaced++
		}
		mended = utf8.AppendRune(mended, c)
		text = text[size:]
	}
	return mended, replaced
}
