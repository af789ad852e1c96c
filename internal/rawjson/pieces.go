package rawjson

import (
	"bytes"
	"slices"
	"unicode/utf8"
)

// Joiner reads strings that are pieces of one text. A character that an escape writes as two halves may have them in two pieces.
// The zero Joiner is ready.
type Joiner struct{ half []byte } // the escape that ended the last piece, if it is the first half of a character

// Next returns the text of a piece, a JSON string, without a half character at its end, which the next piece may complete.
// It returns an empty text for anything but a string.
func (j *Joiner) Next(raw []byte) string {
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	if inner := raw[1 : len(raw)-1]; j.half == nil && bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner)
	}
	whole := slices.Concat([]byte{'"'}, j.half, raw[1:])
	j.half = nil
	if half := firstHalf(whole); half != nil {
		j.half = bytes.Clone(half)
		whole = append(whole[:len(whole)-1-len(half)], '"')
	}
	text, _ := String(whole)
	return text
}

// End returns what stands for a half character that no piece completed; empty if there is none.
func (j *Joiner) End() string {
	if j.half == nil {
		return ""
	}
	j.half = nil
	return "\ufffd"
}

// firstHalf returns the escape that ends a JSON string if it is the first half of a character; otherwise nil.
func firstHalf(raw []byte) []byte {
	const length = len(`\ud83d`)
	end := len(raw) - 1
	if end-length < 1 || raw[end-length] != '\\' || raw[end-length+1] != 'u' {
		return nil
	}
	escape := raw[end-length : end]
	if !bytes.ContainsRune([]byte("dD"), rune(escape[2])) || !bytes.ContainsRune([]byte("89abAB"), rune(escape[3])) {
		return nil
	}
	slashes := len(raw[:end-length]) - len(bytes.TrimRight(raw[:end-length], `\`))
	if slashes%2 == 1 {
		// The backslash is itself escaped, and what follows it is text.
		return nil
	}
	return escape
}
