package connect

import (
	"context"
	"net/http"
	"sync"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/cassette"
)

// Places distinguishes equal requests that are sent at the same time: in a cassette each has its own answers.
type Places struct {
	redact func([]byte) []byte

	mu     sync.Mutex
	counts map[cassette.Key]int
}

// Places returns a counter of equal requests; nil if no file of exchanges needs one.
func (c *Client) Places() *Places {
	if c.tape == nil || c.caches() {
		return nil
	}
	return &Places{redact: c.tape.Redact, counts: map[cassette.Key]int{}}
}

// Prepare prepares a request for its place. take must be called in the order of the requests, and returns the context to send
// the request with.
func (p *Places) Prepare(ctx context.Context, req *api.Request) (take func() context.Context) {
	body := p.redact(req.Doc().Bytes())
	k := cassette.KeyOf(http.MethodPost, api.CompletionsPath, body)
	return func() context.Context {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.counts[k]++
		return cassette.WithPlace(ctx, k, body, p.counts[k])
	}
}
