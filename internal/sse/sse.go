// Package sse reads the framing of server-sent events, and nothing of their meaning.
//
// It is the project's own because servers stretch the format in ways that a strict
// library drops: a last event without its blank line, and llama.cpp's field "error",
// which carries a failure in a 200 reply.
package sse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Event is one event of a stream. Data is valid until the next call of Next.
type Event struct {
	// Name is the event field, or "error" where the data came in a field of that name;
	// mostly empty.
	Name string
	// Data is what the data lines hold, joined by newlines.
	Data []byte
}

// TooLongError says that an event is larger than the reader's bound, in bytes.
type TooLongError struct{ Max int }

func (e *TooLongError) Error() string {
	return fmt.Sprintf("an event of the stream is over %d bytes", e.Max)
}

// Reader splits a stream into events. It takes LF, CRLF and CR as line ends, also split
// across reads, a byte order mark, comments, and a missing final blank line.
type Reader struct {
	src     io.Reader
	max     int
	buf     []byte
	start   int // of the bytes that are not consumed yet
	scanned int // up to here there is no line end
	skipLF  bool
	begun   bool
	err     error
	data    []byte
	name    string
	hasData bool
}

// NewReader returns a Reader whose events may each be at most limit bytes.
func NewReader(src io.Reader, limit int) *Reader {
	return &Reader{src: src, max: limit, buf: make([]byte, 0, 16<<10)}
}

// Next returns the next event that has data. It returns io.EOF at the end, a
// *TooLongError, or the source's error. Data without its blank line is given at the end of
// the source, but not where the source fails.
func (r *Reader) Next() (Event, error) {
	r.data, r.name, r.hasData = r.data[:0], "", false
	for {
		line, err := r.line()
		if err != nil {
			if r.hasData && errors.Is(err, io.EOF) {
				return r.event(), nil
			}
			return Event{}, err
		}
		if len(line) > 0 {
			r.field(line)
			if len(r.data) > r.max {
				return Event{}, &TooLongError{r.max}
			}
			continue
		}
		if r.hasData {
			return r.event(), nil
		}
		r.name = ""
	}
}

func (r *Reader) event() Event { return Event{Name: r.name, Data: r.data} }

func (r *Reader) field(line []byte) {
	name, value, _ := bytes.Cut(line, []byte(":"))
	value = bytes.TrimPrefix(value, []byte(" "))
	switch string(name) {
	case "error":
		r.name = "error"
	case "event":
		r.name = string(value)
		return
	case "data":
	default: // a comment has an empty name; id, retry and unknown fields mean nothing here
		return
	}
	if r.hasData {
		r.data = append(r.data, '\n')
	}
	r.data, r.hasData = append(r.data, value...), true
}

// line returns the next line without its end, valid until the next call.
func (r *Reader) line() ([]byte, error) {
	for {
		if line, ok := r.cut(); ok {
			return line, nil
		}
		if r.err != nil {
			return r.last()
		}
		if len(r.buf)-r.start > r.max {
			return nil, &TooLongError{r.max}
		}
		r.fill()
	}
}

// cut takes a whole line from the buffer, if there is one.
func (r *Reader) cut() ([]byte, bool) {
	if r.skipLF && r.start < len(r.buf) {
		// A CR ended the last line at once; its LF may come much later.
		if r.buf[r.start] == '\n' {
			r.start++
		}
		r.skipLF = false
		r.scanned = max(r.scanned, r.start)
	}
	i := lineEnd(r.buf[r.scanned:])
	if i < 0 {
		r.scanned = len(r.buf)
		return nil, false
	}
	end := r.scanned + i
	line := r.buf[r.start:end]
	r.skipLF = r.buf[end] == '\r'
	r.start, r.scanned = end+1, end+1
	return r.trimBOM(line), true
}

// last returns what stands after the last line end, then the source's error.
func (r *Reader) last() ([]byte, error) {
	if !errors.Is(r.err, io.EOF) || r.start == len(r.buf) {
		return nil, r.err
	}
	line := r.buf[r.start:]
	r.start, r.scanned = len(r.buf), len(r.buf)
	return r.trimBOM(line), nil
}

func (r *Reader) trimBOM(line []byte) []byte {
	if !r.begun {
		r.begun = true
		return bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	return line
}

func (r *Reader) fill() {
	if r.start > 0 {
		n := copy(r.buf, r.buf[r.start:])
		r.buf, r.scanned, r.start = r.buf[:n], r.scanned-r.start, 0
	}
	if len(r.buf) == cap(r.buf) {
		r.buf = append(make([]byte, 0, 2*cap(r.buf)), r.buf...)
	}
	n, err := r.src.Read(r.buf[len(r.buf):cap(r.buf)])
	r.buf, r.err = r.buf[:len(r.buf)+n], err
}

func lineEnd(b []byte) int {
	lf := bytes.IndexByte(b, '\n')
	if lf >= 0 {
		b = b[:lf]
	}
	if cr := bytes.IndexByte(b, '\r'); cr >= 0 {
		return cr
	}
	return lf
}
