package offline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// Transport is an http.RoundTripper that asks Handler instead of a server. It opens no socket and looks at no part of the
// URL: what a path means is the handler's affair.
//
// The response is there as soon as the handler writes its header or flushes; its body arrives as it is flushed, and the
// handler waits while nobody reads it. The end of the request's context ends the handler's, and RoundTrip or the body's Read
// returns the context's cause. A handler that panics is a broken connection: an error of RoundTrip before the header, a cut
// body after it (both io.ErrUnexpectedEOF where it panics with http.ErrAbortHandler). An error while the request's body is
// read is RoundTrip's error, as with a network. Closing the response's body ends the handler and waits for its end.
type Transport struct{ Handler http.Handler }

// RoundTrip implements http.RoundTripper. It doesn't change the request, and closes its body.
func (t Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	x := newExchange(req)
	go x.serve(t.Handler, x.incoming(ctx))
	select {
	case <-x.ready:
	case <-ctx.Done():
	}
	err := context.Cause(req.Context())
	if err == nil {
		// Asked for only now: until ready is closed, failed is the handler's to write.
		err = errors.Join(x.sent.failure(), x.failed)
	}
	if err != nil {
		cancel()
		return nil, err
	}
	return x.response(cancel), nil
}

// An exchange is one request on its way through a handler. Its writer is the handler's http.ResponseWriter.
type exchange struct {
	req    *http.Request
	sent   *requestBody
	writer *responseWriter
	reader *io.PipeReader

	ready  chan struct{} // closed when there is a header, or will never be one
	failed error         // why there will never be one
	status int
	header http.Header
	done   chan struct{} // closed when the handler has ended
}

func newExchange(req *http.Request) *exchange {
	x := &exchange{
		req: req, sent: &requestBody{body: http.NoBody},
		ready: make(chan struct{}), done: make(chan struct{}),
	}
	if req.Body != nil {
		x.sent.body = req.Body
	}
	var pipe *io.PipeWriter
	x.reader, pipe = io.Pipe()
	x.writer = newResponseWriter(x, pipe)
	return x
}

// incoming is the request as a server would hand it to a handler.
func (x *exchange) incoming(ctx context.Context) *http.Request {
	in := x.req.Clone(ctx)
	in.Body, in.RequestURI, in.RemoteAddr = x.sent, x.req.URL.RequestURI(), "offline"
	if in.Host == "" {
		in.Host = x.req.URL.Host
	}
	return in
}

func (x *exchange) serve(handler http.Handler, in *http.Request) {
	defer close(x.done)
	ctx, interrupted := in.Context(), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(interrupted)
		// Whatever the handler waits for, a reader or the rest of the request, it waits no longer.
		x.writer.pipe.CloseWithError(context.Cause(ctx))
		_ = x.sent.Close()
	})
	broken := io.ErrUnexpectedEOF // stays where the handler ends its goroutine
	defer func() {
		if p := recover(); p != nil {
			broken = asBroken(p)
		}
		x.writer.end(ctx, broken)
		if !stop() {
			<-interrupted
		}
		_ = x.sent.Close() // a request's body that can't be closed has still been read
	}()
	handler.ServeHTTP(x.writer, in)
	broken = nil
}

func asBroken(p any) error {
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		return io.ErrUnexpectedEOF
	}
	return fmt.Errorf("the handler panicked: %v", p)
}

func (x *exchange) response(cancel context.CancelFunc) *http.Response {
	length, err := strconv.ParseInt(x.header.Get("Content-Length"), 10, 64)
	if err != nil {
		length = -1
	}
	return &http.Response{
		Status:     fmt.Sprintf("%d %s", x.status, http.StatusText(x.status)),
		StatusCode: x.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        x.header,
		Body:          &responseBody{x.reader, cancel, x.done},
		ContentLength: length,
		Request:       x.req,
	}
}

// A responseBody is the reader's end of a reply.
type responseBody struct {
	*io.PipeReader
	cancel context.CancelFunc
	done   <-chan struct{}
}

func (b *responseBody) Close() error {
	b.cancel()
	err := b.PipeReader.Close()
	<-b.done
	return err
}

// A requestBody remembers why it could not be read, and is closed once, whoever is first.
type requestBody struct {
	body   io.ReadCloser
	once   sync.Once
	closed error

	mu  sync.Mutex
	err error
}

func (b *requestBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.err = err
	}
	return n, err
}

func (b *requestBody) Close() error {
	b.once.Do(func() { b.closed = b.body.Close() })
	return b.closed
}

func (b *requestBody) failure() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.err
}
