package offline

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
)

// A responseWriter is what a handler of Transport writes to. Like a server's it holds small writes back until a flush, and
// drops them where the handler breaks off.
type responseWriter struct {
	exchange  *exchange
	header    http.Header
	out       *bufio.Writer
	pipe      *io.PipeWriter
	committed bool
}

func newResponseWriter(x *exchange, pipe *io.PipeWriter) *responseWriter {
	return &responseWriter{exchange: x, header: http.Header{}, out: bufio.NewWriter(pipe), pipe: pipe}
}

func (w *responseWriter) Header() http.Header { return w.header }

func (w *responseWriter) WriteHeader(status int) {
	if w.committed || status < http.StatusOK {
		return // the client asks for no interim responses
	}
	w.committed = true
	w.exchange.status, w.exchange.header = status, w.header.Clone()
	close(w.exchange.ready)
}

func (w *responseWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.out.Write(p)
}

// FlushError is what http.ResponseController calls.
func (w *responseWriter) FlushError() error {
	w.WriteHeader(http.StatusOK)
	return w.out.Flush()
}

// end closes the reply: whole where the handler returned, broken where it didn't.
func (w *responseWriter) end(ctx context.Context, broken error) {
	switch cause := context.Cause(ctx); {
	case broken == nil:
		broken = w.FlushError()
	case cause != nil:
		broken = cause // it broke off because it was told to
	}
	if !w.committed {
		w.exchange.failed = fmt.Errorf("the connection was closed before a reply came: %w", broken)
		close(w.exchange.ready)
	}
	w.pipe.CloseWithError(broken)
}
