package batch

import (
	"context"
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// work sends records until the input or the run ends.
func (r *run) work(ctx context.Context) {
	ack := make(chan bool, 1)
	result := new(Result)
	var buf []byte
	for {
		record, more := r.next(ctx)
		if !more {
			return
		}
		if !r.send(ctx, record, result) {
			continue
		}
		if r.Judge != nil {
			r.Judge(context.WithoutCancel(ctx), result)
		}
		text, err := r.format(ctx, result, buf)
		if err != nil {
			r.stop(err)
			continue
		}
		r.written <- writeRequest{Entry: results.Entry{Seq: record.seq, Text: text, CustomID: record.CustomID, Line: record.Line}, ack: ack}
		if <-ack {
			r.count(result)
		}
		if r.Format == nil && !r.Sink.Ordered() && cap(text) <= maxBuffer {
			// The result has been written, and a sink that is not ordered does not keep it, so its memory can be
			// reused.
			buf = text[:0]
		}
	}
}

// maxBuffer limits the memory in bytes that a worker keeps for its next result.
const maxBuffer = 64 << 10

// next returns the next record; more is false if there is none or the run ends.
func (r *run) next(ctx context.Context) (record numbered, more bool) {
	select {
	case record, more = <-r.records:
		return record, more && ctx.Err() == nil
	case <-ctx.Done():
		return record, false
	}
}

// send sends a record and sets its result. It returns false if the record is left to a later run.
func (r *run) send(ctx context.Context, record numbered, result *Result) bool {
	*result = Result{CustomID: record.CustomID, Line: record.Line, Record: record.Record}
	if r.Input != nil {
		result.Input = r.Input(record.Record)
	}
	req, err := r.request(record.Record)
	ctx = r.place(ctx, record.turn, req)
	if err != nil {
		result.Failure = recordFailure(err)
		return true
	}
	result.Hash = results.HashOf(req.Doc())
	if r.Take != nil && r.Take(record.Record, req, result.Hash) {
		return false
	}
	result.Outcome = r.Send(ctx, req)
	r.Stats.addRetries(result.Attempts)
	if result.Stop != nil {
		r.stop(result.Stop)
	}
	return !result.NotDone
}

// request builds the request of a record.
func (r *run) request(record *input.Record) (*api.Request, error) {
	if record.Err != nil {
		return nil, record.Err
	}
	return r.Request(record)
}

// recordFailure returns the failure of a record that was not sent.
func recordFailure(err error) *failure.Report {
	report := failure.Of(err)
	return &failure.Report{Kind: failure.Record, Code: report.Code, Message: report.Message}
}

// format returns the output for a result, in buf if that is large enough.
func (r *run) format(ctx context.Context, result *Result, buf []byte) ([]byte, error) {
	if r.Format == nil {
		return result.AppendLine(slices.Grow(buf, len(result.Body)+results.LineOverhead)), nil
	}
	text, err := r.Format(context.WithoutCancel(ctx), result)
	if err == nil {
		return text, nil
	}
	report := failure.Of(err)
	if report.Kind != failure.Filter {
		return text, err
	}
	if result.Failure == nil {
		result.Failure = &report
	}
	return text, nil
}

// count adds a written result to the sums, and ends the run if they reach a limit.
func (r *run) count(result *Result) {
	sums := r.Stats.add(result)
	if result.Failure != nil && r.Failed != nil {
		r.Failed(result)
	}
	switch {
	case r.MaxFailed >= 0 && sums.Failed > int64(r.MaxFailed):
		r.stop(&earlyEndError{"the limit on failed records is reached"})
	case r.MaxTicks > 0 && result.Replied && result.Ticks < 0:
		r.stop(&earlyEndError{"the server reports no cost, so --max-cost can't be enforced"})
	case r.MaxTicks > 0 && sums.Ticks >= r.MaxTicks:
		r.stop(&earlyEndError{"the cost limit is reached"})
	}
}
