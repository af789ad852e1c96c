package proxy

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
)

// ErrClientGone is the cause of the end of a kept request whose client went away.
var ErrClientGone = errors.New("the client closed the connection")

// keptKey marks the context of a request whose exchange is kept.
type keptKey struct{}

func withKept(ctx context.Context) context.Context { return context.WithValue(ctx, keptKey{}, true) }

func isKept(ctx context.Context) bool { return ctx.Value(keptKey{}) != nil }

// untilClientGone sends a request under a context that tells a client that went away from other ends.
func untilClientGone(req *http.Request, next http.RoundTripper) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(req.Context()))
	stop := context.AfterFunc(req.Context(), func() { cancel(ErrClientGone) })
	end := func() { stop(); cancel(nil) }
	resp, err := next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		end()
		return nil, err
	}
	resp.Body = &endingBody{resp.Body, sync.OnceFunc(end)}
	return resp, nil
}

// endingBody calls end after the body is closed.
type endingBody struct {
	io.ReadCloser
	end func()
}

// Close implements io.Closer.
func (b *endingBody) Close() error {
	defer b.end()
	return b.ReadCloser.Close()
}
