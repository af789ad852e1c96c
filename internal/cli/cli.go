// Package cli is the tool as its users meet it: commands, flags, environment variables,
// exit codes and human words. Nothing below it knows any of these.
package cli

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"time"
)

// Main runs the tool with the process's arguments and returns the exit code. It does not
// return where a signal ended the work: then the process dies by that signal, unless a server
// lost what it was to keep.
func Main() int {
	e := newEnv()
	p := newRootWith(e)
	err := p.run(context.Background(), os.Args[1:])
	e.clearStatus()
	_, lost := errors.AsType[*lostError](err)
	if sig, caught := p.app.signals.caught(); caught && !lost {
		if e.outTTY {
			// The shell's prompt begins on a line of its own.
			e.line("")
		}
		dieBy(sig)
	}
	return e.fail(err)
}

// dyingTime is how long the work may take to end after a signal before the process dies
// without waiting for it: a write to a reader that does not read can't be ended.
const dyingTime = 700 * time.Millisecond

// interrupted is the cause of a context that a signal ended.
type interrupted struct{ sig os.Signal }

func (i *interrupted) Error() string { return "ended by " + i.sig.String() }

// signals is the work as signals can end it. Its goroutine lives as long as the process.
type signals struct {
	ctx context.Context //nolint:containedctx // it is what the signals end
	// patient lets the work take its time to end after the first signal; nil gives it none.
	patient atomic.Pointer[patience]
}

// patience is what work that takes its time to end says of the signals: of the first one
// before it ends the context, of the second one before it ends the process.
type patience struct{ first, second func() }

// tell calls say, but waits for it no longer than the process may take to die: it may write
// to a reader that does not read, and signals that come then count too.
func tell(say func()) {
	told := make(chan struct{})
	go func() { defer close(told); say() }()
	select {
	case <-told:
	case <-time.After(dyingTime):
	}
}

// caught is the signal that ended the context. A nil s caught none.
func (s *signals) caught() (os.Signal, bool) {
	if s == nil {
		return nil, false
	}
	if by, ok := errors.AsType[*interrupted](context.Cause(s.ctx)); ok {
		return by.sig, true
	}
	return nil, false
}

// catchSignals ends the context at the first signal; at the second one, or where the work
// does not end in time, the process.
func catchSignals(parent context.Context) (context.Context, *signals) {
	ctx, cancel := context.WithCancelCause(parent)
	arrived := notifyOfSignals()
	s := &signals{ctx: ctx}
	go func() {
		sig := <-arrived
		patient := s.patient.Load()
		if patient != nil {
			tell(patient.first)
		}
		cancel(&interrupted{sig})
		if patient != nil {
			sig = <-arrived
			tell(patient.second)
			dieBy(sig)
		}
		select {
		case sig = <-arrived:
		case <-time.After(dyingTime):
		}
		dieBy(sig)
	}()
	return ctx, s
}
