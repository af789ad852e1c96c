package queue

import (
	"cmp"
	"context"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/batchapi"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// open makes the client of the API, and checks that the state belongs to it.
func (r *run) open() error {
	base := secret.RedactURL(r.Endpoint.Base)
	if r.begun && base != r.state.begin.Base {
		return failure.BadOption("base-url", "", " %s: the batch was created at %s", base, r.state.begin.Base)
	}
	if !r.begun {
		r.state.begin = event{Time: r.start, Base: base, API: r.dialect()}
		if r.options.Deadline > 0 {
			r.state.begin.Deadline = r.options.Deadline.String()
		}
	}
	client := r.Sender.Client
	r.api = batchapi.New(r.state.begin.API, client.API, client.Do)
	r.limits = r.api.Limits()
	r.poll = max(r.options.Poll, shortestInterval)
	if r.options.Size > 0 {
		r.limits.Lines = min(r.limits.Lines, int64(r.options.Size))
	}
	r.alone = map[int64]bool{}
	return nil
}

// shortestInterval is the shortest interval between two calls for the state of a batch.
const shortestInterval = 10 * time.Millisecond

// dialect returns the dialect of the API.
func (r *run) dialect() string {
	other := batchapi.OpenAI
	if r.Endpoint.XAI || r.Endpoint.Offline {
		other = batchapi.XAI
	}
	return cmp.Or(r.options.API, other)
}

// deadline returns the time after which the records are sent one by one; zero if there is none. It counts from the start of the
// first run.
func (r *run) deadline() time.Time {
	length := r.options.Deadline
	if length == 0 {
		// A state without a deadline has none to read.
		length, _ = option.ParseDuration(r.state.begin.Deadline)
	}
	if length == 0 {
		return time.Time{}
	}
	return r.state.begin.Time.Add(length)
}

// locate finds the records of the parts in the input, as far as they have not changed.
func (r *run) locate(ctx context.Context) error {
	if r.In == nil {
		return nil
	}
	records := r.Records
	records.LineRead, records.Replaced = nil, nil
	for record, err := range records.All(ctx, r.In) {
		if err != nil {
			// What can't be read any more is not needed.
			break
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if e := r.find(record.CustomID); e != nil && r.isSame(record, e) {
			e.found(record)
		}
	}
	return nil
}
