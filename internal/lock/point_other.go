//go:build unix && !linux

package lock

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// tryPoint locks a file in the directory for temporary files: these systems lock parts of a file for a whole process, and
// release them when it closes any handle of the file. The file is removed when the lock is released.
func tryPoint(name string, number uint64) (io.Closer, error) {
	name, err := filepath.Abs(name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d", name, number))
	f, err := Open(filepath.Join(os.TempDir(), fmt.Sprintf("chatcmpl-%x.lock", sum[:8])), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	return &removedLock{f}, nil
}

// removedLock is a lock whose file goes with it.
type removedLock struct{ *os.File }

// Close implements io.Closer.
func (l *removedLock) Close() error { return errors.Join(os.Remove(l.Name()), l.File.Close()) }
