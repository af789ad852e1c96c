package cassette

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// How long, in time and in bytes, the rest of a reply is read that the caller has no use for:
// it is paid for.
const (
	maxRest  = 3 * time.Second
	maxBytes = 16 << 20
)

// pass sends the request on and keeps what comes of it. done is called once, when nothing more
// comes.
func (c *Cassette) pass(req *http.Request, x *exchange, sent []byte, done func()) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	end := func() { cancel(); done() }
	next := req.WithContext(ctx)
	if req.Body != nil {
		next.Body = io.NopCloser(bytes.NewReader(sent))
	}
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			end()
			return nil, err
		}
		next.Body = body
	}
	resp, err := c.Next.RoundTrip(next)
	if err != nil {
		c.failed(req, x, err)
		end()
		return nil, err
	}
	x.status, x.header = resp.StatusCode, resp.Header
	resp.Body = &recording{ReadCloser: resp.Body, c: c, x: x, req: req, length: resp.ContentLength, cancel: cancel, done: done}
	return resp, nil
}

// failed keeps why no response came. What the caller ended is no failure, but for a bound of
// time, which is one to whoever waits for the reply.
func (c *Cassette) failed(req *http.Request, x *exchange, err error) {
	bound := c.bound(req)
	switch {
	case c.Mode != Record:
		return
	case bound != nil:
		x.failure, x.timeout = bound.Error(), true
	case req.Context().Err() != nil:
		return
	default:
		timeout, ok := errors.AsType[net.Error](err)
		x.failure, x.timeout = string(c.Redact([]byte(c.Cause(err)))), ok && timeout.Timeout()
	}
	c.add(x)
}

// bound is the one of Bounds that ended a request; nil where none did.
func (c *Cassette) bound(req *http.Request) error {
	cause := context.Cause(req.Context())
	for _, b := range c.Bounds {
		if errors.Is(cause, b) {
			return b
		}
	}
	return nil
}

// add writes an exchange to the file; a cache takes none but good ones.
func (c *Cassette) add(x *exchange) {
	if c.Mode == Cache && !c.good(x) {
		return
	}
	if err := c.adds.add(c.Name, x.redacted(c.Redact).line()); err != nil && c.Lost != nil {
		c.Lost(err)
	}
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
	c      *Cassette
	x      *exchange
	req    *http.Request
	length int64 // what the server said it is; negative where it did not say
	cancel context.CancelFunc
	done   func()
	once   sync.Once
}

// Read implements io.Reader. When it returns the last byte, or io.EOF, the exchange is kept.
func (r *recording) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.x.body = append(r.x.body, p[:n]...)
	switch {
	case errors.Is(err, io.EOF), r.length > 0 && int64(len(r.x.body)) == r.length:
		r.end(nil)
	case err != nil:
		r.end(err)
	}
	return n, err
}

// Close implements io.Closer. The rest of a body that was not read to its end is read first,
// but a stream ends at its end mark. What comes too late, or is too much, is left out: that
// was not the server's doing, so what is kept does not say that it was cut.
func (r *recording) Close() error {
	r.once.Do(func() {
		err := context.Cause(r.req.Context())
		if err == nil && !marked(r.x.body) {
			err = r.rest()
		}
		r.keep(err)
	})
	err := r.ReadCloser.Close()
	r.cancel()
	return err
}

// rest reads the rest of the body within the bounds for that. Its error is that of a body that
// broke off within them.
func (r *recording) rest() error {
	late := make(chan struct{})
	timer := time.AfterFunc(maxRest, func() { close(late); r.cancel() })
	defer timer.Stop()
	rest, err := io.ReadAll(io.LimitReader(r.ReadCloser, maxBytes))
	r.x.body = append(r.x.body, rest...)
	select {
	case <-late:
		return nil
	default:
		return err
	}
}

func (r *recording) end(err error) { r.once.Do(func() { r.keep(err) }) }

// keep adds the exchange; err is what the body ended with in place of its end. Where the
// caller ended it, it is not kept, but for a bound of time.
func (r *recording) keep(err error) {
	defer r.done()
	if err != nil {
		bound := r.c.bound(r.req)
		if bound == nil && r.req.Context().Err() != nil {
			return
		}
		r.x.cut = true
		if bound != nil {
			r.x.failure, r.x.timeout = bound.Error(), true
		}
	}
	r.c.add(r.x)
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
