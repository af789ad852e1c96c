//go:build unix

package lock

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

func acquire(f *os.File, wait bool) error {
	operation := unix.LOCK_EX
	if !wait {
		operation |= unix.LOCK_NB
	}
	for {
		err := unix.Flock(int(f.Fd()), operation)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EWOULDBLOCK):
			return ErrHeld
		case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOTSUP), errors.Is(err, unix.ENOLCK):
			// Devices, pipes and some file systems have no locks.
			return nil
		default:
			return err
		}
	}
}
