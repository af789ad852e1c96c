package lock

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Append appends text, whole lines, to the end of a file under an exclusive lock; it waits while another process holds
// that lock. A missing file is created, readable by its owner only. If the last line in the file has no newline, one is
// added first. Append syncs the file, and truncates it to its former size if writing fails, so a regular file holds all
// of the text or none of it. To a device it only writes.
func Append(name string, text []byte) (err error) {
	f, err := Open(name, os.O_CREATE|os.O_RDWR, 0o600, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		_, err = f.Write(text)
		return err
	}
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if text, err = afterNewline(f, end, text); err != nil {
		return err
	}
	if _, err := f.Write(text); err != nil {
		return errors.Join(err, f.Truncate(end))
	}
	return f.Sync()
}

// afterNewline returns text, preceded by a newline if the first end bytes of the file do not end with one.
func afterNewline(f io.ReaderAt, end int64, text []byte) ([]byte, error) {
	if end == 0 {
		return text, nil
	}
	last := make([]byte, 1)
	if _, err := f.ReadAt(last, end-1); err != nil {
		return nil, fmt.Errorf("the last byte: %w", err)
	}
	if last[0] == '\n' {
		return text, nil
	}
	return append([]byte{'\n'}, text...), nil
}
