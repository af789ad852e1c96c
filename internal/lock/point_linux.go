package lock

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// tryPoint locks a byte far beyond any content, for this handle: the other locks of this package are of another kind.
func tryPoint(name string, number uint64) (io.Closer, error) {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	const first = 1 << 62
	point := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart, Start: int64(first | number>>3), Len: 1}
	switch err := unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &point); {
	case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EACCES):
		return nil, errors.Join(ErrHeld, f.Close())
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENOTSUP), errors.Is(err, unix.ENOLCK), err == nil:
		// Some file systems have no locks.
		return f, nil
	default:
		return nil, errors.Join(err, f.Close())
	}
}
