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
	"github.com/chatcmpl/chatcmpl/internal/rows"
)

// Check reads the input and compares each record that an earlier run has done with its former request. If one has
// changed, the error is a *results.ChangedError. Otherwise Check counts the records that are not done and those that are.
func (cfg *Config) Check(ctx context.Context, in io.ReadSeeker) (remaining, done int64, err error) {
	c := &checker{Config: cfg, seed: maphash.MakeSeed(), changed: map[uint64]bool{}}
	if err := c.each(ctx, in); err != nil {
		return 0, 0, err
	}
	if len(c.changed) > 0 {
		if _, err := in.Seek(0, io.SeekStart); err != nil {
			return 0, 0, fmt.Errorf("reading the input again: %w", err)
		}
		if err := c.confirm(ctx, in); err != nil {
			return 0, 0, err
		}
	}
	remaining = c.remaining.Load()
	return remaining, c.records - remaining, nil
}

// checker compares records with the results of an earlier run.
type checker struct {
	*Config

	records   int64
	remaining atomic.Int64
	mu        sync.Mutex
	seed      maphash.Seed
	changed   map[uint64]bool // records that seem to have changed, by a hash of their custom_id
}

// each checks every record of the input, concurrently and in any order.
func (c *checker) each(ctx context.Context, in io.Reader) error {
	const chunkSize = 256
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0) + 1)
	records := c.RecordsAgain()
	var chunk []input.Line
	start := func(lines []input.Line) {
		group.Go(func() error {
			for _, line := range lines {
				c.check(records.Parse(ctx, line))
			}
			return nil
		})
	}
	for line, err := range records.EachLine(in) {
		if rows.IsUnclosed(err) {
			// The run reads as far, and reports it.
			c.records++
			c.remaining.Add(1)
			break
		}
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, group.Wait(), context.Cause(ctx))
		}
		c.records++
		if chunk = append(chunk, line); len(chunk) == chunkSize {
			start(chunk)
			chunk = make([]input.Line, 0, chunkSize)
		}
	}
	start(chunk)
	return group.Wait()
}

func (c *checker) check(record *input.Record) {
	switch c.state(record) {
	case results.Pending:
		c.remaining.Add(1)
	case results.Changed:
		c.mu.Lock()
		c.changed[c.key(record)] = true
		c.mu.Unlock()
	}
}

// confirm reads the input again, in order, to check the records that seem to have changed. If the first record with an
// id is unchanged, a later one with another request merely repeats the id; it will fail for that reason.
func (c *checker) confirm(ctx context.Context, in io.Reader) error {
	records := c.RecordsAgain()
	for record, err := range records.All(ctx, in) {
		if rows.IsUnclosed(err) {
			break
		}
		if err != nil {
			return err
		}
		key := c.key(record)
		if !c.changed[key] {
			continue
		}
		if c.state(record) == results.Changed {
			_, submitted := c.submitted(record.CustomID)
			return &results.ChangedError{
				CustomID: record.CustomID, Line: record.Line, Failed: c.Resume.HasFailed(record.CustomID), Submitted: submitted,
			}
		}
		delete(c.changed, key)
		c.remaining.Add(1)
	}
	return context.Cause(ctx)
}

func (c *checker) key(record *input.Record) uint64 { return maphash.String(c.seed, record.CustomID) }

func (c *checker) state(record *input.Record) results.State {
	if record.Err != nil {
		return results.Pending
	}
	hash := func() (results.Hash, error) {
		req, err := c.Request(record)
		if err != nil {
			return results.Hash{}, err
		}
		return results.HashOf(req.Doc()), nil
	}
	if submitted, ok := c.submitted(record.CustomID); ok {
		if current, err := hash(); err != nil || current != submitted {
			return results.Changed
		}
		return results.Pending
	}
	return c.Resume.State(record.CustomID, hash)
}

// submitted returns the hash of the request of a record that is submitted elsewhere; ok is false for another record.
func (c *checker) submitted(customID string) (hash results.Hash, ok bool) {
	if c.Submitted == nil {
		return results.Hash{}, false
	}
	return c.Submitted(customID)
}
