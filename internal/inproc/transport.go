// Package inproc lets an HTTP client call an http.Handler of its own process without a socket.
package inproc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// Transport is an http.RoundTripper that calls Handler. It opens no socket and resolves no host: the handler alone
// gives the URL a meaning.
//
// RoundTrip returns once the handler has written its header or flushed. The response's body arrives as the handler
// flushes it, and the handler blocks until somebody reads it. When the request's context ends, so does the handler's,
// and RoundTrip or the body's Read returns the cause. A panic of the handler breaks the connection: before the header
// it is an error of RoundTrip, after it a body cut short (io.ErrUnexpectedEOF for http.ErrAbortHandler). An error in
// reading the request's body is an error of RoundTrip, as on a network. Closing the response's body cancels the handler
// and waits until it returns.
type Transport struct{ Handler http.Handler }

// RoundTrip implements http.RoundTripper. It leaves the request unchanged and closes its body.
func (t Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	x := newExchange(req)
	go x.serve(t.Handler, x.incoming(ctx))
	select {
	case <-x.writer.ready:
	case <-ctx.Done():
	}
	err := context.Cause(req.Context())
	if err == nil {
		// The handler may write failed until it closes ready.
		err = errors.Join(x.sent.failure(), x.writer.failed)
	}
	if err != nil {
		cancel()
		return nil, err
	}
	return x.response(cancel), nil
}

// exchange is one request and its response.
type exchange struct {
	req    *http.Request
	sent   *requestBody
	writer *responseWriter
	reader *io.PipeReader
	done   chan struct{} // closed when the handler has returned
}

func newExchange(req *http.Request) *exchange {
	reader, writer := io.Pipe()
	return &exchange{
		req:    req,
		sent:   newRequestBody(req.Body),
		writer: newResponseWriter(writer),
		reader: reader,
		done:   make(chan struct{}),
	}
}

// incoming returns the request as a server would pass it to a handler.
func (x *exchange) incoming(ctx context.Context) *http.Request {
	in := x.req.Clone(ctx)
	in.Body, in.RequestURI, in.RemoteAddr = x.sent, x.req.URL.RequestURI(), "inproc"
	if in.Host == "" {
		in.Host = x.req.URL.Host
	}
	return in
}

// serve runs the handler and ends the response when it returns, panics or is canceled.
func (x *exchange) serve(handler http.Handler, in *http.Request) {
	defer close(x.done)
	ctx, interrupted := in.Context(), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(interrupted)
		// The handler may be waiting for a reader or for the rest of the request.
		x.writer.pipe.CloseWithError(context.Cause(ctx))
		_ = x.sent.Close()
	})
	broken := io.ErrUnexpectedEOF // also after runtime.Goexit
	defer func() {
		if p := recover(); p != nil {
			broken = panicError(p)
		}
		x.writer.end(ctx, broken)
		if !stop() {
			<-interrupted
		}
		_ = x.sent.Close() // the request was read even if its body fails to close
	}()
	handler.ServeHTTP(x.writer, in)
	broken = nil
}

func panicError(p any) error {
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		return io.ErrUnexpectedEOF
	}
	return fmt.Errorf("the handler panicked: %v", p)
}

func (x *exchange) response(cancel context.CancelFunc) *http.Response {
	status, header := x.writer.status, x.writer.sent
	length, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64)
	if err != nil {
		length = -1
	}
	return &http.Response{
		Status:     fmt.Sprintf("%d %s", status, http.StatusText(status)),
		StatusCode: status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:        header,
		Body:          &responseBody{x.reader, cancel, x.done},
		ContentLength: length,
		Request:       x.req,
	}
}
