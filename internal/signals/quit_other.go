//go:build unix && !linux

package signals

import "syscall"

// setDefaultAction reports whether the default action of a signal is in force. On other signals than these the Go runtime
// does nothing or prints its goroutines.
func setDefaultAction(sig syscall.Signal) bool {
	return sig == syscall.SIGINT || sig == syscall.SIGTERM || sig == syscall.SIGHUP || sig == syscall.SIGKILL
}
