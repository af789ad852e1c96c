package cassette

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
)

// answer makes the response that the exchange ended with.
// A timeout wraps the one of bounds that has its text.
func (x *exchange) answer(req *http.Request, bounds []error) (*http.Response, error) {
	if x.status == 0 {
		return nil, x.failed(bounds)
	}
	resp := &http.Response{
		Status:     fmt.Sprintf("%d %s", x.status, http.StatusText(x.status)),
		StatusCode: x.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: x.header, Body: io.NopCloser(bytes.NewReader(x.body)), ContentLength: int64(len(x.body)), Request: req,
	}
	if x.cut {
		resp.Body, resp.ContentLength = io.NopCloser(io.MultiReader(bytes.NewReader(x.body), broken{x.failed(bounds)})), -1
	}
	return resp, nil
}

// broken is the end of a body that was cut.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// failed is what the exchange ended with in place of a whole response.
func (x *exchange) failed(bounds []error) error {
	if x.failure == "" && x.status != 0 {
		return io.ErrUnexpectedEOF
	}
	e := &replayedError{text: x.failure, timeout: x.timeout}
	for _, b := range bounds {
		if x.timeout && b.Error() == x.failure {
			e.bound = b
		}
	}
	return e
}

// replayedError is a recorded failure of the network, or a bound of time that was reached.
type replayedError struct {
	text    string
	timeout bool
	bound   error // the bound of time that it was; nil for none
}

func (e *replayedError) Error() string   { return e.text }
func (e *replayedError) Unwrap() error   { return e.bound }
func (e *replayedError) Timeout() bool   { return e.timeout }
func (e *replayedError) Temporary() bool { return false }

var _ net.Error = (*replayedError)(nil)
