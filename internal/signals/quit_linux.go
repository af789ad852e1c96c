package signals

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// setDefaultAction reports whether the default action of a signal is in force. It restores the action itself: on most
// signals the Go runtime does nothing or prints its goroutines, and one that was ignored from the start stays ignored.
func setDefaultAction(sig syscall.Signal) bool {
	if sig == syscall.SIGKILL {
		return true // its action can't be set
	}
	// A core file would hold the key.
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
	var byDefault struct {
		handler uintptr
		rest    [56]byte
	}
	const maskBytes = 8
	_, _, failed := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&byDefault)), 0, maskBytes, 0, 0)
	return failed == 0
}
