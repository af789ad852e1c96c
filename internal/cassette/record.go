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

// Limits for reading on after the client has closed the body of a reply early. The rest has been paid for, so it is
// recorded if it comes soon.
const (
	maxRestTime  = 3 * time.Second
	maxRestBytes = 16 << 20
)

// forward sends the request and records its result. done is called once, when the exchange is over.
func (c *Cassette) forward(req *http.Request, x *exchange, sent []byte, done func()) (*http.Response, error) {
	entry, err := c.store().Begin()
	if err != nil {
		done()
		return nil, &FileError{err}
	}
	x.entry, x.place = entry, nextPlace(req.Context(), x.key())
	ctx, cancel := context.WithCancel(req.Context())
	end := func() { cancel(); entry.Drop(); done() }
	next := req.WithContext(ctx)
	if req.Body != nil {
		// With GetBody, a request that met a connection which the server had closed is sent over another one.
		next.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(sent)), nil }
		next.Body, _ = next.GetBody()
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
		c.recordFailure(req, x, err)
		end()
		return nil, err
	}
	x.status, x.header = resp.StatusCode, resp.Header
	resp.Body = &recording{ReadCloser: resp.Body, c: c, x: x, req: req, length: resp.ContentLength, cancel: cancel, done: func() { entry.Drop(); done() }}
	return resp, nil
}

// store returns what keeps the exchanges.
func (c *Cassette) store() Store {
	if c.Store != nil {
		return c.Store
	}
	return &c.appender
}

// recordFailure records why there was no response. A request that its caller canceled is not a failure, except for a
// timeout: to the person who waits for the reply, that is a failure.
func (c *Cassette) recordFailure(req *http.Request, x *exchange, err error) {
	timeout := c.timeout(req)
	switch {
	case c.Mode != Record:
		return
	case timeout != nil:
		x.failure, x.timeout = timeout.Error(), true
	case req.Context().Err() != nil:
		return
	default:
		netErr, ok := errors.AsType[net.Error](err)
		x.failure, x.timeout = string(c.Redact([]byte(c.Cause(err)))), ok && netErr.Timeout()
	}
	c.add(x)
}

// timeout returns the error in Timeouts that canceled a request, or nil.
func (c *Cassette) timeout(req *http.Request) error {
	cause := context.Cause(req.Context())
	for _, t := range c.Timeouts {
		if errors.Is(cause, t) {
			return t
		}
	}
	return nil
}

// add appends an exchange to the file. In a cache it discards replies that are not cacheable.
func (c *Cassette) add(x *exchange) {
	if c.Mode == Cache && !c.isCacheable(x) {
		return
	}
	c.lose(x.entry.Keep(x.redacted(c.Redact).line()))
}

// lose keeps, and reports, the first error of keeping an exchange; it ignores nil.
func (c *Cassette) lose(err error) {
	if err := c.lost.first(err); err != nil && c.WriteFailed != nil {
		c.WriteFailed(err)
	}
}

// redacted returns a copy of the exchange without secrets, and with only the headers that are recorded.
func (x *exchange) redacted(redact func([]byte) []byte) *exchange {
	redacted := *x
	redacted.body = redact(x.body)
	redacted.header = http.Header{}
	for name, values := range x.header {
		for _, v := range values {
			if isRecordedHeader(name) {
				redacted.header.Add(name, string(redact([]byte(v))))
			}
		}
	}
	return &redacted
}

// recording is the body of a response. It appends the exchange to the file when the body ends.
type recording struct {
	io.ReadCloser
	c      *Cassette
	x      *exchange
	req    *http.Request
	length int64 // the announced Content-Length; negative if there is none
	cancel context.CancelFunc
	done   func()
	once   sync.Once
}

// Read implements io.Reader. The exchange is recorded before Read returns the last byte, the end mark of a stream or io.EOF.
func (r *recording) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.x.body = append(r.x.body, p[:n]...)
	switch {
	case errors.Is(err, io.EOF), r.length > 0 && int64(len(r.x.body)) == r.length, endsWithMark(r.x.body):
		r.end(nil)
	case err != nil:
		r.end(err)
	}
	return n, err
}

// Close implements io.Closer. It first reads the rest of a body that was not read to its end, except after the end mark
// of a stream. A rest that comes too late or is too long is left out, and the exchange is not marked as cut, because
// that was not the fault of the server.
func (r *recording) Close() error {
	r.once.Do(func() {
		err := context.Cause(r.req.Context())
		if err == nil && !hasEndMark(r.x.body) {
			err = r.readRest()
		}
		r.record(err)
	})
	err := r.ReadCloser.Close()
	r.cancel()
	return err
}

// readRest reads the rest of the body within the limits. It returns an error if the body broke off within them.
func (r *recording) readRest() error {
	tooLate := make(chan struct{})
	timer := time.AfterFunc(maxRestTime, func() { close(tooLate); r.cancel() })
	defer timer.Stop()
	rest, err := io.ReadAll(io.LimitReader(r.ReadCloser, maxRestBytes))
	r.x.body = append(r.x.body, rest...)
	select {
	case <-tooLate:
		return nil
	default:
		return err
	}
}

func (r *recording) end(err error) { r.once.Do(func() { r.record(err) }) }

// record adds the exchange to the file; err is nil if the body is complete. If the caller canceled the request, nothing
// is added, except for a timeout, and for what a client received before it went away.
func (r *recording) record(err error) {
	defer r.done()
	canceled := context.Cause(r.req.Context()) != nil
	if canceled && hasEndMark(r.x.body) {
		// Many clients break off there.
		err = nil
	}
	if err != nil {
		timeout := r.c.timeout(r.req)
		if timeout == nil && canceled && !r.isAbandoned() {
			return
		}
		r.x.cut = true
		if timeout != nil {
			r.x.failure, r.x.timeout = timeout.Error(), true
		}
	}
	r.c.add(r.x)
}

// isAbandoned reports whether the client went away after it had received a part of the body.
func (r *recording) isAbandoned() bool {
	return r.c.ClientGone != nil && errors.Is(context.Cause(r.req.Context()), r.c.ClientGone) && len(r.x.body) > 0
}

// endsWithMark reports whether a stream ends with its end mark and the blank line after it. Many clients read no further.
func endsWithMark(stream []byte) bool {
	for _, blank := range []string{"\n\n", "\r\n\r\n", "\r\r"} {
		if text, ok := bytes.CutSuffix(stream, []byte(blank)); ok && bytes.HasSuffix(text, []byte(endMark)) {
			return hasEndMark(text[1+bytes.LastIndexAny(text, "\r\n"):])
		}
	}
	return false
}

// endMark is the data of the event that ends a stream.
const endMark = "[DONE]"

// hasEndMark reports whether a stream has its end mark.
func hasEndMark(stream []byte) bool {
	for line := range bytes.FieldsFuncSeq(stream, func(c rune) bool { return c == '\n' || c == '\r' }) {
		data, found := bytes.CutPrefix(line, []byte("data:"))
		if found && string(bytes.TrimSpace(data)) == endMark {
			return true
		}
	}
	return false
}
