package batch

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/accept"
	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/conversation"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/pace"
	"github.com/chatcmpl/chatcmpl/internal/reply"
	"github.com/chatcmpl/chatcmpl/internal/results"
	"github.com/chatcmpl/chatcmpl/internal/retry"
)

// Sender sends the requests of records: each one at the pace that Pace allows, with retries, and within the time limit.
// It is safe for concurrent use.
type Sender struct {
	Console *console.Console
	Client  *connect.Client
	Rules   *accept.Rules
	Pace    *pace.Pace
	// Texts includes the texts of replies in their outcomes.
	Texts bool

	noted   sync.Map    // kinds of failures whose first wait has been noted, and remarks about replies
	reached atomic.Bool // the server has responded at least once
}

// Send makes attempts at a request. The end of ctx ends a wait, but not a request that is in flight. One time limit
// covers all attempts and the waits between them, except waits caused by a 429, even one of another record.
func (s *Sender) Send(ctx context.Context, req *api.Request) Outcome {
	a := &attempts{Sender: s, timeLeft: s.Client.Timeout, usage: reply.Usage{Ticks: -1}}
	policy := s.Client.Policy
	policy.TooLate, policy.Waiting = a.isTooLate, a.beforeWait
	send := func(ctx context.Context, req *api.Request) (resp *reply.Response, err error) {
		_, err = policy.Do(ctx, func(ctx context.Context) (err error) {
			resp, err = a.attempt(ctx, req)
			return err
		})
		return resp, err
	}
	resp, err := conversation.Ask(ctx, s.Rules, req, send, func(*reply.Response, string) {})
	out := s.outcome(req, resp, err, a.count)
	out.Attempts, out.Tokens, out.Ticks = a.count, a.usage.Tokens, a.usage.Ticks
	if a.count > 0 {
		out.Duration = time.Since(a.begun)
	}
	if out.Stop == nil {
		// Recording failed, so whatever further requests cost would be lost.
		out.Stop = s.Client.Unrecorded()
	}
	return out
}

// attempts holds the state of the attempts at one record.
type attempts struct {
	*Sender

	timeLeft time.Duration // remaining time, if there is a limit
	count    int
	begun    time.Time   // start of the first attempt
	usage    reply.Usage // sum over all replies, including those that did not match the schema
}

// isTooLate reports whether a wait would leave no time.
func (a *attempts) isTooLate(err error, wait time.Duration) bool {
	return a.Client.Timeout > 0 && a.timeLeft <= a.chargedWait(err, wait)
}

// chargedWait returns the part of a wait that counts against the time limit.
func (a *attempts) chargedWait(err error, wait time.Duration) time.Duration {
	if a.isRateLimit(err) {
		return 0
	}
	return wait
}

// isRateLimit reports whether an error pauses all records. A replayed one pauses none.
func (a *attempts) isRateLimit(err error) bool {
	return connect.Judge(err).RateLimited && !a.Client.Policy.NoWait
}

func (a *attempts) beforeWait(err error, wait time.Duration, attempt int) {
	if a.isRateLimit(err) {
		a.Pace.CoolDown(wait)
	}
	a.timeLeft -= a.chargedWait(err, wait)
	a.noteWait(err, wait, attempt)
}

// noteWait reports a wait. Of the waits over a second, it reports only the first for each kind of failure, unless
// --verbose is set.
func (s *Sender) noteWait(err error, wait time.Duration, attempt int) {
	if wait > time.Second && !s.Console.Verbose {
		if _, noted := s.noted.LoadOrStore(failure.Of(err).Kind, true); noted {
			return
		}
	}
	s.Client.Waiting(err, wait, attempt)
}

// attempt makes one attempt once Pace allows it.
func (a *attempts) attempt(ctx context.Context, req *api.Request) (*reply.Response, error) {
	if a.Client.Timeout > 0 && a.timeLeft <= 0 {
		// The previous reply did not match the schema and left no time to ask again.
		return nil, &retry.NotStartedError{Err: api.ErrTimeout}
	}
	if err := a.Pace.Start(ctx); err != nil {
		return nil, &retry.NotStartedError{Err: err}
	}
	begin := time.Now()
	if a.count++; a.count == 1 {
		a.begun = begin
	}
	// A request that is in flight is finished even if the run ends.
	resp, err := a.Client.Complete(context.WithoutCancel(ctx), req, a.timeLeft)
	a.timeLeft -= time.Since(begin)
	a.finish(resp, err)
	return resp, err
}

// finish reports the end of an attempt to Pace, and adds its cost. A cached reply costs nothing.
func (a *attempts) finish(resp *reply.Response, err error) {
	if e, ok := errors.AsType[*reply.Error](err); !a.reached.Load() && (err == nil && !resp.Cached || ok && !isElsewhere(e)) {
		a.reached.Store(true)
	}
	switch {
	case err != nil:
		if a.isRateLimit(err) {
			// The cool-down must begin before the slot is free for another attempt.
			a.Pace.CoolDown(connect.Judge(err).After)
		}
		a.Pace.End(0, false)
	case resp.Cached:
		a.usage.Add(reply.Usage{})
		a.Pace.EndUnsent()
	default:
		a.usage.Add(resp.Usage)
		a.Pace.End(resp.Usage.Tokens, true)
	}
}

// isElsewhere reports whether the reply did not come from the API, or there was none.
func isElsewhere(e *reply.Error) bool {
	return api.Unreached(e) || e.Kind == failure.NotAPI || e.Kind == failure.Redirect
}

// outcome returns the outcome of a request after a number of attempts.
func (s *Sender) outcome(req *api.Request, resp *reply.Response, err error, attempts int) Outcome {
	if err == nil {
		return s.Replied(resp, req.Choices())
	}
	e, ok := errors.AsType[*reply.Error](err)
	if !ok {
		out := Outcome{NotDone: true}
		if local, ok := errors.AsType[*api.LocalError](err); ok {
			out.Stop = local
		}
		return out
	}
	described := s.Client.Describe(err, attempts)
	out := Outcome{Response: results.Response{
		Status: e.Status, RequestID: e.RequestID, Body: e.Body, Failure: s.Report(described),
	}}
	if e.Kind == failure.Auth || e.Kind == failure.Credits || isElsewhere(e) && !s.reached.Load() {
		// All other records would fail in the same way, so this one is left to a later run.
		out.Stop, out.NotDone = described, true
	}
	return out
}

// Replied returns the outcome of a request for so many choices that was answered by a reply.
func (s *Sender) Replied(resp *reply.Response, choices int) Outcome {
	out := Outcome{Replied: true, Cached: resp.Cached, Response: results.Response{
		Status: http.StatusOK, RequestID: resp.RequestID, Body: resp.Raw,
	}}
	if s.Texts {
		for _, choice := range resp.Choices {
			out.Texts = append(out.Texts, s.Rules.Text(choice.Text))
		}
	}
	for _, remark := range conversation.Remarks(resp) {
		if _, noted := s.noted.LoadOrStore(remark, true); !noted {
			s.Console.Note("%s", remark)
		}
	}
	if err := s.Rules.Check(resp, choices); err != nil {
		out.Failure = s.Report(err)
	}
	return out
}

// Report returns the report of an error for a line of results.
func (s *Sender) Report(err error) *failure.Report {
	report := failure.Of(err)
	report.Message = s.Console.OneLine(report.Message, console.MaxLine)
	report.Code = s.Console.OneLine(report.Code, console.MaxLine)
	return &report
}
