//go:build unix

package cli

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// dieBy ends the process by the signal itself, so that the shell that runs it sees what happened and stops its loop too.
func dieBy(sig os.Signal) {
	signal.Reset(sig)
	number, ok := sig.(syscall.Signal)
	if !ok {
		os.Exit(failure.Internal.ExitCode())
	}
	// The first process of a container is one that no signal of its own ends.
	if os.Getpid() != 1 && endsBy(number) && syscall.Kill(syscall.Getpid(), number) == nil {
		// Its arrival takes a moment.
		select {}
	}
	os.Exit(128 + int(number))
}
