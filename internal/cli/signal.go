package cli

import (
	"os"
	"os/signal"
	"syscall"
)

// notifyOfSignals reports the signals that end the work. One that was ignored when the
// process began stays ignored: a job under nohup or in the background is not for a ^C.
func notifyOfSignals() <-chan os.Signal {
	arrived := make(chan os.Signal, 2)
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(sig) {
			signal.Notify(arrived, sig)
		}
	}
	return arrived
}
