package api_test

import (
	"errors"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// answered answers every request with a body, which it says is length bytes long.
type answered struct {
	body   io.Reader
	length int64
}

// RoundTrip implements http.RoundTripper.
func (a answered) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, ContentLength: a.length, Body: io.NopCloser(a.body)}, nil
}

// TestHugeContentLength checks that a Content-Length that exceeds any memory allocates nothing, and that the body is
// read as far as it comes.
func TestHugeContentLength(t *testing.T) {
	t.Parallel()
	for _, length := range []int64{reply.MaxReply + 1, math.MaxInt64} {
		body := io.MultiReader(strings.NewReader(`{"choices":[`), errReader{})
		client := &api.Client{Base: &url.URL{Scheme: "http", Host: "example"}, Transport: answered{body, length}}
		_, err := client.Complete(t.Context(), &api.Request{}, 0)
		var e *reply.Error
		if !errors.As(err, &e) || e.Kind != failure.Cut {
			t.Errorf("length %d: %v", length, err)
		}
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
