// Package sse reads the framing of server-sent events; it does not interpret their data.
//
// The project has its own reader because servers deviate from the format in ways that a strict library discards: a last
// event without its blank line, and llama.cpp's field "error", which carries a failure in a 200 reply.
package sse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Event is one event of a stream. Data is valid until the next call of Next.
type Event struct {
	// Name is the value of the field "event", or "error" if the data came in a field of that name. It is mostly empty.
	Name string
	// Data holds the values of the data lines, joined by newlines.
	Data []byte
}

// TooLongError says that an event, with what came before it, is larger than the reader's bound, in bytes.
type TooLongError struct{ Max int }

func (e *TooLongError) Error() string {
	return fmt.Sprintf("an event of the stream is over %d bytes", e.Max)
}

// Reader splits a stream into events. It accepts LF, CRLF and CR as line ends, even when split across reads, and
// tolerates a byte order mark, comments, and a missing final blank line.
type Reader struct {
	src     io.Reader
	max     int
	whole   func(data []byte) bool
	passed  int // bytes of the lines since the last event
	buf     []byte
	start   int // offset of the first byte that is not consumed
	scanned int // offset before which there is no line end
	skipLF  bool
	started bool
	err     error
	data    []byte
	name    string
	lines   int // of data
}

// NewReader returns a Reader whose events may each be at most limit bytes. Some servers leave out the blank line between events:
// whole says that data is complete in itself, so that the next line of data begins another event. It is asked about the first line
// of data only: about all lines so far it would take too long.
func NewReader(src io.Reader, limit int, whole func(data []byte) bool) *Reader {
	return &Reader{src: src, max: limit, whole: whole, buf: make([]byte, 0, 16<<10)}
}

// Next returns the next event that has data. It returns io.EOF at the end, a *TooLongError, or the error of the source.
// At io.EOF, data without a final blank line is still an event; after any other error of the source it is discarded.
func (r *Reader) Next() (Event, error) {
	r.data, r.name, r.lines, r.passed = r.data[:0], "", 0, 0
	for {
		if r.lines == 1 && r.endsHere() {
			return r.event(), nil
		}
		line, err := r.line()
		if err != nil {
			if r.lines > 0 && errors.Is(err, io.EOF) {
				return r.event(), nil
			}
			return Event{}, err
		}
		if r.passed += len(line) + 1; r.passed > r.max {
			return Event{}, &TooLongError{r.max}
		}
		switch {
		case len(line) > 0:
			r.field(line)
		case r.lines > 0:
			return r.event(), nil
		default:
			r.name = ""
		}
	}
}

// endsHere reports whether an event ends although no blank line has come: another field follows, or nothing yet, and what came is
// whole.
func (r *Reader) endsHere() bool {
	rest := r.buf[r.start:]
	if r.skipLF {
		rest = bytes.TrimPrefix(rest, []byte("\n"))
	}
	return (len(rest) == 0 || !bytes.ContainsAny(rest[:1], ":\r\n")) && r.whole(r.data)
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
	default: // comments (whose name is empty), id, retry and unknown fields
		return
	}
	if r.lines > 0 {
		r.data = append(r.data, '\n')
	}
	r.data, r.lines = append(r.data, value...), r.lines+1
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

// cut removes the next line from the buffer. It returns false if the end of the line has not been read yet.
func (r *Reader) cut() ([]byte, bool) {
	if r.skipLF && r.start < len(r.buf) {
		// The last line ended with a CR. The LF that may belong to it can arrive much later.
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

// last returns the text after the last line end, then the error of the source.
func (r *Reader) last() ([]byte, error) {
	if !errors.Is(r.err, io.EOF) || r.start == len(r.buf) {
		return nil, r.err
	}
	line := r.buf[r.start:]
	r.start, r.scanned = len(r.buf), len(r.buf)
	return r.trimBOM(line), nil
}

func (r *Reader) trimBOM(line []byte) []byte {
	if !r.started {
		r.started = true
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
