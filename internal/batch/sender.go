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
	"github.com/chatcmpl/chatcmpl/internal/results"
	"github.com/chatcmpl/chatcmpl/internal/retry"
)

// Sender sends the requests of records: each when its turn has come, again where that can help, and within its time limit. It
// is safe for concurrent use.
type Sender struct {
	Console *console.Console
	Client  *connect.Client
	Rules   *accept.Rules
	Pace    *Pace
	// Texts keeps the texts of replies in their outcomes.
	Texts bool

	told    sync.Map    // the kinds of failures whose first wait a person was told of
	reached atomic.Bool // the server has answered
}

// attempts are those at one record's request.
type attempts struct {
	*Sender

	left  time.Duration // of the time limit, if there is one
	count int
	begun time.Time // the first one
	usage api.Usage // of all replies, also of those that were asked for again
}

// Send makes attempts at a request. The end of ctx ends a wait; what is under way is finished. The time limit is one for all
// attempts and the waits between them, except those that a 429, perhaps of another record, makes necessary.
func (s *Sender) Send(ctx context.Context, req *api.Request) Outcome {
	a := &attempts{Sender: s, left: s.Client.Timeout, usage: api.Usage{Ticks: -1}}
	policy := s.Client.Policy
	policy.TooLate, policy.Waiting = a.isTooLate, a.waits
	send := func(ctx context.Context, req *api.Request) (resp *api.Response, err error) {
		_, err = policy.Do(ctx, func(ctx context.Context) (err error) {
			resp, err = a.attempt(ctx, req)
			return err
		})
		return resp, err
	}
	resp, err := conversation.Ask(ctx, s.Rules, req, send, func(*api.Response, string) {})
	out := s.outcome(req, resp, err, a.count)
	out.Attempts, out.Tokens, out.Ticks = a.count, a.usage.Tokens, a.usage.Ticks
	if a.count > 0 {
		out.Duration = time.Since(a.begun)
	}
	if out.Stop == nil {
		// What is paid for from here on would be lost.
		out.Stop = s.Client.Unrecorded()
	}
	return out
}

// isTooLate reports whether no time is left after a wait.
func (a *attempts) isTooLate(err error, wait time.Duration) bool {
	return a.Client.Timeout > 0 && a.left <= a.counted(err, wait)
}

// counted returns what a wait takes of the time limit.
func (a *attempts) counted(err error, wait time.Duration) time.Duration {
	if a.isRateLimit(err) {
		return 0
	}
	return wait
}

// isRateLimit reports whether an error holds back all records. A recorded one holds back none.
func (a *attempts) isRateLimit(err error) bool {
	return connect.Judge(err).RateLimited && !a.Client.Policy.NoWait
}

func (a *attempts) waits(err error, wait time.Duration, attempt int) {
	if a.isRateLimit(err) {
		a.Pace.Cool(wait)
	}
	a.left -= a.counted(err, wait)
	a.tell(err, wait, attempt)
}

// tell tells of the first wait for each kind of failure that is worth a note, and with --verbose of all.
func (s *Sender) tell(err error, wait time.Duration, attempt int) {
	if wait > time.Second && !s.Console.Verbose {
		if _, told := s.told.LoadOrStore(failure.Of(err).Kind, true); told {
			return
		}
	}
	s.Client.Waiting(err, wait, attempt)
}

// attempt makes one attempt, when its turn has come.
func (a *attempts) attempt(ctx context.Context, req *api.Request) (*api.Response, error) {
	if a.Client.Timeout > 0 && a.left <= 0 {
		// A reply that is to be asked for again took all of it.
		return nil, &retry.NotStartedError{Err: api.ErrTimeout}
	}
	if err := a.Pace.Start(ctx); err != nil {
		return nil, &retry.NotStartedError{Err: err}
	}
	begin := time.Now()
	if a.count++; a.count == 1 {
		a.begun = begin
	}
	// The end of the run does not end what is in flight.
	resp, err := a.Client.Complete(context.WithoutCancel(ctx), req, a.left)
	a.left -= time.Since(begin)
	a.ended(resp, err)
	return resp, err
}

// ended tells the pace of an attempt's end, and adds what it cost to the sum. A reply from a cache cost nothing.
func (a *attempts) ended(resp *api.Response, err error) {
	if e, ok := errors.AsType[*api.Error](err); !a.reached.Load() && (err == nil && !resp.Kept || ok && !e.Unreached()) {
		a.reached.Store(true)
	}
	switch {
	case err != nil:
		if a.isRateLimit(err) {
			// Before its place is free for another.
			a.Pace.Cool(max(0, connect.Judge(err).After))
		}
		a.Pace.End(0, false)
	case resp.Kept:
		a.usage.Add(api.Usage{})
		a.Pace.GiveBack()
	default:
		a.usage.Add(resp.Usage)
		a.Pace.End(resp.Usage.Tokens, true)
	}
}

// outcome says what became of a request after so many attempts.
func (s *Sender) outcome(req *api.Request, resp *api.Response, err error, attempts int) Outcome {
	if err == nil {
		return s.reply(req, resp)
	}
	e, ok := errors.AsType[*api.Error](err)
	if !ok {
		out := Outcome{NotDone: true}
		if local, ok := errors.AsType[*api.LocalError](err); ok {
			out.Stop = local
		}
		return out
	}
	described := s.Client.Describe(err, attempts)
	out := Outcome{Response: results.Response{
		Status: e.Status, RequestID: s.Console.Redactor.String(e.RequestID), Body: s.Console.Redactor.Bytes(e.Body), Failure: s.failure(described),
	}}
	if e.Kind == failure.Auth || e.Kind == failure.Credits || e.Unreached() && !s.reached.Load() {
		// Every other record would fail in the same way; this one is not done yet.
		out.Stop, out.NotDone = described, true
	}
	return out
}

func (s *Sender) reply(req *api.Request, resp *api.Response) Outcome {
	out := Outcome{Replied: true, Kept: resp.Kept, Response: results.Response{
		Status: http.StatusOK, RequestID: s.Console.Redactor.String(resp.RequestID), Body: s.Console.Redactor.Bytes(resp.Raw),
	}}
	if s.Texts {
		for _, choice := range resp.Choices {
			out.Texts = append(out.Texts, s.Rules.Text(choice.Text))
		}
	}
	if err := s.Rules.Check(resp, req.Choices()); err != nil {
		out.Failure = s.failure(err)
	}
	return out
}

// failure returns the report of an error as a result line has it.
func (s *Sender) failure(err error) *failure.Report {
	report := failure.Of(err)
	report.Message = s.Console.OneLine(report.Message, console.MaxLine)
	report.Code = s.Console.OneLine(report.Code, console.MaxLine)
	return &report
}
