package lock

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// acquire locks a byte far beyond any content, because Windows prevents other handles from reading a locked range.
func acquire(f *os.File, wait bool) error {
	handle := windows.Handle(f.Fd())
	if kind, err := windows.GetFileType(handle); err != nil || kind != windows.FILE_TYPE_DISK {
		// Devices and pipes have no locks.
		return err
	}
	flags := uint32(windows.LOCKFILE_EXCLUSIVE_LOCK)
	if !wait {
		flags |= windows.LOCKFILE_FAIL_IMMEDIATELY
	}
	err := windows.LockFileEx(handle, flags, 0, 1, 0, &windows.Overlapped{OffsetHigh: 1 << 30})
	switch {
	case errors.Is(err, windows.ERROR_LOCK_VIOLATION):
		return ErrHeld
	case errors.Is(err, windows.ERROR_INVALID_FUNCTION), errors.Is(err, windows.ERROR_NOT_SUPPORTED):
		// Some file systems have no locks, such as those of WSL.
		return nil
	}
	return err
}
