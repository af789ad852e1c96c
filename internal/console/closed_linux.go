package console

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// wasClosed reports whether a standard stream was closed when the process began. The Go runtime opens /dev/null in its place,
// for reading and writing. Some programs pass /dev/null on like that to discard the output of the processes that they start, so
// it counts as closed only where the process was started by a shell, which does not, or by a process that has no such stream
// itself.
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

// readWrite is in the mode of a link in /proc that stands for a file which is open for both.
const readWrite = 0o600

func isNull(stream *os.File) bool {
	info, err := stream.Stat()
	return err == nil && info.Mode()&fs.ModeCharDevice != 0 && sameFile(fmt.Sprintf("/proc/self/fd/%d", stream.Fd()), os.DevNull)
}

func isReadWrite(stream *os.File) bool {
	flags, _, failed := syscall.Syscall(syscall.SYS_FCNTL, stream.Fd(), syscall.F_GETFL, 0)
	return failed == 0 && flags&syscall.O_ACCMODE == syscall.O_RDWR
}

// isThisProgram reports whether a name is that of this program: most shells put the name of the program that they start into
// the variable _.
func isThisProgram(name string) bool { return name != "" && sameFile("/proc/self/exe", name) }

// startedByShell reports whether the parent is one of the machine's shells.
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
