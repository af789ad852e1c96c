package lock

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/windows"
)

// tryPoint locks a byte far beyond any content and beyond the one that acquire locks.
func tryPoint(name string, number uint64) (io.Closer, error) {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	const first = 1 << 62
	offset := first | number>>3
	at := windows.Overlapped{OffsetHigh: uint32(offset >> 32), Offset: uint32(offset & (1<<32 - 1))}
	err = windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		err = ErrHeld
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
