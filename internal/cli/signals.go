package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/console"
)

// interrupted is the cause of a context that a signal ended.
type interrupted struct{ sig os.Signal }

func (i *interrupted) Error() string { return "ended by " + i.sig.String() }

// signals ends work by signals. Its goroutine lives as long as the process.
type signals struct {
	ctx   context.Context //nolint:containedctx // it is what the signals end
	begun time.Time
	// graceful lets the work take its time to end after the first signal; nil gives it the grace period only.
	graceful atomic.Pointer[graceful]
}

// graceful is called by work that takes its time to end: first before the first signal ends the context, second before the
// second one ends the process.
type graceful struct {
	first, second func()
	ended         chan struct{} // closed when the work has ended, except for its last words
}

// handleGracefully lets the work take its time to end after the first signal, until the function that it returns is called. A
// reader of stdout that has gone is an error then, and does not end the process on the spot.
func (s *signals) handleGracefully(first, second func()) (end func()) {
	if !signal.Ignored(syscall.SIGPIPE) {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	}
	g := &graceful{first, second, make(chan struct{})}
	s.graceful.Store(g)
	return sync.OnceFunc(func() { s.graceful.Store(nil); close(g.ended) })
}

// call calls f, but waits for it no longer than the grace period: it may write to a reader that does not read, and signals
// that come then count too.
func call(f func()) {
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(console.GracePeriod):
	}
}

// How long an error waits for the signal that may be its cause: a ^C ends the children of the process and the writers of its
// pipes as well, and its arrival here may be the last of all. Nobody presses it within a moment.
const (
	settling = 10 * time.Millisecond
	moment   = 50 * time.Millisecond
)

// settle waits for a signal that may be the cause of an error.
func (s *signals) settle() {
	if s == nil || time.Since(s.begun) < moment {
		return
	}
	select {
	case <-s.ctx.Done():
	case <-time.After(settling):
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
func catchSignals(parent context.Context, con *console.Console) (context.Context, *signals) {
	ctx, cancel := context.WithCancelCause(parent)
	arrived := distinct(notifyOfSignals())
	s := &signals{ctx: ctx, begun: time.Now()}
	go func() {
		sig := <-arrived
		con.Hurry()
		g := s.graceful.Load()
		if g != nil {
			call(g.first)
		}
		cancel(&interrupted{sig})
		if g != nil {
			select {
			case <-g.ended:
			case sig = <-arrived:
				call(g.second)
				dieBy(sig)
			}
		}
		select {
		case sig = <-arrived:
		case <-time.After(console.GracePeriod):
		}
		dieBy(sig)
	}()
	return ctx, s
}

// sameSignal is how long after the first signal another one is taken for the same: timeout signals the process and then its
// group.
const sameSignal = 250 * time.Millisecond

// distinct passes on the first signal and the second one.
func distinct(arrived <-chan os.Signal) <-chan os.Signal {
	passed := make(chan os.Signal, 2)
	go func() {
		passed <- <-arrived
		first := time.Now()
		second := <-arrived
		for time.Since(first) < sameSignal {
			second = <-arrived
		}
		passed <- second
	}()
	return passed
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
