// Package results stores the results of a batch, one per line in the format of the Batch API. It writes them in the
// order of the input or appends them to a file that survives a crash, and reads such a file to resume a run.
package results

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/chatcmpl/chatcmpl/internal/atomicfile"
	"github.com/chatcmpl/chatcmpl/internal/lock"
)

// Errors of OpenFile.
var (
	ErrExists    = errors.New("it exists")
	ErrIsInput   = errors.New("it is the input")
	ErrDirectory = errors.New("it is a directory")
	ErrDevice    = errors.New("it is not a regular file, so it can't be resumed")
)

// File is a Sink that appends results to a file, with one write per result.
type File struct {
	f      *os.File
	info   os.FileInfo // of f
	name   string
	given  string // name before symbolic links are resolved
	folder string // absolute directory of given
	device bool
	dirty  bool
	size   int64

	recent     []byte  // bytes written last, at most 2*maxRecent
	checkpoint segment // end of the file at the last check; of the first result before any
	lost       error   // a *LostError that Sync has not returned yet
}

// OpenFile opens a file for results and locks it, without changing its content. Its errors are ErrExists for an
// existing file that is neither to be resumed nor overwritten; ErrIsInput for the input, also under another name;
// lock.ErrHeld for a file that another run writes; ErrDirectory; and ErrDevice for a device that is to be resumed.
// Devices are not locked.
func OpenFile(name string, resume, force bool, input *os.File) (*File, error) {
	switch same, err := sameFile(name, input); {
	case err != nil:
		return nil, err
	case same:
		return nil, ErrIsInput
	case isDirectory(name):
		return nil, ErrDirectory
	case resume && isDevice(name):
		return nil, ErrDevice
	}
	if isDevice(name) {
		// A device has no content to lose, and several runs may write to it.
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return nil, fmt.Errorf("opening the output: %w", err)
		}
		return &File{f: f, name: name, device: true}, nil
	}
	given := name
	// If name is a symbolic link, Continue must replace the file, not the link, and a missing file is created.
	name = atomicfile.Resolve(name)
	flag := os.O_RDWR | os.O_CREATE | appendOnly
	if !resume && !force {
		flag |= os.O_EXCL
	}
	f, err := lock.Open(name, flag, 0o600)
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

func isDirectory(name string) bool {
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

// IsInput reports whether output and input are the same file or pipe, so that results would be read as further records.
func IsInput(output, input *os.File) bool {
	if !isStored(input) {
		return false
	}
	written, err := output.Stat()
	read, _ := input.Stat()
	return err == nil && os.SameFile(read, written)
}

// isStored reports whether data written to a file can be read back from it, which is false for terminals and sockets.
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

// Scan scans the content of the file, as the function Scan does.
func (f *File) Scan(again Again) (*Resume, error) {
	r, err := Scan(f.f, again)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	return r, nil
}

// Continue prepares the file for appending. It cuts off an incomplete last line, and if there are results to drop, it
// replaces the file in one step by a copy, which is locked as the file was.
func (f *File) Continue(r *Resume) error {
	if r.Drop > 0 || r.judged {
		if err := f.replace(r); err != nil {
			return fmt.Errorf("replacing %s: %w", f.name, err)
		}
		return f.loadRecent()
	}
	if err := f.f.Truncate(r.End); err != nil {
		return fmt.Errorf("cutting the end of %s: %w", f.name, err)
	}
	if _, err := f.f.Seek(r.End, io.SeekStart); err != nil {
		return fmt.Errorf("the end of %s: %w", f.name, err)
	}
	f.size = r.End
	if r.NeedsNewline {
		if err := f.Write([]byte("\n")); err != nil {
			return err
		}
	}
	return f.loadRecent()
}

func (f *File) replace(r *Resume) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(f.name), temporaryPrefix(f.name)+"*")
	if err != nil {
		return err
	}
	// Windows can't rename a file that another handle holds.
	_ = temp.Close()
	newFile, err := lock.Open(temp.Name(), os.O_RDWR|appendOnly, 0o600)
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	defer func() {
		if err != nil {
			_ = newFile.Close()
			_ = os.Remove(temp.Name())
		}
	}()
	// The permissions of the results do not change.
	_ = newFile.Chmod(f.info.Mode().Perm())
	if _, err := f.f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := r.Copy(f.f, newFile); err != nil {
		return err
	}
	if err := newFile.Sync(); err != nil {
		return err
	}
	named, err := replaceFile(f.name, newFile, f.f)
	if err != nil {
		return err
	}
	f.f = named
	if f.info, err = named.Stat(); err != nil {
		return err
	}
	f.size, err = named.Seek(0, io.SeekEnd)
	return err
}

// Write implements Sink. If a result can't be written completely, Write removes the part that was written, and writes the
// result to another file, to which it saves the earlier ones.
func (f *File) Write(text []byte) error {
	if f.hasOtherSize() {
		f.check()
	}
	n, err := f.f.Write(text)
	if err != nil && !f.device {
		if n > 0 {
			_ = f.f.Truncate(f.size)
		}
		if f.leave("can't be written any more ("+atomicfile.WithoutPath(err).Error()+")") == nil {
			n, err = f.f.Write(text)
		}
	}
	if err != nil {
		return err
	}
	f.size += int64(n)
	f.dirty = true
	if !f.device {
		f.addRecent(text)
	}
	return nil
}

// Sync implements Sink. After a *LostError, the File writes to another file, to which the results have been saved.
func (f *File) Sync() error {
	f.check()
	lost := f.lost
	f.lost = nil
	if !f.dirty {
		return lost
	}
	f.dirty = false
	if err := f.f.Sync(); err != nil && !f.device {
		return errors.Join(lost, fmt.Errorf("%s is not safe on disk: %w", f.name, err))
	}
	return lost
}

// Ordered implements Sink: results are appended as they arrive.
func (f *File) Ordered() bool { return false }

// IsReadable reports whether the results can be read again, which is impossible for a device.
func (f *File) IsReadable() bool { return !f.device }

// Remove removes the file.
func (f *File) Remove() error {
	err := os.Remove(f.name)
	if err != nil {
		// Windows removes no open file.
		_ = f.f.Close()
		err = os.Remove(f.name)
	}
	return err
}

// Close closes the file and releases its lock.
func (f *File) Close() error { return f.f.Close() }
