package rawjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
)

// maxDepth is how deep values may be nested, as in encoding/json.
const maxDepth = 10000

// Cursor reads one JSON text from its beginning to its end, once, and checks its syntax on
// the way: it accepts what encoding/json accepts, at several times its speed. What it gives
// are parts of the text. Behind a mistake nothing follows, and End tells of it.
type Cursor struct {
	raw    []byte // without the white space around it
	at     int    // where the next value, or what ends the last one, begins
	depth  int
	spaced bool // there was white space between tokens
	bad    bool
}

// Read returns a cursor before the value that raw holds.
func Read(raw []byte) Cursor {
	return Cursor{raw: bytes.Trim(raw, " \t\r\n")}
}

// Next is the first byte of the value that is next, which tells its type; 0 where there is
// none.
func (c *Cursor) Next() byte {
	if c.at < len(c.raw) {
		return c.raw[c.at]
	}
	return 0
}

// Members gives the keys of the object that is next, each while its value is next. Values
// that are not read are passed over; so is what is left when the loop ends early, and
// anything but an object.
func (c *Cursor) Members() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		wanted := true
		for more := c.open('{'); more; more = c.more('}') {
			key := c.key()
			at := c.at
			wanted = wanted && !c.bad && yield(key)
			if c.at == at {
				c.Skip()
			}
		}
	}
}

// Elements gives the places of the elements of the array that is next, each while the
// element is next; else it is as Members.
func (c *Cursor) Elements() iter.Seq[int] {
	return func(yield func(int) bool) {
		wanted, place := true, 0
		for more := c.open('['); more; more = c.more(']') {
			at := c.at
			wanted = wanted && yield(place)
			if c.at == at {
				c.Skip()
			}
			place++
		}
	}
}

// Value reads the value that is next, whatever it is; nil where there is none.
func (c *Cursor) Value() json.RawMessage {
	start := c.Here()
	c.Skip()
	return c.Since(start)
}

// Here is where the next value begins, for Since.
func (c *Cursor) Here() int { return c.at }

// Since is the value that began there and is read; nil where it is not valid.
func (c *Cursor) Since(start int) json.RawMessage {
	if c.bad {
		return nil
	}
	value := c.raw[start:c.at:c.at]
	if c.spaced {
		return bytes.TrimRight(value, " \t\r\n")
	}
	return value
}

// Text reads the string that is next; ok is false for any other value, which is passed
// over.
func (c *Cursor) Text() (s string, ok bool) {
	if c.Next() != '"' {
		c.Skip()
		return "", false
	}
	text, plain := c.text()
	if plain {
		return string(text), true
	}
	return meaning(text), !c.bad
}

// Skip passes over the value that is next.
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
		c.word("true")
	case 'f':
		c.word("false")
	case 'n':
		c.word("null")
	default:
		c.number()
	}
}

// End says whether the text was one JSON value, which is read.
func (c *Cursor) End() bool { return !c.bad && c.at == len(c.raw) }

// Compact returns the text that was read without white space around it and between its
// tokens, every other byte as it was, and not copied where there is none between them. A
// mistake in it is a *json.SyntaxError.
func (c *Cursor) Compact() ([]byte, error) {
	if c.End() && !c.spaced {
		return c.raw, nil
	}
	var b bytes.Buffer
	b.Grow(len(c.raw))
	if err := json.Compact(&b, c.raw); err != nil {
		return nil, fmt.Errorf("not valid JSON: %w", err)
	}
	return b.Bytes(), nil
}

// open enters an object or an array, and says whether something is in it. Any other value
// is passed over.
func (c *Cursor) open(bracket byte) bool {
	switch {
	case c.Next() != bracket:
		c.Skip()
		return false
	case c.depth == maxDepth:
		c.fail()
		return false
	}
	c.depth++
	c.pass(1)
	return !c.closed(bracket + 2) // which is the bracket that closes it
}

// more passes over the comma before another item, or the bracket after the last one.
func (c *Cursor) more(bracket byte) bool {
	if c.Next() == ',' {
		c.pass(1)
		return true
	}
	if !c.closed(bracket) {
		c.fail()
	}
	return false
}

func (c *Cursor) closed(bracket byte) bool {
	if c.Next() != bracket {
		return false
	}
	c.depth--
	c.pass(1)
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
	c.pass(1)
	if plain {
		return text
	}
	return []byte(meaning(text))
}

// pass goes on behind n bytes and the white space after them.
func (c *Cursor) pass(n int) {
	c.at += n
	for c.at < len(c.raw) && isSpace(c.raw[c.at]) {
		c.at++
		c.spaced = true
	}
}

// fail ends the reading.
func (c *Cursor) fail() { c.at, c.bad = len(c.raw), true }

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\r' || b == '\t' }
