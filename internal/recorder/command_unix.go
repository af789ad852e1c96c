//go:build unix

package recorder

import (
	"os"
	"syscall"
)

// errNoFormat reports a program whose format the system does not know.
const errNoFormat = syscall.ENOEXEC

// endingSignal returns the signal that ended a process; nil if none did.
func endingSignal(state *os.ProcessState) os.Signal {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return status.Signal()
	}
	return nil
}
