package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// gracePeriod is how long the work may take to end after a signal before the process dies without waiting for it: a write to a
// reader that does not read can't be ended.
const gracePeriod = 700 * time.Millisecond

// interrupted is the cause of a context that a signal ended.
type interrupted struct{ sig os.Signal }

func (i *interrupted) Error() string { return "ended by " + i.sig.String() }

// signals ends work by signals. Its goroutine lives as long as the process.
type signals struct {
	ctx context.Context //nolint:containedctx // it is what the signals end
	// graceful lets the work take its time to end after the first signal; nil gives it the grace period only.
	graceful atomic.Pointer[graceful]
}

// graceful is called by work that takes its time to end: first before the first signal ends the context, second before the
// second one ends the process.
type graceful struct{ first, second func() }

// handleGracefully lets the work take its time to end after the first signal.
func (s *signals) handleGracefully(first, second func()) { s.graceful.Store(&graceful{first, second}) }

// call calls f, but waits for it no longer than the grace period: it may write to a reader that does not read, and signals
// that come then count too.
func call(f func()) {
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(gracePeriod):
	}
}

// caught returns the signal that ended the context. A nil s caught none.
func (s *signals) caught() (os.Signal, bool) {
	if s == nil {
		return nil, false
	}
	if by, ok := errors.AsType[*interrupted](context.Cause(s.ctx)); ok {
		return by.sig, true
	}
	return nil, false
}

// catchSignals ends the context at the first signal. At the second one, or if the work does not end within the grace period,
// it ends the process.
func catchSignals(parent context.Context) (context.Context, *signals) {
	ctx, cancel := context.WithCancelCause(parent)
	arrived := notifyOfSignals()
	s := &signals{ctx: ctx}
	go func() {
		sig := <-arrived
		g := s.graceful.Load()
		if g != nil {
			call(g.first)
		}
		cancel(&interrupted{sig})
		if g != nil {
			sig = <-arrived
			call(g.second)
			dieBy(sig)
		}
		select {
		case sig = <-arrived:
		case <-time.After(gracePeriod):
		}
		dieBy(sig)
	}()
	return ctx, s
}

// notifyOfSignals reports the signals that end the work. One that was ignored when the process began stays ignored: a job
// under nohup or in the background is not for a ^C.
func notifyOfSignals() <-chan os.Signal {
	arrived := make(chan os.Signal, 2)
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(sig) {
			signal.Notify(arrived, sig)
		}
	}
	return arrived
}
