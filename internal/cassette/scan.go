package cassette

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
	"math"
	"os"
)

// line is a value in a file. It takes one line of the file, or several if somebody has formatted it.
type line struct {
	start, end int64
	head       []byte // its first bytes; valid until the next line is read
	last       byte   // its last byte that is no white space; a newline if the line is blank
	ended      bool   // no later write can add to it
}

// values yields the values of a file from an offset on, each with its first bytes, at most keep. A line that is no JSON
// object is a value too. The frame of an array around the values is left out.
func values(f io.ReaderAt, offset int64, keep int) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		end, several := offset, true
		for l, err := range lines(io.NewSectionReader(f, offset, math.MaxInt64-offset), offset, keep) {
			if err != nil {
				yield(line{}, err)
				return
			}
			if l.start < end || isFrame(l.head) {
				continue
			}
			if several && begins(l.head) && l.last != '}' {
				if l, several, err = whole(f, l, keep); err != nil {
					yield(line{}, err)
					return
				}
				end = l.end
			}
			if !yield(l, nil) {
				return
			}
		}
	}
}

// begins reports whether a line begins with an object.
func begins(head []byte) bool {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte(byteOrderMark)), " \t")
	return len(head) > 0 && head[0] == '{'
}

// isFrame reports whether a line has no part in a value: it opens or closes an array, or separates its elements.
func isFrame(head []byte) bool {
	head = bytes.TrimSpace(head)
	return len(head) == 1 && (head[0] == '[' || head[0] == ',' || head[0] == ']')
}

// whole returns the value that begins with the line l; l itself if that is torn. more is false if the rest of the file
// ends inside a value: further searches would read it in vain.
func whole(f io.ReaderAt, l line, keep int) (value line, more bool, err error) {
	length, err := objectLength(io.NewSectionReader(f, l.start, math.MaxInt64-l.start))
	switch {
	case errors.Is(err, io.EOF):
		return l, false, nil
	case errors.Is(err, errTorn):
		return l, true, nil
	case err != nil:
		return l, false, err
	}
	value = line{start: l.start, end: l.start + length, last: '}', ended: true, head: make([]byte, min(length, int64(keep)))}
	_, err = f.ReadAt(value.head, l.start)
	return value, true, err
}

// errTorn reports a value that a crash left incomplete.
var errTorn = errors.New("torn")

// objectLength returns the number of bytes up to the end of an object. A newline inside a string, and a line that begins
// with another object, show that it is torn.
func objectLength(r io.Reader) (int64, error) {
	in := bufio.NewReader(r)
	depth, quoted, escaped, previous := 0, false, false, byte(0)
	for n := int64(1); ; n++ {
		c, err := in.ReadByte()
		if err != nil {
			return 0, err
		}
		switch {
		case escaped:
			escaped = false
		case quoted && c == '\n', depth > 0 && c == '{' && previous == '\n':
			return 0, errTorn
		case quoted:
			escaped, quoted = c == '\\', c != '"'
		case c == '"':
			quoted = true
		case c == '{', c == '[':
			depth++
		case c == '}', c == ']':
			if depth--; depth == 0 {
				return n, nil
			}
		}
		previous = c
	}
}

// valueAt returns the value that begins at an offset.
func valueAt(f io.ReaderAt, offset int64) ([]byte, error) {
	text, err := bufio.NewReader(io.NewSectionReader(f, offset, math.MaxInt64-offset)).ReadBytes('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if trimmed := bytes.TrimRight(text, " \t\r\n"); bytes.HasSuffix(trimmed, []byte("}")) || !begins(text) {
		return text, nil
	}
	l, _, err := whole(f, line{start: offset, head: text}, math.MaxInt)
	return l.head, err
}

// lines yields the lines of r, which begins at an offset of a file, without the blank ones. Each line holds its first
// bytes, at most keep.
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

// readFile opens a file for use. Its errors are *FileError.
func readFile(name string, use func(io.ReaderAt) error) error {
	f, err := os.Open(name)
	if err != nil {
		return &FileError{err}
	}
	defer func() { _ = f.Close() }()
	if err := use(f); err != nil {
		return &FileError{err}
	}
	return nil
}

// FileError reports that the file could not be read.
type FileError struct{ Err error }

func (e *FileError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }
