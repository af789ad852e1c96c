package api

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// ErrTimeout is the cancellation cause that a caller sets for the deadline of a whole exchange. An Error of kind
// failure.Timeout wraps it.
var ErrTimeout = errors.New("timeout")

var errIdle = errors.New("idle timeout")

// Timeouts returns the cancellation causes of a client that ends an exchange because it takes too long. If an error of
// a Transport wraps one, the Transport replays an exchange that timed out earlier.
func Timeouts() []error { return []error{ErrTimeout, errIdle} }

// replaceStaleTimeout returns err, or io.ErrUnexpectedEOF if err is the timeout of an earlier exchange: net/http may
// assign a connection to a new request and then close it on behalf of the previous one, with that one's cause.
func replaceStaleTimeout(ctx context.Context, err error) error {
	if !isTimeoutCause(err) || context.Cause(ctx) != nil {
		return err
	}
	if isNetTimeout(err) {
		// A Transport replays a recorded timeout.
		return err
	}
	return io.ErrUnexpectedEOF
}

func isTimeoutCause(err error) bool { return errors.Is(err, errIdle) || errors.Is(err, ErrTimeout) }

func isNetTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

// contextError returns the error of an exchange that its context or a replayed timeout ended, and nil for other errors.
func contextError(ctx context.Context, err error, idle time.Duration) error {
	cause := context.Cause(ctx)
	if cause == nil && isTimeoutCause(err) {
		cause = err
	}
	switch {
	case cause == nil:
		return nil
	case errors.Is(cause, errIdle):
		return reply.NewError(failure.Timeout, cause, "the server sent nothing for %v", idle)
	case errors.Is(cause, ErrTimeout), errors.Is(cause, context.DeadlineExceeded):
		return reply.NewError(failure.Timeout, cause, "no complete reply in time")
	default:
		return cause
	}
}
