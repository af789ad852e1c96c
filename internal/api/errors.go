package api

import (
	"fmt"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// Error is a request that brought no acceptable reply.
type Error struct {
	Kind failure.Kind
	// Status is the HTTP status; 0 where there was no answer.
	Status int
	// Code is the API's own code for the error; mostly empty.
	Code string
	// Message says what went wrong. It may hold the server's words: any text, any length
	// up to 1 MiB, several lines.
	Message string
	// RequestID is the server's x-request-id; empty where it sent none.
	RequestID string
	// Body is the server's answer where it is JSON, on one line; else nil.
	Body []byte
	// After is the wait the server asked for; negative where it asked for none.
	After time.Duration
	// Retryable says that the same request can succeed later.
	Retryable bool
	// Err is the cause; nil where the server's answer is the cause.
	Err error
}

// Error is the message, with the status where that says more than 200.
func (e *Error) Error() string {
	if e.Status == 0 || e.Status == 200 {
		return e.Message
	}
	return fmt.Sprintf("%s (status %d)", e.Message, e.Status)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Failure implements failure.Reporter.
func (e *Error) Failure() failure.Report {
	return failure.Report{Kind: e.Kind, Status: e.Status, Code: e.Code, RequestID: e.RequestID, Retryable: e.Retryable}
}

// LocalError marks an error of a Transport that is not the network's: it is returned as it
// is, and whatever it wraps says what it means.
type LocalError struct{ Err error }

func (e *LocalError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *LocalError) Unwrap() error { return e.Err }

// newError returns an Error without a server's answer behind it.
func newError(kind failure.Kind, cause error, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), After: -1, Retryable: true, Err: cause}
}
