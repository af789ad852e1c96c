package rawjson

import "unicode/utf8"

// ToValidUTF8 returns text as UTF-8, which JSON requires. Each byte that belongs to no valid character becomes U+FFFD;
// replaced counts them.
func ToValidUTF8(text []byte) (valid []byte, replaced int) {
	valid = make([]byte, 0, len(text))
	for len(text) > 0 {
		c, size := utf8.DecodeRune(text)
		if c == utf8.RuneError && size == 1 {
			replaced++
		}
		valid = utf8.AppendRune(valid, c)
		text = text[size:]
	}
	return valid, replaced
}
