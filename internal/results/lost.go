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

// LostError reports a results file that another program deleted, replaced, emptied or wrote to during the run.
type LostError struct {
	// Name is the name of the file as given on the command line.
	Name string
	// Saved is the name of the file to which the results were saved and later ones are appended; empty if saving
	// failed.
	Saved string

	reason string
	err    error
}

func (e *LostError) Error() string {
	text := e.Name + " " + e.reason
	if e.Saved == "" {
		return fmt.Sprintf("%s, and its results can't be saved: %v", text, e.err)
	}
	return text + "; its results are in " + e.Saved
}

// Unwrap returns the error of saving the results; nil if they were saved.
func (e *LostError) Unwrap() error { return e.err }

// Failure implements failure.Reporter.
func (e *LostError) Failure() failure.Report { return failure.Report{Kind: failure.Output} }

// check verifies that the name still refers to this file and that the file still ends with the bytes written last. If
// not, it saves the results to a new file, to which later results go, and leaves a *LostError to Sync.
func (f *File) check() {
	if f.device {
		return
	}
	reason := f.lostReason()
	if reason == "" {
		f.setCheckpoint()
		return
	}
	_ = f.leave("was " + reason + " during the run") // Sync returns the error
}

// leave saves the results to a new file, to which later results go, and leaves a *LostError to Sync. It returns an error
// if there is no new file.
func (f *File) leave(reason string) error {
	lost := &LostError{Name: f.given, reason: reason}
	lost.Saved, lost.err = f.save()
	f.lost = lost
	return lost.err
}

// lostReason describes what happened to the file; empty if the file is unchanged or can't be examined.
func (f *File) lostReason() string {
	named, err := os.Stat(f.given)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return "deleted or renamed"
	case err == nil && !os.SameFile(named, f.info):
		return "replaced by another file"
	case !f.isIntact():
		return "emptied or overwritten"
	case f.hasOtherSize():
		return "written to by another program"
	}
	return ""
}

// hasOtherSize reports whether the file is longer or shorter than what was written.
func (f *File) hasOtherSize() bool {
	if f.device {
		return false
	}
	info, err := f.f.Stat()
	return err == nil && info.Size() != f.size
}

// A segment holds bytes that were written, and their position in the file.
type segment struct {
	end  int64 // offset of the byte after text
	text []byte
}

// tail returns up to limit of the bytes written last.
func (f *File) tail(limit int) segment {
	return segment{f.size, f.recent[max(0, len(f.recent)-limit):]}
}

// setCheckpoint records the current end of the file for later checks.
func (f *File) setCheckpoint() {
	const size = 64
	f.checkpoint = f.tail(size)
	f.checkpoint.text = bytes.Clone(f.checkpoint.text)
}

// isIntact reports whether the file still contains the bytes written last and those before the checkpoint. The
// checkpoint reveals a file that was emptied and has grown again.
func (f *File) isIntact() bool {
	const window = 256 << 10
	return f.contains(f.checkpoint) && f.contains(f.tail(window))
}

func (f *File) contains(s segment) bool {
	text := make([]byte, len(s.text))
	_, err := f.f.ReadAt(text, s.end-int64(len(text)))
	return bytes.Equal(text, s.text) || err != nil && !errors.Is(err, io.EOF)
}

// maxRecent is the number of bytes written last that are kept in memory, to restore them if the file is emptied.
const maxRecent = 4 << 20

// addRecent adds written bytes to those in memory, and drops older lines beyond the limit.
func (f *File) addRecent(text []byte) {
	if len(text) > maxRecent {
		f.recent = nil
		return
	}
	if len(f.recent)+len(text) > 2*maxRecent {
		_, rest, _ := bytes.Cut(f.recent[len(f.recent)-maxRecent:], []byte("\n"))
		f.recent = append(f.recent[:0], rest...)
	}
	f.recent = append(f.recent, text...)
	if f.checkpoint.text == nil {
		f.setCheckpoint()
	}
}

// loadRecent reads the end of the file, which an earlier run wrote, into memory.
func (f *File) loadRecent() error {
	text := make([]byte, min(f.size, maxRecent))
	if _, err := f.f.ReadAt(text, f.size-int64(len(text))); err != nil {
		return fmt.Errorf("reading the end of %s: %w", f.name, err)
	}
	if int64(len(text)) < f.size {
		_, text, _ = bytes.Cut(text, []byte("\n"))
	}
	f.recent = text
	f.setCheckpoint()
	return nil
}
