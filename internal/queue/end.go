package queue

import (
	"context"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/batchapi"
	"github.com/chatcmpl/chatcmpl/internal/retry"
)

// expire ends what is not done at the deadline. Records without a result are sent one by one.
func (r *run) expire(ctx context.Context) error {
	r.Console.Note("the deadline is reached: what is not done is canceled, and sent one by one")
	r.resending = true
	return r.end(ctx)
}

// cancel ends what an earlier run submitted.
func (r *run) cancel(ctx context.Context) error {
	defer r.show()()
	if err := r.locate(ctx); err != nil {
		return err
	}
	if err := r.end(ctx); err != nil {
		return err
	}
	return r.finish(ctx)
}

// afterCancel limits the wait for the end of a batch that was canceled.
const afterCancel = 15 * time.Minute

// end cancels the batches that run, waits for their ends, and collects their results. What is not submitted is not submitted any
// more.
func (r *run) end(ctx context.Context) error {
	r.ending = true
	for _, p := range r.state.parts {
		if err := p.leave(ctx, r.endPart(ctx, p)); err != nil {
			return err
		}
	}
	for giveUp := time.Now().Add(afterCancel); ; {
		now := time.Now()
		next, err := r.step(ctx, now)
		if err != nil || next.IsZero() {
			return err
		}
		if now.After(giveUp) {
			r.leave()
			return nil
		}
		if err := retry.Sleep(ctx, min(time.Until(next), time.Until(giveUp)+time.Millisecond)); err != nil {
			return err
		}
	}
}

// leave leaves the parts open whose batches still run.
func (r *run) leave() {
	for _, p := range r.state.parts {
		if p.isActive() {
			p.left = &pendingError{[]string{p.batch}}
		}
	}
}

// endPart cancels the batch of a part, or drops the part if it has none.
func (r *run) endPart(ctx context.Context, p *part) error {
	if !p.isActive() {
		return nil
	}
	if p.stage == creating {
		id, err := r.lookFor(ctx, p)
		if err != nil {
			return err
		}
		if id != "" {
			p.batch = id
			if err := r.state.move(p, created, ""); err != nil {
				return err
			}
		}
	}
	if !p.hasBatch() {
		return r.close(ctx, p, "it was canceled before it was submitted", dropped)
	}
	p.interval, p.due = 0, time.Time{}
	if p.stage == canceled {
		return nil
	}
	if r.hasEnded(ctx, p) {
		return nil
	}
	// A refusal means that it has just ended, or that it is gone.
	if err := r.api.Cancel(ctx, p.batch); err != nil && !batchapi.IsRefused(err) {
		return err
	}
	return r.state.move(p, canceled, "")
}

// hasEnded reports whether a batch is known to have ended by itself. An error of asking comes again when its end is awaited.
func (r *run) hasEnded(ctx context.Context, p *part) bool {
	limited, cancel := r.Sender.Client.WithTimeout(ctx)
	defer cancel()
	s, err := r.api.Status(limited, p.batch)
	return err == nil && s.End != batchapi.Running
}
