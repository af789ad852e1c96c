//go:build unix && !linux

package signals

import "syscall"

// setDefaultAction reports whether the default action of a signal, which ends the process, is in force. On SIGQUIT the
// Go runtime prints its goroutines and exits, and on SIGPIPE it does nothing.
func setDefaultAction(sig syscall.Signal) bool {
	return sig != syscall.SIGQUIT && sig != syscall.SIGPIPE
}
