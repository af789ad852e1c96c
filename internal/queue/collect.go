package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/batchapi"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/reply"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// collector writes the results of a part to the output.
type collector struct {
	*run
	*part

	got   []bool          // of the entries: whether a result was written
	seen  map[uint64]bool // the keys of all results that came
	looks int             // how often the results were read
	// failures are those of entries, by their places. They are written last, because a success may follow.
	failures map[int]*batch.Result

	written int64
	failed  int64
	notRun  int64 // that the provider did not run
	before  int64 // that are in the output already
	foreign int64 // of no record of the part
	unnamed int64 // that name no record, at the last look
	ticks   int64
	unknown bool // the cost of a reply is not known
}

// collect writes the results of a batch that is at its end.
func (r *run) collect(ctx context.Context, p *part, s *batchapi.Status) error {
	if p.collector == nil {
		p.collector = &collector{run: r, part: p, got: make([]bool, len(p.entries)), seen: map[uint64]bool{}, failures: map[int]*batch.Result{}}
	}
	c := p.collector
	c.unnamed = 0
	err := r.api.Results(ctx, p.batch, s, func(res *batchapi.Result) error { return c.add(ctx, res) })
	// A batch that was rejected as a whole may have no results.
	isExpected := s.End == batchapi.Rejected && batchapi.IsRefused(err)
	// --cancel accepts that results are lost.
	isLost := r.options.Cancel && batchapi.IsGone(err)
	if err != nil && !isExpected && !isLost {
		return err
	}
	if c.isShort(s) && c.lookAgain(s) {
		return nil
	}
	return c.settle(ctx, s)
}

// isShort reports whether fewer results came than the provider counts, or the batch may not be at its end.
func (c *collector) isShort(s *batchapi.Status) bool {
	return s.IsDoubtful(len(c.got)) || c.came() < s.Results
}

// came counts the results that came.
func (c *collector) came() int64 {
	return int64(len(c.seen)) + c.unnamed
}

// looks limits how often the results of a batch are read if fewer come than the provider counts.
const looks = 4

// lookAgain schedules another look at a batch, or after the last one leaves the part open, because the missing results are paid
// for. It returns false if the part is to be closed all the same.
func (c *collector) lookAgain(s *batchapi.Status) bool {
	if c.looks++; c.looks < looks {
		if c.looks == 1 {
			c.interval = 0
		}
		c.schedule(c.poll)
		return true
	}
	if c.came() >= s.Results || c.options.Cancel {
		return false
	}
	c.Console.Note("batch %s has %s, and gives %d: it is left open", c.batch, console.Plural(int(s.Results), "result"), c.came())
	c.part.left = &pendingError{[]string{c.batch}}
	return true
}

// settle ends the life of the part whose results are written.
func (c *collector) settle(ctx context.Context, s *batchapi.Status) error {
	if err := c.writeFailures(ctx); err != nil {
		return err
	}
	r, p := c.run, c.part
	c.count(s)
	id, words := p.batch, ending(s)
	r.Console.Note("%s", c.summary(id, s))
	// A batch that is too much at a time is no fault of its records.
	if s.End == batchapi.Rejected && !s.Busy {
		r.rejections = append(r.rejections, &rejectedError{"batch " + id, s.Words})
	}
	to := collected
	if s.End == batchapi.Rejected {
		to = rejected
	}
	if err := r.close(ctx, p, words, to); err != nil {
		return err
	}
	return r.stopSpending()
}

// left returns the entries for which no result came.
func (c *collector) left() []entry {
	var left []entry
	for i := range c.entries {
		if !c.got[i] {
			left = append(left, c.entries[i])
		}
	}
	return left
}

// count adds what the provider says that the batch cost, which may be less than the sum of its replies.
func (c *collector) count(s *batchapi.Status) {
	if s.Ticks < 0 {
		c.costUnknown = c.costUnknown || c.unknown
		return
	}
	if c.before == 0 {
		c.Stats.Charge(s.Ticks - c.ticks)
		c.ticks = s.Ticks
	}
}

