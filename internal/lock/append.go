package lock

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Append adds lines to the end of a file, in one write under the lock that is on disk when
// it returns; it waits for another holder. The file is made where it is missing, readable by
// its owner alone. Where its last line has no newline one is put after it. All of the text is
// in the file afterwards, or none; a device takes it as devices do.
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

// afterNewline begins the text with a newline where the file does not end in one.
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
