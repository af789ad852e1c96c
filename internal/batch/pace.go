package batch

import (
	"context"
	"sync"
	"time"
)

// Pace says when the next attempt may be sent. All workers share one. What time brings (the
// end of a cool-down, the next of evenly spaced starts, tokens that are paid off) one of
// them waits for, and the others wait behind it: so a 429 holds back all who are not yet
// under way.
type Pace struct {
	perRequest time.Duration // 0 for no limit
	perToken   float64       // in nanoseconds; 0 for no limit
	turn       chan struct{} // holds what whoever is next put in
	freed      chan struct{} // tells who is next that an attempt ended

	mu     sync.Mutex
	jobs   int
	limit  int // attempts at the same time; jobs, but less after a 429
	flying int
	stale  int // of these, as many began before the last 429 and say nothing of what holds now
	// Nothing starts before these, where they are not zero: the end of a cool-down, the next
	// place among evenly spaced starts, the time that the tokens so far are worth.
	cooled, spaced, paid time.Time
}

// NewPace allows jobs attempts at the same time, rpm attempts and tpm tokens a minute; 0 is
// no limit.
func NewPace(jobs int, rpm, tpm float64) *Pace {
	p := &Pace{jobs: jobs, limit: jobs, turn: make(chan struct{}, 1), freed: make(chan struct{}, 1)}
	if rpm > 0 {
		p.perRequest = time.Duration(float64(time.Minute) / rpm)
	}
	if tpm > 0 {
		p.perToken = float64(time.Minute) / tpm
	}
	return p
}

// Start waits for the turn of an attempt. It returns ctx's error where that ends first,
// else End or GiveBack must follow.
func (p *Pace) Start(ctx context.Context) error {
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-p.turn }()
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		wait, ok := p.try()
		if ok {
			return nil
		}
		p.pause(ctx, wait)
	}
}

// How late a timer may be for the next start to keep its place all the same: the rate
// would fall behind else.
const slack = 5 * time.Millisecond

// try takes a place, or says how long it takes until there may be one.
func (p *Pace) try() (wait time.Duration, ok bool) {
	const forever = 1 << 62
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, until := range []time.Time{p.cooled, p.spaced, p.paid} {
		if !until.IsZero() {
			wait = max(wait, time.Until(until))
		}
	}
	switch {
	case wait > 0:
		return wait, false
	case p.flying >= p.limit:
		return forever, false
	}
	p.flying++
	if p.perRequest > 0 {
		if now := time.Now(); now.Sub(p.spaced) > slack {
			p.spaced = now
		}
		p.spaced = p.spaced.Add(p.perRequest)
	}
	return 0, true
}

func (p *Pace) pause(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.freed:
	case <-ctx.Done():
	}
}

// End ends an attempt. Its tokens count against the limit a minute; a good one lets one
// more run beside it, if fewer than all may.
func (p *Pace) End(tokens int64, good bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.flying--
	switch {
	case p.stale > 0:
		p.stale--
	case good && p.limit < p.jobs:
		p.limit++
	}
	if p.perToken > 0 && tokens > 0 {
		if now := time.Now(); p.paid.Before(now) {
			p.paid = now
		}
		p.paid = p.paid.Add(time.Duration(min(float64(tokens)*p.perToken, float64(maxPaid))))
	}
	select {
	case p.freed <- struct{}{}:
	default:
	}
}

// GiveBack ends an attempt for which nothing was sent: its place is the next one's.
func (p *Pace) GiveBack() {
	p.mu.Lock()
	p.spaced = p.spaced.Add(-p.perRequest)
	p.mu.Unlock()
	p.End(0, false)
}

// maxPaid is as much as one reply's tokens may hold back, whatever a server says they were.
const maxPaid = 24 * time.Hour

// Cool lets nothing start for d, and then begins again with one attempt at a time.
func (p *Pace) Cool(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.limit, p.stale = 1, p.flying
	if until := time.Now().Add(d); until.After(p.cooled) {
		p.cooled = until
	}
}
