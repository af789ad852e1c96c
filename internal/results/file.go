// Package results keeps the results of a batch: a line each in the form of the Batch API, written in the order of the input
// or appended to a file that survives a crash, and read back to resume.
package results

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/chatcmpl/chatcmpl/internal/lock"
)

// The reasons to refuse a file before anything is sent.
var (
	ErrExists  = errors.New("it exists")
	ErrIsInput = errors.New("it is the input")
	ErrFolder  = errors.New("it is a directory")
	ErrDevice  = errors.New("it is no regular file, so there is nothing to go on with")
)

// File is the sink that appends results to a file: one write a result.
type File struct {
	f      *os.File
	info   os.FileInfo // of f
	name   string
	given  string // the name before links are followed
	folder string // of the given name
	device bool
	dirty  bool
	size   int64

	recent  []byte // what was written last
	checked piece  // the end at the last check, or of the first result
}

// OpenFile opens a file for results and locks it, without changing anything in it. An existing file is ErrExists unless it is
// to be resumed or overwritten; one that is the input, also by another name, is ErrIsInput; one that another run writes is
// lock.ErrHeld; a directory is ErrFolder; a device that is to be resumed is ErrDevice.
func OpenFile(name string, resume, force bool, input *os.File) (*File, error) {
	switch same, err := sameFile(name, input); {
	case err != nil:
		return nil, err
	case same:
		return nil, ErrIsInput
	case isFolder(name):
		return nil, ErrFolder
	case resume && isDevice(name):
		return nil, ErrDevice
	}
	if isDevice(name) {
		// There is nothing in it to lose, and any number of runs may write to it.
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, fmt.Errorf("opening the output: %w", err)
		}
		return &File{f: f, name: name, device: true}, nil
	}
	given := name
	if target, err := filepath.EvalSymlinks(name); err == nil {
		// The file is what is replaced, not a link to it.
		name = target
	}
	flag := os.O_RDWR | os.O_CREATE
	if !resume && !force {
		flag |= os.O_EXCL
	}
	f, err := lock.Open(name, flag, 0o600, false)
	if errors.Is(err, fs.ErrExist) {
		return nil, ErrExists
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	file := &File{f: f, info: info, name: name, given: given, folder: absolute(filepath.Dir(given))}
	file.removeLeftovers()
	return file, nil
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func isDevice(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}

func sameFile(name string, input *os.File) (bool, error) {
	if !isStored(input) {
		return false, nil
	}
	written, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	read, _ := input.Stat()
	return err == nil && os.SameFile(read, written), err
}

// IsInput reports whether an open file is the input, so that what is written to it would be read as the next records.
func IsInput(output, input *os.File) bool {
	if !isStored(input) {
		return false
	}
	written, err := output.Stat()
	read, _ := input.Stat()
	return err == nil && os.SameFile(read, written)
}

// isStored reports whether what is written to a file can be read from it: a terminal or a socket is another thing in each
// direction.
func isStored(f *os.File) bool {
	if f == nil {
		return false
	}
	info, err := f.Stat()
	return err == nil && (info.Mode().IsRegular() || info.Mode()&fs.ModeNamedPipe != 0)
}

// Truncate empties the file.
func (f *File) Truncate() error {
	if f.device {
		return nil
	}
	if err := f.f.Truncate(0); err != nil {
		return fmt.Errorf("emptying %s: %w", f.name, err)
	}
	return nil
}

// Scan reads what the file holds, as Scan does.
func (f *File) Scan(retryFailed bool) (*Resume, error) {
	r, err := Scan(f.f, retryFailed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	return r, nil
}

// Continue makes the file ready to be appended to: it cuts off a torn end, and where there are results to drop it replaces
// the file by one without them, in one step. The lock holds all the while: the new file is locked before it takes the name.
func (f *File) Continue(r *Resume) error {
	if r.Drop > 0 {
		if err := f.replace(r); err != nil {
			return fmt.Errorf("replacing %s: %w", f.name, err)
		}
		return f.recall()
	}
	if err := f.f.Truncate(r.End); err != nil {
		return fmt.Errorf("cutting the end of %s: %w", f.name, err)
	}
	if _, err := f.f.Seek(r.End, io.SeekStart); err != nil {
		return fmt.Errorf("the end of %s: %w", f.name, err)
	}
	f.size = r.End
	if r.Newline {
		if err := f.Write([]byte("\n")); err != nil {
			return err
		}
	}
	return f.recall()
}

func (f *File) replace(r *Resume) (err error) {
	made, err := os.CreateTemp(filepath.Dir(f.name), temporaryPrefix(f.name)+"*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, made.Close(), os.Remove(made.Name()))
		}
	}()
	next, err := lock.Open(made.Name(), os.O_RDWR, 0o600, false)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, next.Close())
		}
	}()
	// Who may read the results does not change.
	_ = next.Chmod(f.info.Mode().Perm())
	info, err := next.Stat()
	if err != nil {
		return err
	}
	if _, err := f.f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := r.Copy(f.f, next); err != nil {
		return err
	}
	if err := next.Sync(); err != nil {
		return err
	}
	if err := takeName(made.Name(), f.name, f.f); err != nil {
		return err
	}
	if f.size, err = next.Seek(0, io.SeekCurrent); err != nil {
		return err
	}
	_ = made.Close()
	_ = f.f.Close()
	f.f, f.info = next, info
	return nil
}

// Write implements Sink. It takes back what was written of a result that can't be written whole.
func (f *File) Write(text []byte) error {
	n, err := f.f.Write(text)
	if err != nil {
		if n > 0 {
			_ = f.f.Truncate(f.size)
		}
		return err
	}
	f.size += int64(n)
	f.dirty = true
	if !f.device {
		f.remember(text)
	}
	return nil
}

// Sync implements Sink. A *LostError leaves the results in another file, which takes what is written from now on.
func (f *File) Sync() error {
	lost := f.check()
	if !f.dirty {
		return lost
	}
	f.dirty = false
	if err := f.f.Sync(); err != nil && !f.device {
		return errors.Join(lost, fmt.Errorf("%s is not safe on disk: %w", f.name, err))
	}
	return lost
}

// Ordered implements Sink: results are appended as they come.
func (f *File) Ordered() bool { return false }

// IsReadable reports whether what is written can be read again, which it can't be from a device.
func (f *File) IsReadable() bool { return !f.device }

// Close ends the lock.
func (f *File) Close() error { return f.f.Close() }
