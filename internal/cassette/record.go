package cassette

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"

	"github.com/chatcmpl/chatcmpl/internal/lock"
)

// pass sends the request on and keeps what comes of it.
func (c *Cassette) pass(req *http.Request, x *exchange, sent []byte) (*http.Response, error) {
	next := req.WithContext(req.Context())
	if req.Body != nil {
		next.Body = io.NopCloser(bytes.NewReader(sent))
	}
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		next.Body = body
	}
	resp, err := c.Next.RoundTrip(next)
	if err != nil {
		// What the caller ended is no failure of the network.
		if req.Context().Err() == nil && c.Mode == Record {
			timeout, ok := errors.AsType[net.Error](err)
			x.failure, x.timeout = string(c.Redact([]byte(c.Cause(err)))), ok && timeout.Timeout()
			c.add(x)
		}
		return nil, err
	}
	x.status, x.header = resp.StatusCode, resp.Header
	kept := &recording{ReadCloser: resp.Body, c: c, x: x, req: req, left: resp.ContentLength}
	resp.Body = kept
	return resp, nil
}

// add writes an exchange to the file; a cache takes none but good ones.
func (c *Cassette) add(x *exchange) {
	if c.Mode == Cache && !c.good(x) {
		return
	}
	c.adds.add(c.Name, x.redacted(c.Redact).line())
}

// redacted is the exchange as it may be kept.
func (x *exchange) redacted(redact func([]byte) []byte) *exchange {
	kept := *x
	kept.body = scrub(x.body, redact)
	kept.header = http.Header{}
	for name, values := range x.header {
		for _, v := range values {
			if keptHeader(name) {
				kept.header.Add(name, string(redact([]byte(v))))
			}
		}
	}
	return &kept
}

// recording is a response's body, which is added to the file when it ends.
type recording struct {
	io.ReadCloser
	c    *Cassette
	x    *exchange
	req  *http.Request
	left int64 // what the server said is still to come; negative where it did not say
	once sync.Once
}

// Read implements io.Reader. When it returns the last byte, or io.EOF, the exchange is kept.
func (r *recording) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.x.body = append(r.x.body, p[:n]...)
	switch {
	case errors.Is(err, io.EOF), r.left > 0 && int64(len(r.x.body)) == r.left:
		r.end(false)
	case err != nil:
		r.end(true)
	}
	return n, err
}

// Close implements io.Closer. A body that was not read to its end is one that was cut, but a
// stream ends at its end mark.
func (r *recording) Close() error {
	r.end(r.left != 0 && !marked(r.x.body))
	return r.ReadCloser.Close()
}

func (r *recording) end(cut bool) {
	r.once.Do(func() {
		if cut && r.req.Context().Err() != nil {
			// The caller ended it.
			return
		}
		r.x.cut = cut
		r.c.add(r.x)
	})
}

// marked says whether a stream has its end mark.
func marked(stream []byte) bool {
	for line := range bytes.FieldsFuncSeq(stream, func(c rune) bool { return c == '\n' || c == '\r' }) {
		data, found := bytes.CutPrefix(line, []byte("data:"))
		if found && string(bytes.TrimSpace(data)) == "[DONE]" {
			return true
		}
	}
	return false
}

// appender adds lines to a file. Those that come while others are written are written
// together: each waits for the disk, and many may come at the same time.
type appender struct {
	turn   sync.Mutex // held while a group is written
	mu     sync.Mutex
	next   *group // what is written next; nil for nothing
	failed error  // the first failure
}

type group struct {
	text []byte
	once sync.Once
}

// add returns when the line is on disk, or is not going to be.
func (a *appender) add(name string, line []byte) {
	a.mu.Lock()
	if a.next == nil {
		a.next = &group{}
	}
	g := a.next
	g.text = append(g.text, line...)
	a.mu.Unlock()
	g.once.Do(func() {
		a.turn.Lock()
		defer a.turn.Unlock()
		a.mu.Lock()
		a.next = nil
		a.mu.Unlock()
		err := lock.Append(name, g.text)
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.failed == nil {
			a.failed = err
		}
	})
}

func (a *appender) failure() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.failed
}
