package cassette

import (
	"net/http"
	"os"
	"sync"
)

// RoundTrip implements http.RoundTripper.
func (c *Cassette) RoundTrip(req *http.Request) (*http.Response, error) {
	c.named.Do(func() {
		c.appender.Name, c.sequence.Name = c.Name, c.Name
		if c.SyncLater {
			c.appender.Synced = c.lose
		}
		c.open = sync.OnceValues(func() (*os.File, error) { return os.Open(c.Name) })
	})
	request, sent, err := c.readRequest(req)
	if err != nil {
		return nil, err
	}
	switch c.Mode {
	case Record:
		return c.forward(req, request, sent, func() {})
	case Cache:
		return c.cached(req, request, sent)
	default:
		found, err := c.replay(req.Context(), request)
		if err != nil {
			return nil, err
		}
		return c.answer(req, found)
	}
}
