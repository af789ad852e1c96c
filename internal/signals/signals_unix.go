//go:build unix

package signals

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// arrivalTime is the time within which a signal that a process sends to itself arrives.
const arrivalTime = time.Second

// DieBy ends the process by a signal, so that a shell that runs it in a loop sees the signal and stops the loop, too.
func DieBy(sig os.Signal) {
	signal.Reset(sig)
	number, ok := sig.(syscall.Signal)
	if !ok {
		os.Exit(failure.Internal.ExitCode())
	}
	// Process 1 of a container can't end itself by a signal.
	if os.Getpid() != 1 && setDefaultAction(number) && syscall.Kill(syscall.Getpid(), number) == nil {
		// The signal may arrive after kill returns, or never where it is blocked or ignored.
		time.Sleep(arrivalTime)
	}
	os.Exit(128 + int(number))
}
