package results

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/chatcmpl/chatcmpl/internal/lock"
)

// save copies the results to a new file in the first usable fallback directory and continues with that file.
func (f *File) save() (name string, err error) {
	for _, dir := range f.fallbackDirs() {
		saved, saveErr := f.saveIn(dir)
		if saveErr == nil {
			return saved, nil
		}
		err = errors.Join(err, saveErr)
	}
	return "", err
}

// fallbackDirs returns the directory of the file, its parents, and the directory for temporary files.
func (f *File) fallbackDirs() []string {
	dirs := []string{filepath.Dir(f.given)}
	for dir := f.folder; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		dirs = append(dirs, filepath.Dir(dir))
	}
	return append(dirs, os.TempDir())
}

func (f *File) saveIn(dir string) (name string, err error) {
	next, err := createNumbered(filepath.Join(dir, filepath.Base(f.given)+".saved"))
	if err != nil {
		return "", err
	}
	info, err := next.Stat()
	if err == nil {
		err = f.copyTo(next)
	}
	if err != nil {
		return "", errors.Join(err, next.Close(), os.Remove(next.Name()))
	}
	_ = f.f.Close()
	f.f, f.info = next, info
	f.name, f.given, f.folder = next.Name(), next.Name(), absolute(dir)
	return f.name, nil
}

// createNumbered creates and locks a file; if the name is taken, it appends a number.
func createNumbered(name string) (*os.File, error) {
	const flag = os.O_RDWR | os.O_CREATE | os.O_EXCL | appendOnly
	f, err := lock.Open(name, flag, 0o600, false)
	for number := 2; errors.Is(err, fs.ErrExist); number++ {
		f, err = lock.Open(fmt.Sprintf("%s.%d", name, number), flag, 0o600, false)
	}
	return f, err
}

// copyTo writes the results to another file, the older ones from this file and the recent ones from memory, and syncs
// it.
func (f *File) copyTo(next *os.File) error {
	before := io.NewSectionReader(f.f, 0, f.size-int64(len(f.recent)))
	var err error
	if f.isIntact() {
		_, err = io.Copy(next, before)
	} else {
		err = copyUndamaged(next, before)
	}
	if err != nil {
		return err
	}
	if _, err := next.Write(f.recent); err != nil {
		return err
	}
	if err := next.Sync(); err != nil {
		return err
	}
	f.size, err = next.Seek(0, io.SeekCurrent)
	f.setCheckpoint()
	return err
}

// copyUndamaged copies the complete lines and leaves out the zeros of a truncated part.
func copyUndamaged(out io.Writer, in io.Reader) error {
	return scan(in, func(line []byte, _, _ int64, complete bool) error {
		line = bytes.TrimLeft(line, "\x00")
		if len(line) == 0 || !complete || bytes.IndexByte(line, 0) >= 0 {
			return nil
		}
		_, err := out.Write(append(line, '\n'))
		return err
	})
}

func absolute(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir
}
