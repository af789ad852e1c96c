package rows

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Text is a row as it stands in the input.
type Text struct {
	// Line is the number of its first line, from 1.
	Line int64
	// Bytes is the row without its end. Long reports that it was too long to be kept; then Bytes is nil.
	Bytes []byte
	Long  bool
	// Offset locates its beginning in the input, and Size is its length there with its end; both in bytes.
	Offset, Size int64
}

// The sizes of a scanner's buffer in bytes: to begin with, the largest that is kept from one row to the next, and one that
// holds every row.
const (
	smallBuffer = 256 << 10
	largeBuffer = 4 << 20
	rowBuffer   = MaxRow + smallBuffer
)

// scanner splits an input into rows.
type scanner struct {
	in      io.Reader
	name    string
	buf     []byte
	from    int   // where the next row starts in buf
	line    int64 // of the input there
	err     error // of reading
	walk    walk
	read    int64  // bytes of the input
	dropped int64  // the length of what was dropped of a row that is too long
	breaks  int64  // the line breaks in that
	spaces  string // a row of nothing else is blank; the names of columns never are
}

func newScanner(in io.Reader, o *Options) *scanner {
	return &scanner{in: in, name: o.Name, line: 1, buf: make([]byte, 0, smallBuffer), walk: walk{dialect: o.dialect()}, spaces: " "}
}

// start returns the first bytes, without byte order marks: enough to tell the encoding, or the first line if that is shorter,
// because a program may write the next one later.
func (s *scanner) start() []byte {
	for len(s.buf) < encodingWindow && bytes.IndexByte(s.buf, '\n') < 0 && s.err == nil {
		s.fill()
	}
	// A program that adds one may find one there.
	for bytes.HasPrefix(s.buf[s.from:], []byte(byteOrderMark)) {
		s.from += len(byteOrderMark)
	}
	line, _, _ := bytes.Cut(s.buf[s.from:min(len(s.buf), encodingWindow)], []byte("\n"))
	return line
}

const byteOrderMark = "\ufeff"

// next returns the next row that is not blank. Its bytes hold until the next call. The error is io.EOF, an *UnclosedError, or
// one of reading.
func (s *scanner) next() (Text, error) {
	for {
		row, err := s.row()
		if err != nil || row.Long || len(bytes.Trim(row.Bytes, s.spaces)) > 0 {
			return row, err
		}
	}
}

// each yields the rows that are left, and last an error that is not the end of the input.
func (s *scanner) each(yield func(Text, error) bool) {
	for {
		row, err := s.next()
		if errors.Is(err, io.EOF) || !yield(row, err) || err != nil {
			return
		}
	}
}

// row returns the next row, which may be blank.
func (s *scanner) row() (Text, error) {
	s.walk.begin()
	for {
		text := s.buf[s.from:]
		if end := s.walk.end(text); end > 0 {
			return s.take(end), nil
		}
		if s.err != nil {
			if errors.Is(s.err, io.EOF) && s.walk.isOpen() && s.walk.giveUp() {
				continue
			}
			return s.last()
		}
		if len(text) > MaxRow {
			if s.walk.giveUp() {
				continue
			}
			s.drop()
		}
		s.fill()
	}
}

// take returns the row that is so long, with its end.
func (s *scanner) take(size int) Text {
	text := s.buf[s.from : s.from+size]
	row := Text{Line: s.line, Bytes: text, Size: s.dropped + int64(size)}
	s.line += s.breaks + int64(bytes.Count(text, []byte("\n")))
	s.from += size
	row.Offset = s.read - int64(len(s.buf)-s.from) - row.Size
	row.Bytes = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
	if row.Long = s.dropped > 0 || len(row.Bytes) > MaxRow; row.Long {
		row.Bytes = nil
	}
	s.dropped, s.breaks = 0, 0
	return row
}

// last returns the row that the end of the input ends, or why there is none.
func (s *scanner) last() (Text, error) {
	size := len(s.buf) - s.from
	switch {
	case !errors.Is(s.err, io.EOF):
		return Text{}, fmt.Errorf("reading line %d: %w", s.line, s.err)
	case s.walk.isOpen():
		return Text{}, s.unclosed()
	case size == 0 && s.dropped == 0:
		return Text{}, io.EOF
	}
	return s.take(size), nil
}

func (s *scanner) unclosed() error {
	text := s.buf[s.from:]
	opened := s.walk.openedLine
	if s.walk.opened >= 0 {
		opened += s.breaks + int64(bytes.Count(text[:s.walk.opened], []byte("\n")))
	}
	last := s.line + s.breaks + int64(bytes.Count(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")))
	s.from = len(s.buf)
	return &UnclosedError{Name: s.name, Line: s.line + opened, First: s.line, Last: last}
}

// drop forgets what is read of a row that is too long, except the last byte, which may end the input.
func (s *scanner) drop() {
	text := s.buf[s.from : s.from+s.walk.at-1]
	if s.walk.opened < len(text) && s.walk.opened >= 0 {
		s.walk.openedLine = s.breaks + int64(bytes.Count(text[:s.walk.opened], []byte("\n")))
		s.walk.opened = -1
	} else if s.walk.opened >= 0 {
		s.walk.opened -= len(text)
	}
	s.dropped += int64(len(text))
	s.breaks += int64(bytes.Count(text, []byte("\n")))
	s.from += len(text)
	s.walk.at = 1
}

// lacksLF reports whether the last row was read and ends without a LF.
func (s *scanner) lacksLF() bool {
	return errors.Is(s.err, io.EOF) && s.from == len(s.buf) && !bytes.HasSuffix(s.buf, []byte("\n"))
}

// fill reads more of the input.
func (s *scanner) fill() {
	rest := s.buf[s.from:]
	switch {
	case len(rest) == cap(s.buf):
		s.buf = append(make([]byte, 0, grown(cap(s.buf))), rest...)
	case cap(s.buf) > largeBuffer && len(rest) < smallBuffer/2:
		s.buf = append(make([]byte, 0, smallBuffer), rest...)
	case s.from > 0:
		s.buf = s.buf[:copy(s.buf[:cap(s.buf)], rest)]
	}
	s.from = 0
	const attempts = 100
	for range attempts {
		n, err := s.in.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		s.read += int64(n)
		if s.err = err; n > 0 || err != nil {
			return
		}
	}
	s.err = io.ErrNoProgress
}

// grown returns the next size of a full buffer. The last step is one, so that a long row is not copied again and again; memory
// that nothing has been read into costs nothing.
func grown(size int) int {
	if size >= largeBuffer {
		return rowBuffer
	}
	return 2 * size
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
