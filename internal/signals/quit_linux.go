package signals

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// setDefaultAction reports whether the default action of a signal, which ends the process, is in force. For SIGQUIT and
// SIGPIPE it must be restored first: on SIGQUIT the Go runtime prints its goroutines, and on SIGPIPE it does nothing.
func setDefaultAction(sig syscall.Signal) bool {
	if sig != syscall.SIGQUIT && sig != syscall.SIGPIPE {
		return true
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
