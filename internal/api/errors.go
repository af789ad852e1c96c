package api

import (
	"fmt"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// Error reports a request that got no acceptable reply.
type Error struct {
	Kind failure.Kind
	// Status is the HTTP status; 0 if there was no response.
	Status int
	// Code is the API's own code for the error; mostly empty.
	Code string
	// Message describes the error. It may quote the server: any text, several lines, up to 1 MiB.
	Message string
	// RequestID is the server's x-request-id; empty if it sent none.
	RequestID string
	// Body is the body of the response on one line, if it is JSON; otherwise nil.
	Body []byte
	// After is the wait that the server asked for; negative if it asked for none.
	After time.Duration
	// Retryable reports whether the same request can succeed later.
	Retryable bool
	// Err is the cause; nil if the server's response is the cause.
	Err error
}

// Error returns the message, followed by the status if that is neither 0 nor 200.
func (e *Error) Error() string {
	if e.Status == 0 || e.Status == 200 {
		return e.Message
	}
	return fmt.Sprintf("%s (status %d)", e.Message, e.Status)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Failure implements failure.Reporter.
func (e *Error) Failure() failure.Report {
	return failure.Report{Kind: e.Kind, Status: e.Status, Code: e.Code, RequestID: e.RequestID, Retryable: e.Retryable}
}

// LocalError wraps an error of a Transport that did not come from the network. The client returns it unchanged; the
// error inside determines its kind.
type LocalError struct{ Err error }

func (e *LocalError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *LocalError) Unwrap() error { return e.Err }

// newError returns a retryable Error that no response of a server caused.
func newError(kind failure.Kind, cause error, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), After: -1, Retryable: true, Err: cause}
}
