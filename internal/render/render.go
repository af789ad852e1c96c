// Package render writes replies: text, raw JSON and what jq makes of it. It knows no wire
// and no flags; whoever calls it decides what is written, and it decides how.
package render

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// WriteError is output that could not be written.
type WriteError struct{ Err error }

func (e *WriteError) Error() string {
	cause := e.Err
	// A path adds nothing where it is standard output's.
	if path := new(fs.PathError); errors.As(e.Err, &path) && path.Path == "/dev/stdout" {
		cause = path.Err
	}
	return fmt.Sprintf("the output can't be written: %v", cause)
}

// Unwrap gives the cause.
func (e *WriteError) Unwrap() error { return e.Err }

// Writer writes a reply. Each call is one write, so that what arrived is out at once and
// another writer's lines don't come in between. Errors are *WriteError.
type Writer struct {
	// Out is where replies go.
	Out io.Writer
	// NUL ends each whole value by a NUL byte in place of a newline.
	NUL bool
	// Terminal makes control characters harmless.
	Terminal bool
	// Redact removes secrets; nil leaves all as it is.
	Redact func([]byte) []byte

	last byte // of a streamed text
}

// Text writes a whole text and ends it: by NUL, or by a newline if it has none.
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

// BreakOff ends a streamed text that was cut: on a terminal, what follows begins on a line
// of its own; elsewhere the bytes stay as they came.
func (w *Writer) BreakOff() error {
	if !w.Terminal || w.last == 0 || w.last == '\n' {
		return nil
	}
	w.last = 0
	return w.write([]byte{'\n'})
}

// JSON writes a JSON value on one line, its tokens as they are.
func (w *Writer) JSON(raw []byte) error {
	line, err := rawjson.Compact(raw)
	if err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return w.Value(line)
}

// Value writes bytes that are a whole value, and their end.
func (w *Writer) Value(line []byte) error {
	end := byte('\n')
	if w.NUL {
		end = 0
	}
	return w.write(append(slices.Clip(line), end))
}

func (w *Writer) write(b []byte) error {
	if w.Redact != nil {
		b = w.Redact(b)
	}
	if w.Terminal {
		b = []byte(Harmless(string(b)))
	}
	if _, err := w.Out.Write(b); err != nil {
		return &WriteError{err}
	}
	return nil
}

// Harmless shows control characters in place of letting a terminal obey them: C0 and DEL
// as their pictures, C1 and what is not UTF-8 as U+FFFD. Newline, tab and the CR before a
// newline stay.
func Harmless(text string) string {
	if !strings.ContainsFunc(text, risky) && utf8.ValidString(text) {
		return text
	}
	var out strings.Builder
	for i, c := range text {
		switch {
		case c == '\r' && strings.HasPrefix(text[i:], "\r\n"), !risky(c):
			out.WriteRune(c)
		case c < 0x20:
			out.WriteRune('\u2400' + c)
		case c == 0x7f:
			out.WriteRune('\u2421')
		default:
			out.WriteRune(utf8.RuneError)
		}
	}
	return out.String()
}

func risky(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }

// OneLine makes text fit for a line of its own on any terminal: harmless, white space
// folded, and of at most limit bytes, with what was left out counted.
func OneLine(text string, limit int) string {
	more := ""
	if len(text) > limit {
		cut := limit
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		more = fmt.Sprintf(" … (%d more bytes)", len(text)-cut)
		text = text[:cut]
	}
	return Harmless(strings.Join(strings.Fields(text), " ")) + more
}
