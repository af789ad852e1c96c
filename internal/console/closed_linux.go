package console

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// wasClosed reports whether a standard stream was closed when the process started. The Go runtime replaces it by
// /dev/null, open for reading and writing. Some programs also start processes with such a stream to discard their
// output, so it counts as closed only if the parent is a shell, which does not do that, or lacks the stream itself.
func wasClosed(stream *os.File, getenv func(string) string) bool {
	if !isNull(stream) || !isReadWrite(stream) {
		return false
	}
	parents := fmt.Sprintf("/proc/%d/fd/%d", os.Getppid(), stream.Fd())
	switch link, err := os.Lstat(parents); {
	case errors.Is(err, fs.ErrNotExist):
		return true
	case err == nil && link.Mode().Perm()&readWrite == readWrite && sameFile(parents, os.DevNull):
		return false
	}
	return isThisProgram(getenv("_")) || startedByShell()
}

// readWrite is part of the mode of a link in /proc/PID/fd if the file is open for reading and writing.
const readWrite = 0o600

func isNull(stream *os.File) bool {
	info, err := stream.Stat()
	return err == nil && info.Mode()&fs.ModeCharDevice != 0 && sameFile(fmt.Sprintf("/proc/self/fd/%d", stream.Fd()), os.DevNull)
}

func isReadWrite(stream *os.File) bool {
	flags, _, failed := syscall.Syscall(syscall.SYS_FCNTL, stream.Fd(), syscall.F_GETFL, 0)
	return failed == 0 && flags&syscall.O_ACCMODE == syscall.O_RDWR
}

// isThisProgram reports whether a file name refers to this program. Most shells set the variable _ to the name of the
// program that they start.
func isThisProgram(name string) bool { return name != "" && sameFile("/proc/self/exe", name) }

// startedByShell reports whether the parent process is a shell listed in /etc/shells.
func startedByShell() bool {
	shells, _ := os.ReadFile("/etc/shells")
	parent := fmt.Sprintf("/proc/%d/exe", os.Getppid())
	for name := range strings.Lines(string(shells)) {
		if name = strings.TrimSpace(name); strings.HasPrefix(name, "/") && sameFile(parent, name) {
			return true
		}
	}
	return false
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	other, err := os.Stat(b)
	return err == nil && os.SameFile(one, other)
}
