//go:build unix && !linux

package cli

import "syscall"

// endsBy reports whether a signal ends the process by itself. At SIGQUIT the Go runtime prints its goroutines and exits, at
// SIGPIPE it does nothing.
func endsBy(sig syscall.Signal) bool { return sig != syscall.SIGQUIT && sig != syscall.SIGPIPE }
