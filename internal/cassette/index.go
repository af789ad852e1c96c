package cassette

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
	"math"
)

// index finds the lines of a file by their keys. Of each it keeps the place alone.
type index struct {
	chains  map[key]chain
	lines   []place
	end     int64 // of the lines that can't grow any more: the next reading begins here
	foreign int   // lines that are no exchanges
}

// place is where a line is, with the next one of its chain; -1 is none.
type place struct {
	at   int64
	next int32
}

// chain are the lines of one key, in their order, as indices of the index's lines. given is
// the one that was given last; -1 is none yet.
type chain struct{ first, last, given int32 }

func (x *index) add(k key, at int64) {
	n := int32(len(x.lines))
	c, known := x.chains[k]
	switch {
	case !known:
		c = chain{first: n, given: -1}
	case x.lines[c.last].at == at:
		// The last line had no newline yet and is read again.
		return
	default:
		x.lines[c.last].next = n
	}
	c.last = n
	x.lines = append(x.lines, place{at, -1})
	x.chains[k] = c
}

// find gives the next line of a key that take takes, in their order; after the last one the
// last again. It is nil where there is none. An error of take ends it.
func (x *index) find(k key, take func(at int64) (*exchange, error)) (*exchange, error) {
	c, known := x.chains[k]
	if !known {
		return nil, nil
	}
	next := c.first
	if c.given >= 0 {
		next = x.lines[c.given].next
	}
	for ; next >= 0; next = x.lines[next].next {
		found, err := take(x.lines[next].at)
		if err != nil {
			return nil, err
		}
		if found != nil {
			c.given = next
			x.chains[k] = c
			return found, nil
		}
	}
	if c.given < 0 {
		return nil, nil
	}
	return take(x.lines[c.given].at)
}

// readKeys reads from x.end on what lines say that their keys are, without reading all of
// them: only a line that is looked up is held to that.
func (x *index) readKeys(r io.Reader) error {
	if x.chains == nil {
		x.chains = map[key]chain{}
	}
	const keyEnd = len(keyStart) + 2*len(key{})
	for l, err := range lines(r, x.end, len(byteOrderMark)+keyEnd+1) {
		if err != nil {
			return err
		}
		x.passed(l)
		if l.last != '}' {
			x.foreign++
			continue
		}
		head := bytes.TrimPrefix(l.head, []byte(byteOrderMark))
		if len(head) <= keyEnd || head[keyEnd] != '"' || string(head[:len(keyStart)]) != keyStart {
			continue
		}
		if k, ok := parseKey(head[len(keyStart):keyEnd]); ok {
			x.add(k, l.at)
		}
	}
	return nil
}

// readAll reads every line and makes its key from its request.
func (x *index) readAll(r io.Reader) error {
	x.chains = map[key]chain{}
	for l, err := range lines(r, x.end, math.MaxInt) {
		if err != nil {
			return err
		}
		x.passed(l)
		if found, err := parse(l.head); err == nil {
			x.add(found.key(), l.at)
		} else {
			x.foreign++
		}
	}
	return nil
}

func (x *index) passed(l line) {
	if l.ended {
		x.end = l.end
	}
}

// line is a line of a file that is not blank.
type line struct {
	at, end int64
	head    []byte // its first bytes; they last until the next line is read
	last    byte   // its last byte that is no white space; a newline in a blank one
	ended   bool   // by a newline
}

// lines gives the lines of what r reads, which begins at some place of a file, each with so
// many of its first bytes.
func lines(r io.Reader, at int64, keep int) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		in := bufio.NewReaderSize(r, 1<<16)
		l := line{at: at, end: at, last: '\n'}
		for {
			part, err := in.ReadSlice('\n')
			l.take(part, keep)
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
			l = line{at: l.end, end: l.end, last: '\n', head: l.head[:0]}
		}
	}
}

func (l *line) take(part []byte, keep int) {
	l.end += int64(len(part))
	l.head = append(l.head, part[:min(len(part), keep-len(l.head))]...)
	if text := bytes.TrimRight(part, " \t\r\n"); len(text) > 0 {
		l.last = text[len(text)-1]
	}
}
