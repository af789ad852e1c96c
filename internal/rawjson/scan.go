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

// text passes over a string and gives what stands between its quotes. Where it is plain,
// without escapes and in ASCII, that is what it means.
func (c *Cursor) text() (inner []byte, plain bool) {
	start := c.at + 1
	escaped, all := false, uint64(0)
	for i := start; i < len(c.raw); {
		// Eight bytes at a time: most of a text is in its long strings.
		eight := eightBytes(c.raw[i:])
		all |= eight
		special := specialBytes(eight)
		if special == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(special) / 8
		if i < len(c.raw) && c.raw[i] == '"' {
			c.pass(i + 1 - c.at)
			return c.raw[start:i], !escaped && all&highBits == 0
		}
		n := escape(c.raw[i:])
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

// eightBytes are the next eight bytes, the first one lowest; zeros stand behind the end.
func eightBytes(raw []byte) uint64 {
	if len(raw) >= 8 {
		return binary.LittleEndian.Uint64(raw)
	}
	var last [8]byte
	copy(last[:], raw)
	return binary.LittleEndian.Uint64(last[:])
}

// specialBytes sets the high bit of the first byte that is a quote, a backslash or a
// control character, and none before it.
func specialBytes(x uint64) uint64 {
	quote, slash := x^('"'*lowBits), x^('\\'*lowBits)
	return ((x-' '*lowBits)&^x | (quote-lowBits)&^quote | (slash-lowBits)&^slash) & highBits
}

// escape is the number of bytes of the escape that raw begins with; 0 where there is none.
func escape(raw []byte) int {
	switch {
	case len(raw) < 2 || raw[0] != '\\':
		return 0
	case strings.IndexByte(letters, raw[1]) >= 0:
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

// The escapes of one letter, and what they mean.
const (
	letters  = `"\/bfnrt`
	meanings = "\"\\/\b\f\n\r\t"
)

// meaning is what the inside of a valid string means.
func meaning(text []byte) string {
	if bytes.Contains(text, []byte(`\u`)) || !utf8.Valid(text) {
		var s string
		// Its syntax is valid.
		_ = json.Unmarshal(slices.Concat([]byte{'"'}, text, []byte{'"'}), &s)
		return s
	}
	var out strings.Builder
	out.Grow(len(text))
	for i := bytes.IndexByte(text, '\\'); i >= 0; i = bytes.IndexByte(text, '\\') {
		out.Write(text[:i])
		out.WriteByte(meanings[strings.IndexByte(letters, text[i+1])])
		text = text[i+2:]
	}
	out.Write(text)
	return out.String()
}

// word passes over true, false or null.
func (c *Cursor) word(word string) {
	if !bytes.HasPrefix(c.raw[c.at:], []byte(word)) {
		c.fail()
		return
	}
	c.pass(len(word))
}

// number passes over a number.
func (c *Cursor) number() {
	i := c.at
	if c.Next() == '-' {
		i++
	}
	whole := i
	i = c.digits(i)
	ok := i > whole && (c.raw[whole] != '0' || i == whole+1)
	if i < len(c.raw) && c.raw[i] == '.' {
		part := i + 1
		i = c.digits(part)
		ok = ok && i > part
	}
	if i < len(c.raw) && c.raw[i]|0x20 == 'e' {
		if i++; i < len(c.raw) && (c.raw[i] == '+' || c.raw[i] == '-') {
			i++
		}
		power := i
		i = c.digits(i)
		ok = ok && i > power
	}
	if !ok {
		c.fail()
		return
	}
	c.pass(i - c.at)
}

// digits is the place of the first byte from i on that is no digit.
func (c *Cursor) digits(i int) int {
	for i < len(c.raw) && c.raw[i] >= '0' && c.raw[i] <= '9' {
		i++
	}
	return i
}
