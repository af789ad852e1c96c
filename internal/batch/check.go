package batch

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// Check reads the input and compares each record that an earlier run has done with its request then: the error is a
// *results.ChangedError if one has changed. It returns the number of records that are left to do.
func (cfg *Config) Check(ctx context.Context, in io.ReadSeeker) (left int64, err error) {
	c := &checker{Config: cfg, seed: maphash.MakeSeed(), changed: map[uint64]bool{}}
	if err := c.each(ctx, in); err != nil || len(c.changed) == 0 {
		return c.left.Load(), err
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return 0, fmt.Errorf("reading the input again: %w", err)
	}
	return c.confirm(ctx, in)
}

// checker compares records with the results of an earlier run.
type checker struct {
	*Config

	left    atomic.Int64
	mu      sync.Mutex
	seed    maphash.Seed
	changed map[uint64]bool // the records that seem to have changed, by a hash of their ids
}

// confirm looks whether what seems to have changed has. A record with another request further down only repeats the id of the
// one that is done, and fails for that when its turn comes.
func (c *checker) confirm(ctx context.Context, in io.Reader) (left int64, err error) {
	records := c.silentRecords()
	for record, err := range records.All(ctx, in) {
		if err != nil {
			return 0, err
		}
		key := c.key(record)
		if !c.changed[key] {
			continue
		}
		if c.state(record) == results.Changed {
			return 0, &results.ChangedError{CustomID: record.CustomID, Line: record.Line, Failed: c.Resume.HasFailed(record.CustomID)}
		}
		delete(c.changed, key)
		c.left.Add(1)
	}
	return c.left.Load(), context.Cause(ctx)
}

// silentRecords returns the reader of records without its counters: the run reads the same lines again.
func (c *checker) silentRecords() input.Records {
	records := c.Records
	records.LineRead, records.Replaced = nil, nil
	return records
}

// each looks at every record of the input, at many at the same time and in no order.
func (c *checker) each(ctx context.Context, in io.Reader) error {
	const together = 256
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0) + 1)
	records := c.silentRecords()
	var some []input.Line
	start := func(lines []input.Line) {
		group.Go(func() error {
			for _, line := range lines {
				c.look(records.Parse(ctx, line))
			}
			return nil
		})
	}
	for line, err := range records.EachLine(in) {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, group.Wait(), context.Cause(ctx))
		}
		if some = append(some, line); len(some) == together {
			start(some)
			some = make([]input.Line, 0, together)
		}
	}
	start(some)
	return group.Wait()
}

func (c *checker) key(record *input.Record) uint64 { return maphash.String(c.seed, record.CustomID) }

func (c *checker) look(record *input.Record) {
	switch c.state(record) {
	case results.Pending:
		c.left.Add(1)
	case results.Changed:
		c.mu.Lock()
		c.changed[c.key(record)] = true
		c.mu.Unlock()
	}
}

func (c *checker) state(record *input.Record) results.State {
	if record.Err != nil {
		return results.Pending
	}
	return c.Resume.State(record.CustomID, func() (results.Hash, error) {
		req, err := c.Request(record)
		if err != nil {
			return results.Hash{}, err
		}
		return results.HashOf(req.Doc()), nil
	})
}
