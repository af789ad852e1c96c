package rawjson

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"
)

// text consumes a string and returns the bytes between its quotes. If plain, which means ASCII without escapes, these
// bytes are the string's value.
func (c *Cursor) text() (inner []byte, plain bool) {
	start := c.at + 1
	escaped, seen := false, uint64(0)
	for i := start; i < len(c.raw); {
		// Most bytes of a text belong to long strings, so eight are examined at a time.
		eight := eightBytes(c.raw[i:])
		seen |= eight
		special := specialBytes(eight)
		if special == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(special) / 8
		if i < len(c.raw) && c.raw[i] == '"' {
			c.advance(i + 1 - c.at)
			return c.raw[start:i], !escaped && seen&highBits == 0
		}
		n := escapeLen(c.raw[i:])
		if n == 0 {
			break
		}
		escaped, i = true, i+n
	}
	c.fail()
	return nil, false
}

const (
	lowBits  = 0x0101010101010101
	highBits = 0x80 * lowBits
)

// eightBytes returns the next eight bytes as a little-endian number, padded with zeros at the end of raw.
func eightBytes(raw []byte) uint64 {
	if len(raw) >= 8 {
		return binary.LittleEndian.Uint64(raw)
	}
	var last [8]byte
	copy(last[:], raw)
	return binary.LittleEndian.Uint64(last[:])
}

// specialBytes returns a mask whose lowest set bit is the high bit of the first byte that is a quote, a backslash or a
// control character. It returns 0 if there is no such byte. Bits above the lowest one may be wrong.
func specialBytes(x uint64) uint64 {
	quote, slash := x^('"'*lowBits), x^('\\'*lowBits)
	return ((x-' '*lowBits)&^x | (quote-lowBits)&^quote | (slash-lowBits)&^slash) & highBits
}

// escapeLen returns the length of the escape sequence at the beginning of raw, or 0 if there is no valid one.
func escapeLen(raw []byte) int {
	switch {
	case len(raw) < 2 || raw[0] != '\\':
		return 0
	case strings.IndexByte(escapeLetters, raw[1]) >= 0:
		return 2
	case raw[1] != 'u' || len(raw) < 6 || slices.ContainsFunc(raw[2:6], notHex):
		return 0
	}
	return 6
}

func notHex(b byte) bool {
	letter := b | 0x20
	return (b < '0' || b > '9') && (letter < 'a' || letter > 'f')
}

// The letters of two-character escapes, and the characters they stand for.
const (
	escapeLetters = `"\/bfnrt`
	escapedBytes  = "\"\\/\b\f\n\r\t"
)

// unescape returns the value of a string from the bytes between its quotes, whose syntax must be valid.
func unescape(text []byte) string {
	if bytes.Contains(text, []byte(`\u`)) || !utf8.Valid(text) {
		var s string
		// The syntax has been checked.
		_ = json.Unmarshal(slices.Concat([]byte{'"'}, text, []byte{'"'}), &s)
		return s
	}
	var out strings.Builder
	out.Grow(len(text))
	for i := bytes.IndexByte(text, '\\'); i >= 0; i = bytes.IndexByte(text, '\\') {
		out.Write(text[:i])
		out.WriteByte(escapedBytes[strings.IndexByte(escapeLetters, text[i+1])])
		text = text[i+2:]
	}
	out.Write(text)
	return out.String()
}

// literal consumes true, false or null.
func (c *Cursor) literal(want string) {
	if !bytes.HasPrefix(c.raw[c.at:], []byte(want)) {
		c.fail()
		return
	}
	c.advance(len(want))
}

// number consumes a number.
func (c *Cursor) number() {
	i := c.at
	if c.Next() == '-' {
		i++
	}
	integer := i
	i = c.digits(i)
	ok := i > integer && (c.raw[integer] != '0' || i == integer+1)
	if i < len(c.raw) && c.raw[i] == '.' {
		fraction := i + 1
		i = c.digits(fraction)
		ok = ok && i > fraction
	}
	if i < len(c.raw) && c.raw[i]|0x20 == 'e' {
		if i++; i < len(c.raw) && (c.raw[i] == '+' || c.raw[i] == '-') {
			i++
		}
		exponent := i
		i = c.digits(i)
		ok = ok && i > exponent
	}
	if !ok {
		c.fail()
		return
	}
	c.advance(i - c.at)
}

// digits returns the offset of the first byte at or after i that is no digit.
func (c *Cursor) digits(i int) int {
	for i < len(c.raw) && c.raw[i] >= '0' && c.raw[i] <= '9' {
		i++
	}
	return i
}
