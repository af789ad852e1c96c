package cassette

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
)

// answer makes the response that the exchange ended with.
func (x *exchange) answer(req *http.Request) (*http.Response, error) {
	if x.status == 0 {
		return nil, &replayedError{x.failure, x.timeout}
	}
	resp := &http.Response{
		Status:     fmt.Sprintf("%d %s", x.status, http.StatusText(x.status)),
		StatusCode: x.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: x.header, Body: io.NopCloser(bytes.NewReader(x.body)), ContentLength: int64(len(x.body)), Request: req,
	}
	if x.cut {
		resp.Body, resp.ContentLength = io.NopCloser(io.MultiReader(bytes.NewReader(x.body), broken{})), -1
	}
	return resp, nil
}

// broken is the end of a body that was cut.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// replayedError is a recorded failure of the network.
type replayedError struct {
	text    string
	timeout bool
}

func (e *replayedError) Error() string   { return e.text }
func (e *replayedError) Timeout() bool   { return e.timeout }
func (e *replayedError) Temporary() bool { return false }

var _ net.Error = (*replayedError)(nil)
