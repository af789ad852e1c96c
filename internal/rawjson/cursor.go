package rawjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
)

// maxDepth limits the nesting of values, as in encoding/json.
const maxDepth = 10000

// Cursor reads one JSON text, once, from its beginning to its end, and checks the syntax on the way. It accepts what
// encoding/json accepts, several times as fast. The values that it returns are parts of the text. After a syntax error
// it returns nothing more, and End reports false.
type Cursor struct {
	raw      []byte // without surrounding white space
	at       int    // the offset of the next value, or of the token after the last one
	depth    int
	hasSpace bool // there was white space between tokens
	invalid  bool
	tooDeep  bool // the text is invalid because of its depth
}

// Read returns a cursor at the beginning of raw.
func Read(raw []byte) Cursor {
	return Cursor{raw: bytes.Trim(raw, " \t\r\n")}
}

// Next returns the first byte of the next value, which reveals its type, without consuming it. It returns 0 at the end.
func (c *Cursor) Next() byte {
	if c.at < len(c.raw) {
		return c.raw[c.at]
	}
	return 0
}

// Members yields the keys of the next value, an object. While a key is yielded, its value is the next value; the loop
// skips it unless the body has read it. Leaving the loop skips the remaining members. A value that is no object is
// skipped and yields nothing.
func (c *Cursor) Members() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		wanted := true
		for more := c.open('{'); more; more = c.more('}') {
			key := c.key()
			at := c.at
			wanted = wanted && !c.invalid && yield(key)
			if c.at == at {
				c.Skip()
			}
		}
	}
}

// Elements yields the indices of the next value, an array. While an index is yielded, its element is the next value.
// Otherwise it behaves like Members.
func (c *Cursor) Elements() iter.Seq[int] {
	return func(yield func(int) bool) {
		wanted, index := true, 0
		for more := c.open('['); more; more = c.more(']') {
			at := c.at
			wanted = wanted && yield(index)
			if c.at == at {
				c.Skip()
			}
			index++
		}
	}
}

// Value reads the next value, of any type. It returns nil at the end and after a syntax error.
func (c *Cursor) Value() json.RawMessage {
	start := c.Here()
	c.Skip()
	return c.Since(start)
}

// Here returns the offset of the next value, to be passed to Since.
func (c *Cursor) Here() int { return c.at }

// Since returns the value that began at start and has been read, or nil after a syntax error.
func (c *Cursor) Since(start int) json.RawMessage {
	if c.invalid {
		return nil
	}
	value := c.raw[start:c.at:c.at]
	if c.hasSpace {
		return bytes.TrimRight(value, " \t\r\n")
	}
	return value
}

// Text reads the next value as a string. A value of another type is skipped; ok is then false.
func (c *Cursor) Text() (s string, ok bool) {
	if c.Next() != '"' {
		c.Skip()
		return "", false
	}
	text, plain := c.text()
	if plain {
		return string(text), true
	}
	return unescape(text), !c.invalid
}

// Skip consumes the next value.
func (c *Cursor) Skip() {
	switch c.Next() {
	case '{':
		for range c.Members() {
		}
	case '[':
		for range c.Elements() {
		}
	case '"':
		c.text()
	case 't':
		c.literal("true")
	case 'f':
		c.literal("false")
	case 'n':
		c.literal("null")
	default:
		c.number()
	}
}

// End reports whether the text was exactly one valid JSON value and all of it has been read.
func (c *Cursor) End() bool { return !c.invalid && c.at == len(c.raw) }

// Compact returns the whole text without white space around and between its tokens; all other bytes stay as they are.
// It returns the text without a copy if there is no such white space. A syntax error wraps a *json.SyntaxError.
func (c *Cursor) Compact() ([]byte, error) {
	if c.End() && !c.hasSpace {
		return c.raw, nil
	}
	var b bytes.Buffer
	b.Grow(len(c.raw))
	if err := json.Compact(&b, c.raw); err != nil {
		return nil, fmt.Errorf("not valid JSON: %w", err)
	}
	return b.Bytes(), nil
}

// open enters an object or an array and reports whether it has an item. A value of any other type is skipped.
func (c *Cursor) open(opening byte) bool {
	switch {
	case c.Next() != opening:
		c.Skip()
		return false
	case c.depth == maxDepth:
		c.tooDeep = true
		c.fail()
		return false
	}
	c.depth++
	c.advance(1)
	return !c.closed(opening + 2) // in ASCII, } is two after {, and ] two after [
}

// more consumes the comma before another item, or the closing bracket, and reports whether there is another item.
func (c *Cursor) more(closing byte) bool {
	if c.Next() == ',' {
		c.advance(1)
		return true
	}
	if !c.closed(closing) {
		c.fail()
	}
	return false
}

func (c *Cursor) closed(closing byte) bool {
	if c.Next() != closing {
		return false
	}
	c.depth--
	c.advance(1)
	return true
}

// key reads a key and its colon.
func (c *Cursor) key() []byte {
	if c.Next() != '"' {
		c.fail()
		return nil
	}
	text, plain := c.text()
	if c.Next() != ':' {
		c.fail()
		return nil
	}
	c.advance(1)
	if plain {
		return text
	}
	return []byte(unescape(text))
}

// advance consumes n bytes and the white space after them.
func (c *Cursor) advance(n int) {
	c.at += n
	for c.at < len(c.raw) && isSpace(c.raw[c.at]) {
		c.at++
		c.hasSpace = true
	}
}

// fail records a syntax error and ends the reading.
func (c *Cursor) fail() { c.at, c.invalid = len(c.raw), true }

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\r' || b == '\t' }
