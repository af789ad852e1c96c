package cassette

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
)

// answer returns the recorded response, or the recorded failure. A recorded timeout wraps the error in timeouts that
// has the same text.
func (x *exchange) answer(req *http.Request, timeouts []error) (*http.Response, error) {
	if x.status == 0 {
		return nil, x.failed(timeouts)
	}
	resp := &http.Response{
		Status:     fmt.Sprintf("%d %s", x.status, http.StatusText(x.status)),
		StatusCode: x.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: x.header, Body: io.NopCloser(bytes.NewReader(x.body)), ContentLength: int64(len(x.body)), Request: req,
	}
	if x.cut {
		resp.Body, resp.ContentLength = io.NopCloser(io.MultiReader(bytes.NewReader(x.body), errorReader{x.failed(timeouts)})), -1
	}
	return resp, nil
}

// errorReader ends a body that was cut.
type errorReader struct{ err error }

func (b errorReader) Read([]byte) (int, error) { return 0, b.err }

// failed returns the error that the exchange ended with instead of a complete response.
func (x *exchange) failed(timeouts []error) error {
	if x.failure == "" && x.status != 0 {
		return io.ErrUnexpectedEOF
	}
	e := &replayedError{text: x.failure, timeout: x.timeout}
	for _, t := range timeouts {
		if x.timeout && t.Error() == x.failure {
			e.cause = t
		}
	}
	return e
}

// replayedError is a recorded failure of the network, or a recorded timeout of the client.
type replayedError struct {
	text    string
	timeout bool
	cause   error // the client's timeout; nil if it was another failure
}

func (e *replayedError) Error() string   { return e.text }
func (e *replayedError) Unwrap() error   { return e.cause }
func (e *replayedError) Timeout() bool   { return e.timeout }
func (e *replayedError) Temporary() bool { return false }

var _ net.Error = (*replayedError)(nil)
