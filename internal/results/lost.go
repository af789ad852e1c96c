package results

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// LostError is a file of results that somebody deleted, replaced or emptied while the run wrote it.
type LostError struct {
	// Name is the file's name as it was given.
	Name string
	// Saved names the file that has the results now, and takes those that still come; empty where none could be made.
	Saved string

	fate string
	err  error
}

func (e *LostError) Error() string {
	text := e.Name + " was " + e.fate + " during the run"
	if e.Saved == "" {
		return fmt.Sprintf("%s, and its results can't be saved: %v", text, e.err)
	}
	return text + "; its results are in " + e.Saved
}

// Unwrap returns why the results can't be saved; nil where they are.
func (e *LostError) Unwrap() error { return e.err }

// Failure implements failure.Reporter.
func (e *LostError) Failure() failure.Report { return failure.Report{Kind: failure.Output} }

// check looks whether the name still means the file, and whether the file still holds what was written. Otherwise it saves the
// results in another file and goes on with that; the error is a *LostError.
func (f *File) check() error {
	if f.device {
		return nil
	}
	fate := f.fate()
	if fate == "" {
		f.mark()
		return nil
	}
	lost := &LostError{Name: f.given, fate: fate}
	lost.Saved, lost.err = f.save()
	return lost
}

// fate returns what somebody did to the file; empty where nobody did anything, and where it can't be told.
func (f *File) fate() string {
	named, err := os.Stat(f.given)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return "deleted or renamed"
	case err == nil && !os.SameFile(named, f.info):
		return "replaced by another file"
	case !f.isIntact():
		return "emptied or overwritten"
	}
	return ""
}

// piece is a piece of what was written.
type piece struct {
	end  int64 // its place in the file
	text []byte
}

// end returns the last of what was written, at most so many bytes.
func (f *File) end(most int) piece { return piece{f.size, f.recent[max(0, len(f.recent)-most):]} }

// mark keeps the end of what was written for later checks.
func (f *File) mark() {
	const enough = 64
	f.checked = f.end(enough)
	f.checked.text = bytes.Clone(f.checked.text)
}

// isIntact reports whether the file holds its end, and also the end that it had at the last check: where somebody emptied it
// since, there are zeros before what was written later.
func (f *File) isIntact() bool {
	const window = 256 << 10
	return f.holds(f.checked) && f.holds(f.end(window))
}

func (f *File) holds(p piece) bool {
	text := make([]byte, len(p.text))
	_, err := f.f.ReadAt(text, p.end-int64(len(text)))
	return bytes.Equal(text, p.text) || err != nil && !errors.Is(err, io.EOF)
}

// maxRecent is how many bytes of what was written last are kept in memory, too: who empties the file destroys what is in it.
const maxRecent = 4 << 20

// remember keeps what was written.
func (f *File) remember(text []byte) {
	if len(text) > maxRecent {
		f.recent = nil
		return
	}
	if len(f.recent)+len(text) > 2*maxRecent {
		_, rest, _ := bytes.Cut(f.recent[len(f.recent)-maxRecent:], []byte("\n"))
		f.recent = append(f.recent[:0], rest...)
	}
	f.recent = append(f.recent, text...)
	if f.checked.text == nil {
		f.mark()
	}
}

// recall keeps the end of what an earlier run has written as if this one had.
func (f *File) recall() error {
	text := make([]byte, min(f.size, maxRecent))
	if _, err := f.f.ReadAt(text, f.size-int64(len(text))); err != nil {
		return fmt.Errorf("reading the end of %s: %w", f.name, err)
	}
	if int64(len(text)) < f.size {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	f.recent = text
	f.mark()
	return nil
}
