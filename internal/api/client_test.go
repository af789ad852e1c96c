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
)

// fixedTransport returns the same response each time.
type fixedTransport struct{ http.Response }

func (c *fixedTransport) RoundTrip(*http.Request) (*http.Response, error) { return &c.Response, nil }

// TestHugeContentLength checks that a Content-Length that exceeds any memory allocates nothing, and that the body is
// read as far as it comes.
func TestHugeContentLength(t *testing.T) {
	t.Parallel()
	for _, length := range []int64{api.MaxReply + 1, math.MaxInt64} {
		client := &api.Client{Base: &url.URL{Scheme: "http", Host: "example"}, Transport: &fixedTransport{http.Response{
			StatusCode: http.StatusOK, Header: http.Header{}, ContentLength: length,
			Body: io.NopCloser(io.MultiReader(strings.NewReader(`{"choices":[`), errReader{})),
		}}}
		_, err := client.Complete(t.Context(), &api.Request{}, 0)
		var e *api.Error
		if !errors.As(err, &e) || e.Kind != failure.Cut {
			t.Errorf("length %d: %v", length, err)
		}
	}
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
