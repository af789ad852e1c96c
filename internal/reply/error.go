package reply

import (
	"fmt"
	"net/http"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// MaxReply limits a reply, an event of a stream, and the memory for a stream; MaxErrorText limits the body of an error,
// both in bytes. Exceeding MaxReply is an error; a longer error body is cut.
const (
	MaxReply     = 64 << 20
	MaxErrorText = 1 << 20
)

// Error reports a request without a usable reply.
type Error struct {
	Kind failure.Kind
	// Status is the HTTP status; 0 if there was no response.
	Status int
	// Code is the API's own code for the error; often empty.
	Code string
	// Message describes the error. It may quote the server: any text, with several lines, up to 1 MiB.
	Message string
	// Request is the method and the URL if they may be wrong; otherwise empty.
	Request string
	// RequestID is the server's x-request-id; empty if there was none.
	RequestID string
	// Body is the body of the response on one line if it is JSON; otherwise nil.
	Body []byte
	// After is the wait that the server requested; 0 if it requested none, and a nanosecond if it requested no wait.
	After time.Duration
	// Retryable reports whether the same request may succeed later. Unusable reports whether the reply was complete but
	// unusable, in which case only one more attempt makes sense.
	Retryable, Unusable bool
	// Err is the cause; nil if the response itself is the error.
	Err error
}

// Error returns the message and, unless it is 0 or 200, the status.
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

// NewError returns a retryable Error for a request without a response, or whose response failed to arrive.
func NewError(kind failure.Kind, cause error, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), Retryable: true, Err: cause}
}