// add writes a success, unless it was written before, and keeps a failure.
func (c *collector) add(ctx context.Context, res *batchapi.Result) error {
	if res.CustomID == "" {
		c.unnamed++
		return nil
	}
	key := keyOf(res.CustomID)
	isNew := !c.seen[key]
	c.seen[key] = true
	at := c.index.find(c.entries, key)
	switch {
	case at < 0:
		if isNew {
			c.foreign++
		}
		return nil
	case c.got[at]:
		return nil
	case c.Resume != nil && c.Resume.HasResult(res.CustomID):
		c.got[at] = true
		c.before++
		return nil
	}
	e := &c.entries[at]
	out := c.outcome(res, e)
	if c.resending && out.Failure != nil && out.Failure.Retryable {
		return nil
	}
	result := &batch.Result{CustomID: res.CustomID, Line: e.line, Hash: e.hash, BatchID: c.batch, Outcome: out}
	if out.Failure != nil {
		c.failures[at] = cmp.Or(c.failures[at], result)
		return nil
	}
	c.got[at] = true
	return c.write(ctx, result, e)
}

// writeFailures writes the failures of the records that did not succeed.
func (c *collector) writeFailures(ctx context.Context) error {
	for at := range c.entries {
		result := c.failures[at]
		if result == nil || c.got[at] {
			continue
		}
		c.got[at] = true
		if err := c.write(ctx, result, &c.entries[at]); err != nil {
			return err
		}
	}
	return nil
}

// write writes a result, with its record if that is wanted.
func (c *collector) write(ctx context.Context, result *batch.Result, e *entry) error {
	if c.Input != nil || c.Judge != nil {
		if record, _, err := c.record(ctx, e); err == nil {
			result.Record = record
			if c.Input != nil {
				result.Input = c.Input(record)
			}
		}
	}
	c.written++
	if result.Failure != nil {
		c.failed++
		if result.Failure.Kind == failure.Incomplete {
			c.notRun++
		}
	}
	c.ticks += max(0, result.Ticks)
	c.unknown = c.unknown || result.Replied && result.Ticks < 0
	return c.Write(ctx, result)
}

// outcome returns the outcome of a result, by the rules for the reply to a single request.
func (r *run) outcome(res *batchapi.Result, e *entry) batch.Outcome {
	failed := res.Err
	if failed == nil {
		resp, err := reply.Parse(res.Reply(int(e.choices)), http.Header{}, http.StatusOK)
		if err == nil {
			out := r.Sender.Replied(resp, int(e.choices))
			out.RequestID, out.Attempts, out.Tokens, out.Ticks = res.RequestID, 1, resp.Usage.Tokens, resp.Usage.Ticks
			return out
		}
		failed = asError(err)
		failed.Body = res.Reply(int(e.choices))
	}
	return batch.Outcome{
		Response: results.Response{Status: failed.Status, RequestID: res.RequestID, Body: failed.Body, Attempts: 1, Failure: r.Sender.Report(failed)},
		Ticks:    -1,
	}
}

// asError returns an error of reading a reply.
func asError(err error) *reply.Error {
	if e, ok := errors.AsType[*reply.Error](err); ok {
		return e
	}
	return reply.NewError(failure.Malformed, err, "%v", err)
}

// ending returns the reason why a record of a batch that is at its end has no result.
func ending(s *batchapi.Status) string {
	switch s.End {
	case batchapi.Expired:
		return "the batch expired"
	case batchapi.Canceled:
		return "the batch was canceled"
	case batchapi.Rejected:
		return "the batch was rejected: " + s.Words
	}
	return "the batch ended without one"
}

// summary returns what came of a batch.
func (c *collector) summary(id string, s *batchapi.Status) string {
	text := fmt.Sprintf("batch %s %s: %d succeeded, %d failed", id, s.End, c.written-c.failed, c.failed-c.notRun)
	if c.notRun > 0 {
		text += fmt.Sprintf(", %d not run", c.notRun)
	}
	if c.before > 0 {
		text += fmt.Sprintf(", %d were there", c.before)
	}
	if foreign := c.foreign + c.unnamed; foreign > 0 {
		text += ", " + console.Plural(int(foreign), "result") + " of no record left out"
	}
	if c.ticks > 0 {
		text += ", $" + reply.USD(c.ticks)
	}
	return text
}
