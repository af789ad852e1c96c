// Package lock opens files that one process at a time may write. The lock is on the very
// handle that writes: on Windows a second handle could not write what the first has locked,
// which is why a library that keeps its handle to itself would not do.
package lock

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrHeld says that another process holds the lock.
var ErrHeld = errors.New("another process is writing it")

// Open opens a file with the flags of os.OpenFile and takes an exclusive lock on it. With
// wait it waits for another holder; else that is ErrHeld. The lock ends when the file is
// closed. The name still means the file when Open returns: one that another process
// replaced meanwhile is opened anew.
func Open(name string, flag int, perm fs.FileMode, wait bool) (*os.File, error) {
	for {
		f, err := os.OpenFile(name, flag, perm)
		if err != nil {
			return nil, err
		}
		if err := take(f, wait); err != nil {
			return nil, errors.Join(fmt.Errorf("locking %s: %w", name, err), f.Close())
		}
		same, err := means(name, f)
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

// means says whether a name means the file that a handle holds.
func means(name string, f *os.File) (bool, error) {
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
