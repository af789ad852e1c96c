package api

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Call is a request to an endpoint other than chat completions.
type Call struct {
	Method, Path string
	Query        url.Values
	// Body opens the body, of Length bytes and of the type ContentType; nil for none. It is called once for each attempt.
	Body        func() io.ReadCloser
	Length      int64
	ContentType string
	// Limit is the longest duration of the whole exchange; 0 means no limit other than the context's.
	Limit time.Duration
}

// JSON gives the call a body of JSON.
func (c *Call) JSON(obj rawjson.Object) {
	doc := rawjson.Of(obj.JSON())
	c.Body = func() io.ReadCloser { return io.NopCloser(doc.Reader()) }
	c.Length, c.ContentType = doc.Len(), "application/json"
}

// Exchange makes a call and passes a successful answer to use, whose body holds secrets still: use replaces them. Errors are those
// of Complete.
func (c *Client) Exchange(ctx context.Context, call *Call, use func(*http.Response, io.Reader) error) error {
	return c.exchange(ctx, httpCall{method: call.Method, path: call.Path, other: call, limit: call.Limit}, use)
}

// httpRequest returns the request of a call, without context.
func (c *Client) httpRequest(call *Call, onRead func()) *http.Request {
	req := c.newRequest(httpCall{method: call.Method, path: call.Path})
	if len(call.Query) > 0 {
		query := call.Query.Encode()
		if req.URL.RawQuery != "" {
			query = req.URL.RawQuery + "&" + query
		}
		req.URL.RawQuery = query
	}
	if call.Body != nil {
		req.Header.Set("Content-Type", call.ContentType)
		req.ContentLength = call.Length
		req.GetBody = func() (io.ReadCloser, error) {
			body := call.Body()
			return struct {
				io.Reader
				io.Closer
			}{&notifyingBody{body, onRead}, body}, nil
		}
		// This GetBody never fails.
		req.Body, _ = req.GetBody()
	}
	return req
}
