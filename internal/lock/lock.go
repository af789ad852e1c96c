// Package lock opens files that only one process at a time may write. It locks the handle that writes. On Windows a
// second handle could not write what the first one has locked, so a library that keeps its handle private does not work
// here.
package lock

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrHeld reports that another process holds the lock.
var ErrHeld = errors.New("another process is writing it")

// Open opens a file as os.OpenFile does and acquires an exclusive lock on it. It returns ErrHeld if another process holds
// the lock. Closing the file releases the lock. If the file was replaced in the meantime, Open starts again with the new
// file, so that the name refers to the locked file when it returns.
func Open(name string, flag int, perm fs.FileMode) (*os.File, error) {
	return open(name, flag, perm, false)
}

// open is Open, except that it waits for the lock if wait is true.
func open(name string, flag int, perm fs.FileMode, wait bool) (*os.File, error) {
	for {
		f, err := os.OpenFile(name, flag, perm)
		if err != nil {
			return nil, err
		}
		if err := acquire(f, wait); err != nil {
			return nil, errors.Join(fmt.Errorf("locking %s: %w", name, err), f.Close())
		}
		same, err := sameFile(name, f)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("locking %s: %w", name, err), f.Close())
		}
		if same {
			return f, nil
		}
		if err := f.Close(); err != nil {
			return nil, fmt.Errorf("locking %s: %w", name, err)
		}
	}
}

// sameFile reports whether a name refers to an open file.
func sameFile(name string, f *os.File) (bool, error) {
	held, err := f.Stat()
	if err != nil {
		return false, err
	}
	named, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return os.SameFile(held, named), nil
}
