package api

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// Bounds in bytes: what a reply, or one event of a stream, and what an error's text may
// hold. More is an error, never memory.
const (
	MaxReply     = 64 << 20
	MaxErrorText = 1 << 20
)

// ErrTimeout is the cause that a caller gives a context whose deadline for the whole
// exchange has passed; an Error of failure.Timeout wraps it.
var ErrTimeout = errors.New("timeout")

var errIdle = errors.New("idle timeout")

// Bounds are the causes with which a client ends an exchange that takes too long. An error of
// a Transport that wraps one says that the bound was reached in an exchange of the past.
func Bounds() []error { return []error{ErrTimeout, errIdle} }

// own is an exchange's error unless it is another's: net/http may give a connection to the
// next request and then end it for the one before, with that one's cause.
func own(ctx context.Context, err error) error {
	if !isBound(err) || context.Cause(ctx) != nil {
		return err
	}
	if timedOut(err) {
		// A failure that a Transport has kept.
		return err
	}
	return io.ErrUnexpectedEOF
}

func isBound(err error) bool { return errors.Is(err, errIdle) || errors.Is(err, ErrTimeout) }

func timedOut(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

// ended is the error of an exchange that its context ended, or that ended in a bound; nil
// for others.
func ended(ctx context.Context, err error, idle time.Duration) error {
	cause := context.Cause(ctx)
	if cause == nil && isBound(err) {
		cause = err
	}
	switch {
	case cause == nil:
		return nil
	case errors.Is(cause, errIdle):
		return newError(failure.Timeout, cause, "the server sent nothing for %v", idle)
	case errors.Is(cause, ErrTimeout), errors.Is(cause, context.DeadlineExceeded):
		return newError(failure.Timeout, cause, "no complete reply in time")
	default:
		return cause
	}
}
