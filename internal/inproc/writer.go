package inproc

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
)

// responseWriter implements http.ResponseWriter. Like a server's it buffers small writes until a flush, and drops them
// if the handler breaks off.
type responseWriter struct {
	header http.Header
	buffer *bufio.Writer
	pipe   *io.PipeWriter

	ready  chan struct{} // closed when the header is sent or failed is set; guards the fields below
	status int           // 0 until the header is sent
	sent   http.Header   // a copy: later changes do not count
	failed error         // why no header will ever be sent
}

func newResponseWriter(pipe *io.PipeWriter) *responseWriter {
	return &responseWriter{header: http.Header{}, buffer: bufio.NewWriter(pipe), pipe: pipe, ready: make(chan struct{})}
}

func (w *responseWriter) Header() http.Header { return w.header }

// WriteHeader sends the header. It ignores interim responses, which no client here asks for.
func (w *responseWriter) WriteHeader(status int) {
	if w.status != 0 || status < http.StatusOK {
		return
	}
	w.status, w.sent = status, w.header.Clone()
	close(w.ready)
}

func (w *responseWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.buffer.Write(p)
}

// FlushError lets http.ResponseController flush.
func (w *responseWriter) FlushError() error {
	w.WriteHeader(http.StatusOK)
	return w.buffer.Flush()
}

// end completes the response if broken is nil, and breaks it off otherwise.
func (w *responseWriter) end(ctx context.Context, broken error) {
	switch cause := context.Cause(ctx); {
	case broken == nil:
		broken = w.FlushError()
	case cause != nil:
		broken = cause // the handler broke off because it was canceled
	}
	if w.status == 0 {
		w.failed = fmt.Errorf("the connection was closed before a reply came: %w", broken)
		close(w.ready)
	}
	w.pipe.CloseWithError(broken)
}
