package cassette

import (
	"bytes"
	"io"
	"iter"
	"math"
	"strconv"
)

// index finds the exchanges of a file by their keys. It keeps only the offset of each and its place.
type index struct {
	chains  map[Key]chain
	lines   []indexedLine
	end     int64 // offset of the first line that may still grow, where the next reading begins
	skipped int   // number of lines that are no exchanges
	unkeyed bool  // there are lines that do not begin with a key
}

// indexedLine is the offset of an exchange, its place, and the index of the next one with the same key; -1 if there is
// none.
type indexedLine struct {
	offset int64
	place  Place
	next   int32
}

// chain links the exchanges of one key in their order, as indices of index.lines. returned is the one that was returned
// last; -1 if none was.
type chain struct{ first, last, returned int32 }

func (x *index) add(k Key, offset int64, at Place) {
	n := int32(len(x.lines))
	c, exists := x.chains[k]
	switch {
	case !exists:
		c = chain{first: n, returned: -1}
	case x.lines[c.last].offset == offset:
		// The last line had no newline at the last reading, so it was read again.
		return
	default:
		x.lines[c.last].next = n
	}
	c.last = n
	x.lines = append(x.lines, indexedLine{offset, at, -1})
	x.chains[k] = c
}

// of yields the exchanges of a key in their order.
func (x *index) of(k Key) iter.Seq[indexedLine] {
	return func(yield func(indexedLine) bool) {
		c, exists := x.chains[k]
		for n := c.first; exists && n >= 0; n = x.lines[n].next {
			if !yield(x.lines[n]) {
				return
			}
		}
	}
}

// find returns the next exchange of a key for which load returns one. After the last one it returns that one again. It
// returns nil if there is none, and the first error of load.
func (x *index) find(k Key, load func(offset int64) (*exchange, error)) (*exchange, error) {
	c, exists := x.chains[k]
	if !exists {
		return nil, nil
	}
	next := c.first
	if c.returned >= 0 {
		next = x.lines[c.returned].next
	}
	for ; next >= 0; next = x.lines[next].next {
		found, err := load(x.lines[next].offset)
		if err != nil {
			return nil, err
		}
		if found != nil {
			c.returned = next
			x.chains[k] = c
			return found, nil
		}
	}
	if c.returned < 0 {
		return nil, nil
	}
	return load(x.lines[c.returned].offset)
}

// maxHead is enough for the key and the place at the beginning of an exchange, however it is indented.
const maxHead = 256

// readKeys reads the keys at the beginnings of the exchanges, from x.end on, without parsing the rest. Whether a key is
// right is checked when its exchange is looked up.
func (x *index) readKeys(f io.ReaderAt) error {
	if x.chains == nil {
		x.chains = map[Key]chain{}
	}
	for l, err := range values(f, x.end, maxHead) {
		if err != nil {
			return err
		}
		x.advance(l)
		if l.last != '}' {
			x.skipped++
		} else if k, at, ok := parseHead(l.head); ok {
			x.add(k, l.start, at)
		} else {
			x.unkeyed = true
		}
	}
	return nil
}

// parseHead reads the key and the place at the beginning of an exchange.
func parseHead(head []byte) (k Key, at Place, ok bool) {
	head = bytes.TrimPrefix(head, []byte(byteOrderMark))
	if !bytes.HasPrefix(head, []byte(keyStart)) {
		head = bytes.Join(bytes.Fields(head), nil)
	}
	const keyEnd = len(keyStart) + 2*len(Key{})
	if len(head) <= keyEnd || head[keyEnd] != '"' || string(head[:len(keyStart)]) != keyStart {
		return k, at, false
	}
	ok = k.UnmarshalText(head[len(keyStart):keyEnd]) == nil
	rest := leadingNumber(head[keyEnd+1:], `,"nth":`, &at.Nth)
	leadingNumber(rest, `,"attempt":`, &at.Attempt)
	return k, at, ok
}

// leadingNumber reads a number that follows a name, and returns what follows.
func leadingNumber(text []byte, name string, number *int32) []byte {
	digits, found := bytes.CutPrefix(text, []byte(name))
	end := bytes.IndexAny(digits, ",}")
	if !found || end < 0 {
		return text
	}
	if n, err := strconv.ParseInt(string(digits[:end]), 10, 32); err == nil {
		*number = int32(n)
	}
	return digits[end:]
}

// readAll parses every exchange and computes the key of its request.
func (x *index) readAll(f io.ReaderAt) error {
	x.chains = map[Key]chain{}
	for l, err := range values(f, x.end, math.MaxInt) {
		if err != nil {
			return err
		}
		x.advance(l)
		if found, err := parse(l.head); err == nil {
			x.add(found.key(), l.start, found.place)
		} else {
			x.skipped++
		}
	}
	return nil
}

func (x *index) advance(l line) {
	if l.ended {
		x.end = l.end
	}
}
