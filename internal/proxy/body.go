package proxy

import (
	"bytes"
	"io"
	"net/http"
)

// maxHeldBody is the size of the largest request body that is held until its response ends.
const maxHeldBody = 256 << 10

// held returns a request whose body is in memory if it is small. Without GetBody, a request that met a connection which the
// server had closed could not be sent over another one.
func held(req *http.Request) (*http.Request, error) {
	if req.Body == nil || req.ContentLength <= 0 || req.ContentLength > maxHeldBody {
		return req, nil
	}
	body := make([]byte, req.ContentLength)
	if _, err := io.ReadFull(req.Body, body); err != nil {
		return nil, err
	}
	next := req.WithContext(req.Context())
	next.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	next.Body, _ = next.GetBody()
	return next, nil
}
