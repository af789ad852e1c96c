package cassette

import (
	"bytes"
	"context"
	"strconv"
	"sync"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Place distinguishes equal requests that one process sends at the same time, because their answers come in any order.
type Place struct {
	// Nth counts equal requests in the order of their input, from 1; 0 if the order of the answers is the only one.
	Nth int32
	// Attempt counts the exchanges of one such request, from 1.
	Attempt int32
}

// append appends what is known of a place.
func (at Place) append(obj rawjson.Object) rawjson.Object {
	if at.Nth > 0 {
		obj = append(obj, rawjson.Member{Key: "nth", Value: strconv.AppendInt(nil, int64(at.Nth), 10)})
	}
	if at.Nth > 0 && at.Attempt > 1 {
		obj = append(obj, rawjson.Member{Key: "attempt", Value: strconv.AppendInt(nil, int64(at.Attempt), 10)})
	}
	return obj
}

// readPlace reads what append writes.
func readPlace(obj rawjson.Object) (at Place) {
	number := func(name string) int32 {
		n, _ := strconv.ParseInt(string(obj.Get(name)), 10, 32)
		return int32(n)
	}
	return Place{number("nth"), number("attempt")}
}

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
