// Package render writes replies as text, as raw JSON, or through a jq filter. It knows neither the wire format nor
// flags: callers decide what is written, render decides how.
package render

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// WriteError reports output that could not be written.
type WriteError struct{ Err error }

func (e *WriteError) Error() string {
	cause := e.Err
	// The path of standard output would not help the user.
	if path := new(fs.PathError); errors.As(e.Err, &path) && path.Path == "/dev/stdout" {
		cause = path.Err
	}
	return fmt.Sprintf("the output can't be written: %v", cause)
}

// Unwrap returns the cause.
func (e *WriteError) Unwrap() error { return e.Err }

// Failure implements failure.Reporter.
func (e *WriteError) Failure() failure.Report { return failure.Report{Kind: failure.Output} }

// Writer writes a reply. Each call makes one write, so that everything that has arrived is visible at once and is not
// interleaved with the lines of another writer. Errors are *WriteError.
type Writer struct {
	// Out receives the replies.
	Out io.Writer
	// NUL ends each complete value by a NUL byte instead of a newline.
	NUL bool
	// NoNewline omits the newline at the end of the output.
	NoNewline bool

	last byte // last byte of a streamed text
	held bool // a newline is withheld that would be the last byte so far
}

// Text writes a complete text and its end: NUL, or a newline if the text has none.
func (w *Writer) Text(text string) error {
	switch {
	case w.NUL:
		text += "\x00"
	case !strings.HasSuffix(text, "\n"):
		text += "\n"
	}
	return w.write([]byte(text))
}

// Delta writes a piece of a streamed text as it is.
func (w *Writer) Delta(text string) error {
	if text == "" {
		return nil
	}
	w.last = text[len(text)-1]
	return w.write([]byte(text))
}

// EndText ends a streamed text as Text does.
func (w *Writer) EndText() error {
	last := w.last
	w.last = 0
	switch {
	case w.NUL:
		return w.write([]byte{0})
	case last != '\n':
		return w.write([]byte{'\n'})
	}
	return nil
}

// JSON writes a JSON value on one line, without changing its tokens.
func (w *Writer) JSON(raw []byte) error {
	line, err := rawjson.Compact(raw)
	if err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return w.Value(line)
}

// Value writes a complete value and its end.
func (w *Writer) Value(line []byte) error {
	end := byte('\n')
	if w.NUL {
		end = 0
	}
	return w.write(append(slices.Clip(line), end))
}

func (w *Writer) write(b []byte) error {
	if w.NoNewline {
		b = w.hold(b)
	}
	if _, err := w.Out.Write(b); err != nil {
		return &WriteError{err}
	}
	return nil
}

// hold returns what may be written now: the newline that was held back, and b without one at its end.
func (w *Writer) hold(b []byte) []byte {
	if w.held && len(b) > 0 {
		b = append([]byte{'\n'}, b...)
		w.held = false
	}
	if rest, ends := bytes.CutSuffix(b, []byte{'\n'}); ends {
		b, w.held = rest, true
	}
	return b
}
