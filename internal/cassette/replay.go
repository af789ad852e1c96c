package cassette

import (
	"bytes"
	"context"
	"io"
)

// replay returns the recorded exchange whose turn it is. If there is none, it returns a *MissError.
func (c *Cassette) replay(ctx context.Context, request *exchange) (*exchange, error) {
	a := askFor(ctx, request)
	if found, err := c.only(request, a.Key); found != nil || err != nil {
		return found, err
	}
	for {
		turn, err := c.next(ctx, a)
		switch {
		case err != nil:
			return nil, err
		case turn.Offset < 0 && turn.Again:
			return nil, &MissError{File: c.Name, Repeated: true}
		case turn.Offset < 0:
			return nil, c.missError(request)
		}
		found, err := c.recorded(turn.Offset, request, a.Key)
		if err != nil {
			return nil, err
		}
		if found != nil {
			return found, nil
		}
		a.Rejected = turn.Offset + 1
	}
}

// only returns the exchange of a request that was recorded once; nil if another process must say whose turn it is.
func (c *Cassette) only(request *exchange, k Key) (*exchange, error) {
	if c.Took == nil {
		return nil, nil
	}
	offset, ok := c.sequence.Only(k)
	if !ok {
		return nil, nil
	}
	found, err := c.recorded(offset, request, k)
	if found != nil {
		c.Took(offset)
	}
	return found, err
}

// next asks for the next answer: another process if Answers is set, otherwise the sequence of this one.
func (c *Cassette) next(ctx context.Context, a Ask) (Turn, error) {
	if c.Answers != nil {
		turn, err := c.Answers.Next(ctx, a)
		if err != nil {
			return turn, &FileError{err}
		}
		return turn, nil
	}
	turn, err := c.sequence.Next(ctx, a)
	if err == nil {
		c.reportSequence()
	}
	return turn, err
}

// reportSequence reports, once, the lines of the file that are no exchanges.
func (c *Cassette) reportSequence() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.reported {
		sums, err := c.sequence.Sums()
		c.reportSkipped(sums.Skipped)
		c.reported = err == nil
	}
}

func (c *Cassette) reportSkipped(lines int) {
	if !c.reported && lines > 0 {
		c.Skipped(lines)
	}
	c.reported = true
}

// recorded returns the exchange at an offset of the file, or nil if it is none with the wanted request.
func (c *Cassette) recorded(offset int64, request *exchange, wanted Key) (*exchange, error) {
	file, err := c.open()
	if err != nil {
		return nil, &FileError{err}
	}
	text, err := valueAt(file, offset)
	if err != nil {
		return nil, &FileError{err}
	}
	x, err := parse(text)
	if err != nil || !x.isOf(request) && x.key() != wanted {
		return nil, nil //nolint:nilerr // a line that is no exchange is passed over
	}
	return x, nil
}

// isOf reports whether an exchange has the same request, byte for byte.
func (x *exchange) isOf(request *exchange) bool {
	return x.method == request.method && x.path == request.path && bytes.Equal(x.sent, request.sent)
}

// read opens the file for use.
func (c *Cassette) read(use func(io.ReaderAt) error) error { return readFile(c.Name, use) }

func (c *Cassette) missError(request *exchange) error {
	e := &MissError{File: c.Name}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.explained == maxExplained {
		return e
	}
	c.explained++
	if err := c.read(func(f io.ReaderAt) error { return e.explain(f, request) }); err != nil {
		return err
	}
	return e
}
