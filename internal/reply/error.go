package reply

import (
	"fmt"
	"net/http"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// Bounds in bytes of a reply, of one event of a stream, and of what is kept of a stream; and of the text of an error. More is an
// error.
const (
	MaxReply     = 64 << 20
	MaxErrorText = 1 << 20
)

// Error is a request that brought no usable reply.
type Error struct {
	Kind failure.Kind
	// Status is the HTTP status; 0 where there was no answer.
	Status int
	// Code is the API's own code for the error; often empty.
	Code string
	// Message says what went wrong. It may quote the server: any text, of several lines, up to 1 MiB.
	Message string
	// Request is the method and the URL, where they may be what is wrong; otherwise empty.
	Request string
	// RequestID is the server's x-request-id; empty where it sent none.
	RequestID string
	// Body is the server's answer on one line where it is JSON; otherwise nil.
	Body []byte
	// After is the wait that the server asked for; 0 where it asked for none, and a nanosecond where it asked not to wait.
	After time.Duration
	// Retryable reports that the same request may succeed later. Unusable reports that a whole reply came that can't be used,
	// which a second attempt may mend but a third will not.
	Retryable, Unusable bool
	// Err is the cause; nil where the server's answer is the cause.
	Err error
}

// Error returns the message, and the status where that says more than 200.
func (e *Error) Error() string {
	if e.Request != "" {
		return fmt.Sprintf("%s (%s: status %d)", e.Message, e.Request, e.Status)
	}
	if e.Status == 0 || e.Status == http.StatusOK {
		return e.Message
	}
	return fmt.Sprintf("%s (status %d)", e.Message, e.Status)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Failure implements failure.Reporter.
func (e *Error) Failure() failure.Report {
	return failure.Report{
		Kind: e.Kind, Status: e.Status, Code: e.Code, RequestID: e.RequestID, Retryable: e.Retryable, RetryAfter: e.After.Truncate(time.Millisecond),
	}
}

// NewError returns an Error of a request that was not answered, or whose answer is not to blame. It is retryable.
func NewError(kind failure.Kind, cause error, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), Retryable: true, Err: cause}
}
