package inproc

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
)

// requestBody keeps the error that reading the body ended with, and closes the body once, whoever calls Close first.
type requestBody struct {
	body   io.ReadCloser
	once   sync.Once
	closed error

	mu  sync.Mutex
	err error
}

func newRequestBody(body io.ReadCloser) *requestBody {
	if body == nil {
		body = http.NoBody
	}
	return &requestBody{body: body}
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

// responseBody is the client's end of a response. Close cancels the handler and waits until it has returned.
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
