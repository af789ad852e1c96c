package cli

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// endsBy reports whether a signal ends the process by itself. SIGQUIT and SIGPIPE do once they are the system's again: the Go
// runtime prints its goroutines and exits, or does nothing.
func endsBy(sig syscall.Signal) bool {
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
