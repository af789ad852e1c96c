package cli

import (
	"context"
	"errors"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// attempts are those at one record's request.
type attempts struct {
	*records
	left  time.Duration // of the time limit, if there is one
	count int
	usage api.Usage // of all replies, also of those that were asked for again
}

// attempt makes attempts at one record's request. Waiting ends with ctx; what is under way is
// finished. The time limit is one for all attempts and the waits between them, but for those
// that a 429, perhaps of another record, makes necessary.
func (r *records) attempt(ctx context.Context, req *api.Request) batch.Outcome {
	a := &attempts{records: r, left: r.link.timeout, usage: api.Usage{Ticks: -1}}
	policy := r.link.policy
	policy.TooLate, policy.Waiting = a.tooLate, a.waits
	resp, err := r.output.shape.insist(req, func(req *api.Request) (resp *api.Response, err error) {
		_, err = policy.Do(ctx, func(ctx context.Context) (err error) {
			resp, err = a.send(ctx, req)
			return err
		})
		return resp, err
	}, func(*api.Response, string) {})
	out := r.outcome(resp, err, a.count, req)
	out.Attempts, out.Tokens, out.Ticks = a.count, a.usage.Tokens, a.usage.Ticks
	if out.Stop == nil {
		// What is paid for from here on would be lost.
		out.Stop = r.link.unrecorded()
	}
	return out
}

// tooLate says that no time is left after a wait.
func (a *attempts) tooLate(err error, wait time.Duration) bool {
	return a.link.timeout > 0 && a.left <= a.counts(err, wait)
}

// counts is what a wait takes of the time limit.
func (a *attempts) counts(err error, wait time.Duration) time.Duration {
	if a.limited(err) {
		return 0
	}
	return wait
}

// limited says that an error holds back all records. What comes from a file holds back none.
func (a *attempts) limited(err error) bool {
	return judge(err).RateLimited && !a.link.policy.NoWait
}

func (a *attempts) waits(err error, wait time.Duration, attempt int) {
	if a.limited(err) {
		a.pace.Cool(wait)
	}
	a.left -= a.counts(err, wait)
	a.waiting(err, wait, attempt)
}

// send makes one attempt, when its turn has come.
func (a *attempts) send(ctx context.Context, req *api.Request) (*api.Response, error) {
	if a.link.timeout > 0 && a.left <= 0 {
		// A reply that is to be asked for again took all of it.
		return nil, &notStartedError{api.ErrTimeout}
	}
	if err := a.pace.Start(ctx); err != nil {
		return nil, &notStartedError{err}
	}
	a.count++
	begin := time.Now()
	// The end of the run does not end what is in flight.
	resp, err := a.link.client.Complete(context.WithoutCancel(ctx), req, a.left)
	a.left -= time.Since(begin)
	if err == nil && !a.link.caches() {
		// A server can't say of itself that it costs nothing.
		resp.Kept = false
	}
	a.ended(resp, err)
	return resp, err
}

// ended tells the pace of an attempt's end, and adds what it took to the sum. A reply from a
// cache took nothing.
func (a *attempts) ended(resp *api.Response, err error) {
	if e, ok := errors.AsType[*api.Error](err); !a.reached.Load() && (err == nil && !resp.Kept || ok && !e.Unreached()) {
		a.reached.Store(true)
	}
	switch {
	case err != nil:
		if a.limited(err) {
			// Before its place is free for another.
			a.pace.Cool(max(0, judge(err).After))
		}
		a.pace.End(0, false)
	case resp.Kept:
		a.usage.Add(api.Usage{})
		a.pace.GiveBack()
	default:
		a.usage.Add(resp.Usage)
		a.pace.End(resp.Usage.Tokens, true)
	}
}

// notStartedError is an attempt that the end of the run, or of the time, forestalled.
type notStartedError struct{ error }

// outcome says what became of a request.
func (r *records) outcome(resp *api.Response, err error, attempts int, req *api.Request) batch.Outcome {
	if err == nil {
		return r.reply(resp, req)
	}
	e, ok := errors.AsType[*api.Error](err)
	if !ok {
		out := batch.Outcome{NotDone: true}
		if failed, ok := errors.AsType[*api.LocalError](err); ok {
			out.Stop = failed
		}
		return out
	}
	told := r.link.tell(err, attempts)
	out := batch.Outcome{Failure: r.failure(told), RequestID: r.env.redact.String(e.RequestID), Status: e.Status, Body: r.env.redact.Bytes(e.Body)}
	if e.Kind == api.KindAuth || e.Kind == api.KindCredits || e.Unreached() && !r.reached.Load() {
		// Every other record would fail in the same way; this one is not done yet.
		out.Stop, out.NotDone = told, true
	}
	return out
}

// failure is an error as a result line tells it.
func (r *records) failure(err error) *batch.Failure {
	f := describe(err)
	text := func(s string) string { return render.OneLine(r.env.redact.String(s), maxLine) }
	return &batch.Failure{Kind: f.kind, Message: text(f.message), Code: text(f.code), Status: f.status, Retryable: f.retryable}
}

func (r *records) reply(resp *api.Response, req *api.Request) batch.Outcome {
	out := batch.Outcome{Replied: true, Kept: resp.Kept, Status: 200, RequestID: r.env.redact.String(resp.RequestID), Body: r.env.redact.Bytes(resp.Raw)}
	for _, choice := range resp.Choices {
		if r.flags.text {
			text, _ := r.output.shape.part(choice.Text)
			out.Texts = append(out.Texts, text)
		}
	}
	if err := r.output.judge(resp, req.Choices(), !r.flags.text); err != nil {
		out.Failure = r.failure(err)
	}
	return out
}
