package queue

import (
	"context"
	"errors"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/batchapi"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/retry"
)

// wait submits the parts, waits for their batches, and collects the results.
func (r *run) wait(ctx context.Context) error {
	defer r.show()()
	deadline := r.deadline()
	for {
		now := time.Now()
		if !deadline.IsZero() && !now.Before(deadline) {
			if err := r.expire(ctx); err != nil {
				return err
			}
			break
		}
		next, err := r.step(ctx, now)
		if err != nil {
			return err
		}
		if next.IsZero() {
			break
		}
		if !deadline.IsZero() && deadline.Before(next) {
			next = deadline
		}
		if err := retry.Sleep(ctx, time.Until(next)); err != nil {
			return err
		}
	}
	return r.finish(ctx)
}

// step takes the next step of each part for which one is due, and returns when the next one is; zero if there is none to wait for.
func (r *run) step(ctx context.Context, now time.Time) (next time.Time, err error) {
	isHeld := false
	// Halving adds parts.
	for i := 0; i < len(r.state.parts); i++ {
		p := r.state.parts[i]
		if isHeld && !p.hasBatch() {
			continue
		}
		if r.isWaitedFor(p) && !now.Before(p.due) {
			if err := r.advance(ctx, p); err != nil {
				return next, err
			}
		}
		if r.isWaitedFor(p) && (next.IsZero() || p.due.Before(next)) {
			next = p.due
		}
		// The cost of one batch decides whether there is another.
		isHeld = isHeld || r.MaxTicks > 0 && p.isOpen()
	}
	return next, context.Cause(ctx)
}

// isWaitedFor reports whether this run goes on with a part.
func (r *run) isWaitedFor(p *part) bool {
	switch {
	case !p.isActive():
		return false
	case r.ending:
		return p.hasBatch()
	case r.options.Detach && p.hasBatch():
		// What an earlier run created is looked at until the provider answers.
		return r.begun && (p.due.IsZero() || p.failures > 0)
	}
	return true
}

// advance takes the steps of a part that need no wait.
func (r *run) advance(ctx context.Context, p *part) error {
	if p.stage == planned || p.stage == uploading {
		if err := r.upload(ctx, p); err != nil {
			return err
		}
	}
	if p.stage == uploaded || p.stage == creating {
		return r.create(ctx, p)
	}
	if p.hasBatch() {
		return r.ask(ctx, p)
	}
	return nil
}

// ask asks for the state of a batch, and collects its results if it is at its end.
func (r *run) ask(ctx context.Context, p *part) error {
	limited, cancel := r.Sender.Client.WithTimeout(ctx)
	defer cancel()
	s, err := r.api.Status(limited, p.batch)
	if err != nil {
		return r.unanswered(ctx, p, err)
	}
	p.failures = 0
	p.note(s)
	r.progress.set(r.state.parts)
	switch {
	case s.End == batchapi.Running:
		if r.isLate(p, s) {
			return nil
		}
		p.schedule(r.poll)
		p.due = later(p.due, time.Now().Add(s.After))
		return nil
	case s.Busy && s.End == batchapi.Rejected && !r.ending:
		return r.postpone(p, s.Words)
	}
	return r.uncollected(ctx, p, r.collect(ctx, p, s))
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// uncollected handles the error of reading the results of a batch.
func (r *run) uncollected(ctx context.Context, p *part, err error) error {
	if !batchapi.IsGone(err) {
		return p.leave(ctx, err)
	}
	p.left = &lostError{p.batch, err}
	return nil
}

// unanswered handles the error of a call for the state of a batch.
func (r *run) unanswered(ctx context.Context, p *part, err error) error {
	client := r.Sender.Client
	switch {
	case !concernsPart(ctx, err):
		return err
	case batchapi.IsGone(err) && r.options.Cancel:
		return r.close(ctx, p, "the provider does not know the batch", collected)
	case batchapi.IsGone(err):
		p.left = &goneError{p.batch, client.Describe(err, 1).Error()}
		return nil
	}
	// The timeout is that of one call.
	verdict, isLate := connect.Judge(err), errors.Is(err, api.ErrTimeout)
	if p.failures++; !verdict.Again && !isLate || p.failures > client.Policy.Retries {
		return p.leave(ctx, client.Describe(err, p.failures))
	}
	p.schedule(r.poll)
	p.due = later(p.due, time.Now().Add(verdict.After))
	if p.failures == 1 {
		r.Console.Note("batch %s: %s; asking again", p.batch, r.Console.OneLine(err.Error(), maxWords))
	}
	return nil
}

// Waits for the end of a batch: how long it may take if the provider gives no time, and how much longer a run waits for it.
const (
	usualWindow = 24 * time.Hour
	afterEnd    = time.Hour
)

// isLate reports whether a batch runs longer than it should, and leaves its part open if so. A deadline ends the wait instead.
func (r *run) isLate(p *part, s *batchapi.Status) bool {
	if p.until = s.Until; p.until.IsZero() {
		p.until = p.begun.Add(usualWindow)
	}
	if p.stage == canceled || !r.deadline().IsZero() || time.Now().Before(p.until.Add(afterEnd)) {
		return false
	}
	p.left = &pendingError{[]string{p.batch}}
	return true
}
