// Package signals ends a command at a signal: gracefully, within a grace period, and by the signal itself, so that a shell sees it.
package signals

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

// Signals ends a command at a signal. Its goroutine lives as long as the process.
type Signals struct {
	ctx   context.Context //nolint:containedctx // signals cancel it
	begun time.Time
	// graceful lets the command finish without a time limit after the first signal; nil allows it only the grace
	// period.
	graceful atomic.Pointer[graceful]
}

// graceful holds the functions of a command that finishes without a time limit: first is called before the first signal
// ends the context, second before the second signal ends the process.
type graceful struct {
	first, second func()
	ended         chan struct{} // closed when the command has ended, except for its last messages
}

// HandleGracefully lets the command finish without a time limit after the first signal, until end is called.
func (s *Signals) HandleGracefully(first, second func()) (end func()) {
	g := &graceful{first, second, make(chan struct{})}
	s.graceful.Store(g)
	return sync.OnceFunc(func() { s.graceful.Store(nil); close(g.ended) })
}

// call calls f and waits for it at most for the grace period, because f may write to a pipe that nobody reads, and
// later signals must still be handled.
func call(f func()) {
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(console.GracePeriod):
	}
}

// A ^C also ends child processes and the writers of pipes, so an error may arrive before the signal that caused it. An
// error waits for that signal for settleTime, unless the command has run for less than minRuntime, too short for a
// person to press ^C.
const (
	settleTime = 10 * time.Millisecond
	minRuntime = 50 * time.Millisecond
)

// Wait waits for a signal that may be the cause of an error.
func (s *Signals) Wait() {
	if s == nil || time.Since(s.begun) < minRuntime {
		return
	}
	select {
	case <-s.ctx.Done():
	case <-time.After(settleTime):
	}
}

// Caught returns the signal that ended the context and true, or false if there was none or s is nil.
func (s *Signals) Caught() (os.Signal, bool) {
	if s == nil {
		return nil, false
	}
	if by, ok := errors.AsType[*interrupted](context.Cause(s.ctx)); ok {
		return by.sig, true
	}
	return nil, false
}

// Catch returns a context that ends at the first signal. At the second one, or if the command does not end
// within the grace period, it ends the process. Writing to a closed pipe becomes an error, which would otherwise end the
// process before the exchange is recorded.
func Catch(parent context.Context, con *console.Console) (context.Context, *Signals) {
	if !signal.Ignored(syscall.SIGPIPE) {
		signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	}
	ctx, cancel := context.WithCancelCause(parent)
	arrived := distinct(notifyOfSignals())
	s := &Signals{ctx: ctx, begun: time.Now()}
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
				DieBy(sig)
			}
		}
		select {
		case sig = <-arrived:
		case <-time.After(console.GracePeriod):
		}
		DieBy(sig)
	}()
	return ctx, s
}

// sameSignal is the time after the first signal in which another one is ignored as a duplicate: timeout(1) signals the
// process and then its group.
const sameSignal = 250 * time.Millisecond

// distinct forwards the first two signals that are not duplicates.
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

// notifyOfSignals delivers the signals that end a command. A signal that was ignored when the process started stays
// ignored, so that ^C does not end a job under nohup or in the background.
func notifyOfSignals() <-chan os.Signal {
	arrived := make(chan os.Signal, 2)
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(sig) {
			signal.Notify(arrived, sig)
		}
	}
	return arrived
}
