package api_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

func TestUnreached(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, true},
		{&net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}, true},
		{&net.OpError{Op: "proxyconnect", Err: errors.New("refused")}, true},
		{&net.DNSError{Err: "no such host", IsNotFound: true}, true},
		{handshakeError{}, true},
		{&net.OpError{Op: "read", Err: errors.New("reset")}, false},
		{&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, false},
		{io.EOF, false},
		{api.ErrTimeout, false},
	} {
		client := &api.Client{Transport: failingTransport{tt.err}, Base: &url.URL{Scheme: "http", Host: "fake"}}
		_, err := client.Complete(context.Background(), &api.Request{}, 0)
		if e, ok := errors.AsType[*reply.Error](err); !ok || api.Unreached(e) != tt.want {
			t.Errorf("%v: %v", tt.err, err)
		}
	}
}

// handshakeError imitates an unexported error of net/http.
type handshakeError struct{}

func (handshakeError) Error() string   { return "TLS handshake timeout" }
func (handshakeError) Timeout() bool   { return true }
func (handshakeError) Temporary() bool { return true }
