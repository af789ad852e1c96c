package cassette

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
	"math"
)

// index finds the lines of a file by their keys. It keeps only the offset of each line.
type index struct {
	chains  map[key]chain
	lines   []indexedLine
	end     int64 // offset of the first line that may still grow, where the next reading begins
	skipped int   // number of lines that are no exchanges
}

// indexedLine is the offset of a line, and the index of the next line with the same key; -1 if there is none.
type indexedLine struct {
	offset int64
	next   int32
}

// chain links the lines of one key in their order, as indices of index.lines. returned is the line that was returned
// last; -1 if none was.
type chain struct{ first, last, returned int32 }

func (x *index) add(k key, offset int64) {
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
	x.lines = append(x.lines, indexedLine{offset, -1})
	x.chains[k] = c
}

// find returns the next line of a key for which load returns an exchange. After the last one it returns that one again.
// It returns nil if there is none, and the first error of load.
func (x *index) find(k key, load func(offset int64) (*exchange, error)) (*exchange, error) {
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

// readKeys reads the keys at the beginnings of the lines, from x.end on, without parsing the lines. Whether a key is
// right is checked when its line is looked up.
func (x *index) readKeys(r io.Reader) error {
	if x.chains == nil {
		x.chains = map[key]chain{}
	}
	const keyEnd = len(keyStart) + 2*len(key{})
	for l, err := range lines(r, x.end, len(byteOrderMark)+keyEnd+1) {
		if err != nil {
			return err
		}
		x.advance(l)
		if l.last != '}' {
			x.skipped++
			continue
		}
		head := bytes.TrimPrefix(l.head, []byte(byteOrderMark))
		if len(head) <= keyEnd || head[keyEnd] != '"' || string(head[:len(keyStart)]) != keyStart {
			continue
		}
		if k, ok := parseKey(head[len(keyStart):keyEnd]); ok {
			x.add(k, l.start)
		}
	}
	return nil
}

// readAll parses every line and computes the key of its request.
func (x *index) readAll(r io.Reader) error {
	x.chains = map[key]chain{}
	for l, err := range lines(r, x.end, math.MaxInt) {
		if err != nil {
			return err
		}
		x.advance(l)
		if found, err := parse(l.head); err == nil {
			x.add(found.key(), l.start)
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

// line is one line of a file. Blank lines are never yielded.
type line struct {
	start, end int64
	head       []byte // its first bytes; valid until the next line is read
	last       byte   // its last byte that is no white space; a newline if the line is blank
	ended      bool   // it ends with a newline
}

// lines yields the lines of r, which begins at an offset of a file. Each line holds its first bytes, at most keep.
func lines(r io.Reader, offset int64, keep int) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		in := bufio.NewReaderSize(r, 1<<16)
		l := line{start: offset, end: offset, last: '\n'}
		for {
			part, err := in.ReadSlice('\n')
			l.append(part, keep)
			switch {
			case errors.Is(err, bufio.ErrBufferFull):
				continue
			case err != nil && !errors.Is(err, io.EOF):
				yield(line{}, err)
				return
			}
			l.ended = err == nil
			if l.last != '\n' && !yield(l, nil) || !l.ended {
				return
			}
			l = line{start: l.end, end: l.end, last: '\n', head: l.head[:0]}
		}
	}
}

func (l *line) append(part []byte, keep int) {
	l.end += int64(len(part))
	l.head = append(l.head, part[:min(len(part), keep-len(l.head))]...)
	if text := bytes.TrimRight(part, " \t\r\n"); len(text) > 0 {
		l.last = text[len(text)-1]
	}
}
