package cassette

import (
	"bytes"
	"context"
	"sync"
)

// placeKey finds the *placeCounter in a context.
type placeKey struct{}

// placeCounter is the place of a request among equal ones, and counts its exchanges. The key is that of the request's first
// body; to compute it again would take long.
type placeCounter struct {
	nth  int32
	key  Key
	body []byte

	mu       sync.Mutex
	attempts map[Key]int32 // a request may change between attempts
}

// WithPlace returns a context for the exchanges of one request of a parallel batch, which is the nth of equal ones in the
// order of the input. It distinguishes their answers, which come in any order. k is the key of the request, and body its
// body without secrets.
func WithPlace(ctx context.Context, k Key, body []byte, nth int) context.Context {
	return context.WithValue(ctx, placeKey{}, &placeCounter{nth: int32(nth), key: k, body: body})
}

// askFor returns the question for the next answer to a request.
func askFor(ctx context.Context, request *exchange) Ask {
	p, ok := ctx.Value(placeKey{}).(*placeCounter)
	switch {
	case !ok:
		return Ask{Key: request.key()}
	case bytes.Equal(p.body, request.sent):
		return Ask{Key: p.key, Nth: p.nth}
	}
	return Ask{Key: request.key(), Nth: p.nth}
}

// nextPlace returns the place of the next exchange of a request.
func nextPlace(ctx context.Context, k Key) Place {
	p, ok := ctx.Value(placeKey{}).(*placeCounter)
	if !ok {
		return Place{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.attempts == nil {
		p.attempts = map[Key]int32{}
	}
	p.attempts[k]++
	return Place{p.nth, p.attempts[k]}
}
