package cli

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// endsBy reports whether a signal ends the process by itself. SIGQUIT does once it is the system's again: the Go runtime prints
// its goroutines and exits instead.
func endsBy(sig syscall.Signal) bool {
	if sig != syscall.SIGQUIT {
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
