package results

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/chatcmpl/chatcmpl/internal/atomicfile"
	"github.com/chatcmpl/chatcmpl/internal/lock"
)

// save copies the results to a new file near this one and continues with that file.
func (f *File) save() (name string, err error) {
	return atomicfile.Fallback(f.given, f.folder, f.saveTo)
}

// saveTo copies the results to a new file and continues with it.
func (f *File) saveTo(name string) error {
	next, err := lock.Open(name, os.O_RDWR|os.O_CREATE|os.O_EXCL|appendOnly, 0o600)
	if err != nil {
		return err
	}
	info, err := next.Stat()
	if err == nil {
		err = f.copyTo(next)
	}
	if err != nil {
		return errors.Join(err, next.Close(), os.Remove(name))
	}
	_ = f.f.Close()
	f.f, f.info = next, info
	f.name, f.given, f.folder = name, name, absolute(filepath.Dir(name))
	return nil
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
