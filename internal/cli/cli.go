// Package cli is the tool as its users meet it: commands, flags, environment variables,
// exit codes and human words. Nothing below it knows any of these.
package cli

import (
	"context"
	"errors"
	"os"
	"time"
)

// Main runs the tool with the process's arguments and returns the exit code. It does not
// return where a signal ended the work: then the process dies by that signal.
func Main() int {
	e := newEnv()
	ctx, signals := catchSignals(context.Background())
	defer signals.stop()
	err := newRootWith(e).run(ctx, os.Args[1:])
	e.clearStatus()
	if sig, caught := signals.caught(); caught {
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

// signals ends a context at the first signal, and the process at the second.
type signals struct {
	ctx  context.Context //nolint:containedctx // it is what the signals end
	stop func()
}

func (s *signals) caught() (os.Signal, bool) {
	if by, ok := errors.AsType[*interrupted](context.Cause(s.ctx)); ok {
		return by.sig, true
	}
	return nil, false
}

func catchSignals(parent context.Context) (context.Context, *signals) {
	ctx, cancel := context.WithCancelCause(parent)
	arrived, release := notifyOfSignals()
	done := make(chan struct{})
	go func() {
		defer close(done)
		sig, ok := <-arrived
		if !ok {
			return
		}
		cancel(&interrupted{sig})
		select {
		case sig, ok = <-arrived:
			if !ok {
				return
			}
		case <-time.After(dyingTime):
		}
		dieBy(sig)
	}()
	return ctx, &signals{ctx, func() { release(); <-done; cancel(nil) }}
}
