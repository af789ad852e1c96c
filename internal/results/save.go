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

// save copies the results to a new file, as near to the lost one as there is a place, and goes on with that.
func (f *File) save() (name string, err error) {
	for _, dir := range f.places() {
		saved, failed := f.saveIn(dir)
		if failed == nil {
			return saved, nil
		}
		err = errors.Join(err, failed)
	}
	return "", err
}

// places returns the folder of the file, the folders around it, and the one for temporary files.
func (f *File) places() []string {
	places := []string{filepath.Dir(f.given)}
	for dir := f.folder; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		places = append(places, filepath.Dir(dir))
	}
	return append(places, os.TempDir())
}

func (f *File) saveIn(dir string) (name string, err error) {
	next, err := create(filepath.Join(dir, filepath.Base(f.given)+".saved"))
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

// create creates a file of this name, or of the name and a number where there is one.
func create(name string) (*os.File, error) {
	f, err := lock.Open(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600, false)
	for number := 2; errors.Is(err, fs.ErrExist); number++ {
		f, err = lock.Open(fmt.Sprintf("%s.%d", name, number), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600, false)
	}
	return f, err
}

// copyTo writes the results to another file and makes them safe on disk: what is in the file, and what is only in memory.
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
	f.mark()
	return err
}

// copyUndamaged copies whole lines without the zeros that stand where somebody cut the file.
func copyUndamaged(out io.Writer, in io.Reader) error {
	return scan(in, func(line []byte, _, _ int64, whole bool) error {
		line = bytes.TrimLeft(line, "\x00")
		if len(line) == 0 || !whole || bytes.IndexByte(line, 0) >= 0 {
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
