package cli

import (
	"context"
	"errors"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// attempt makes attempts at one record's request. Waiting ends with ctx; what is under way is
// finished. The time limit is one for all attempts and the waits between them, but for those
// that a 429, perhaps of another record, makes necessary.
func (r *records) attempt(ctx context.Context, req *api.Request) batch.Outcome {
	left := r.link.timeout
	policy := r.link.policy
	// What comes from a file holds nobody back.
	limited := func(err error) bool { return judge(err).RateLimited && !policy.NoWait }
	policy.TooLate = func(err error, wait time.Duration) bool {
		if !limited(err) {
			left -= wait
		}
		return left <= 0 && r.link.timeout > 0
	}
	policy.Waiting = func(err error, wait time.Duration, attempt int) {
		if limited(err) {
			r.pace.Cool(wait)
		}
		r.waiting(err, wait, attempt)
	}
	attempts := 0
	usage := api.Usage{Ticks: -1}
	resp, err := r.output.shape.insist(req, func(req *api.Request) (resp *api.Response, err error) {
		_, err = policy.Do(ctx, func(ctx context.Context) (err error) {
			if err := r.pace.Start(ctx); err != nil {
				return &notStartedError{err}
			}
			attempts++
			begin := time.Now()
			// The end of the run does not end what is in flight.
			resp, err = r.link.client.Complete(context.WithoutCancel(ctx), req, left)
			if e, ok := errors.AsType[*api.Error](err); err == nil || ok && !e.Unreached() {
				r.reached.Store(true)
			}
			left -= time.Since(begin)
			if limited(err) {
				// Before its place is free for another.
				r.pace.Cool(max(0, judge(err).After))
			}
			r.ended(resp, err, &usage)
			return err
		})
		return resp, err
	}, func(*api.Response, string) {})
	out := r.outcome(resp, err, attempts, req)
	out.Attempts, out.Tokens, out.Ticks = attempts, usage.Tokens, usage.Ticks
	if out.Stop == nil {
		// What is paid for from here on would be lost.
		out.Stop = r.link.unrecorded()
	}
	return out
}

// ended tells the pace of an attempt's end, and adds what it took to the sum. A reply from a
// cache took nothing.
func (r *records) ended(resp *api.Response, err error, sum *api.Usage) {
	switch {
	case err != nil:
		r.pace.End(0, false)
	case resp.Kept:
		sum.Add(api.Usage{})
		r.pace.GiveBack()
	default:
		sum.Add(resp.Usage)
		r.pace.End(resp.Usage.Tokens, true)
	}
}

// notStartedError is an attempt that the end of the run forestalled.
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
	out := batch.Outcome{Failure: r.failure(told), RequestID: e.RequestID, Status: e.Status, Body: r.env.redact.Bytes(e.Body)}
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
	out := batch.Outcome{Kept: resp.Kept, Status: 200, RequestID: resp.RequestID, Body: r.env.redact.Bytes(resp.Raw)}
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
