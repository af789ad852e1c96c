package cassette

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"os"

	"github.com/chatcmpl/chatcmpl/internal/lock"
)

// cached answers a request from the file, or sends it and adds its reply. While a request is under way, equal ones wait,
// also those of other processes: the reply may answer them too.
func (c *Cassette) cached(req *http.Request, request *exchange, sent []byte) (*http.Response, error) {
	done, err := c.turn(req.Context(), request.key())
	if err != nil {
		return nil, err
	}
	found, err := c.lookUp(request)
	if found == nil && err == nil {
		var unlock func()
		if unlock, err = c.lock(req.Context(), request.key()); err == nil {
			inProcess := done
			done = func() { unlock(); inProcess() }
			found, err = c.lookUp(request)
		}
	}
	if found == nil && err == nil {
		return c.forward(req, request, sent, done)
	}
	done()
	if err != nil {
		return nil, err
	}
	return c.answer(req, found)
}

// turn waits until no equal request of this process is under way. If ctx ends first, turn returns its cause. done lets
// the next equal request proceed; it must be called once.
func (c *Cassette) turn(ctx context.Context, wanted Key) (done func(), err error) {
	for {
		c.mu.Lock()
		previous, exists := c.underWay[wanted]
		if !exists {
			defer c.mu.Unlock()
			return c.begin(wanted), nil
		}
		c.mu.Unlock()
		select {
		case <-previous:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// begin marks a request as under way until done is called. The caller holds c.mu.
func (c *Cassette) begin(k Key) (done func()) {
	if c.underWay == nil {
		c.underWay = map[Key]chan struct{}{}
	}
	ended := make(chan struct{})
	c.underWay[k] = ended
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.underWay, k)
		close(ended)
	}
}

// lock waits until no other process has an equal request under way. A process that ends, however it does, releases its
// locks.
func (c *Cassette) lock(ctx context.Context, k Key) (unlock func(), err error) {
	f, err := lock.Point(ctx, c.Name, binary.BigEndian.Uint64(k[:]))
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
		// The reply can't be kept either, which is reported then.
		return func() {}, nil
	}
	if err != nil {
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}

// lookUp returns the recorded exchange for a request; nil if there is none.
func (c *Cassette) lookUp(request *exchange) (*exchange, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wanted := request.key()
	load := func(offset int64) (*exchange, error) { return c.exchangeAt(offset, wanted) }
	if c.byKey.chains == nil || c.grown() {
		if err := c.read(c.byKey.readKeys); err != nil {
			return nil, err
		}
	}
	found, err := c.byKey.find(wanted, load)
	if found != nil || err != nil {
		c.reportSkipped(c.byKey.skipped)
		return found, err
	}
	if c.byRequest.chains == nil {
		if err := c.read(c.byRequest.readAll); err != nil {
			return nil, err
		}
	}
	c.reportSkipped(c.byRequest.skipped)
	return c.byRequest.find(wanted, load)
}

// grown reports whether this or another process has appended to the file since it was read.
func (c *Cassette) grown() bool {
	info, err := os.Stat(c.Name)
	return err != nil || info.Size() > c.byKey.end
}

// exchangeAt returns the exchange at an offset of the file, or nil if it is not a usable reply to the wanted request.
func (c *Cassette) exchangeAt(offset int64, wanted Key) (found *exchange, err error) {
	err = c.read(func(f io.ReaderAt) error {
		text, err := valueAt(f, offset)
		if err != nil {
			return err
		}
		if x, err := parse(text); err == nil && x.key() == wanted && c.isCacheable(x) {
			found = x
		}
		return nil
	})
	return found, err
}
