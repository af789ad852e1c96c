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
func Append(name string, text []byte) error {
	return appendTo(name, os.O_CREATE, text, (*os.File).Sync)
}

// AppendExisting appends as Append does, to a file that must exist: if it is missing, what was written to it is lost.
func AppendExisting(name string, text []byte) error {
	return appendTo(name, 0, text, (*os.File).Sync)
}

// AppendUnsynced appends as AppendExisting does, without waiting for the disk: what it wrote survives this process, and a power
// failure only after Sync.
func AppendUnsynced(name string, text []byte) error {
	return appendTo(name, 0, text, func(*os.File) error { return nil })
}

// Sync returns once what was written to a file is on disk. With a device it does nothing.
func Sync(name string) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// appendTo appends text to a file, and calls sync before it releases a regular one. create is os.O_CREATE, or 0 for a file that
// must exist.
func appendTo(name string, create int, text []byte, sync func(*os.File) error) (err error) {
	f, err := open(name, create|os.O_RDWR, 0o600, true)
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
	return sync(f)
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
