// Package pace provides the rate limiter of a batch: limits of concurrency, of requests and of tokens per minute, and the
// cool-down after a 429.
package pace

import (
	"context"
	"sync"
	"time"
)

// Pace enforces the limits on concurrency, requests per minute and tokens per minute, and the cool-down after a 429.
// All workers share one Pace. Only one worker at a time waits for these limits, and the others queue behind it, so a
// cool-down also holds back every attempt that has not started.
type Pace struct {
	perRequest time.Duration // interval between requests; 0 for no limit
	perToken   float64       // nanoseconds per token; 0 for no limit
	turn       chan struct{} // semaphore of the one worker that may wait for a limit
	freed      chan struct{} // signals that worker that an attempt has ended

	mu       sync.Mutex
	jobs     int
	limit    int // concurrent attempts allowed; jobs, but fewer after a 429
	inFlight int
	stale    int // attempts in flight that started before the last 429, so that their success proves nothing
	// No attempt starts before these times: the end of the cool-down, the next evenly spaced start, and the time at
	// which the tokens used so far are within the limit.
	coolUntil, nextStart, tokensUntil time.Time
}

// New returns a Pace that allows the given numbers of concurrent attempts, attempts per minute and tokens per
// minute. An rpm or tpm of 0 means no limit.
func New(jobs int, rpm, tpm float64) *Pace {
	p := &Pace{jobs: jobs, limit: jobs, turn: make(chan struct{}, 1), freed: make(chan struct{}, 1)}
	if rpm > 0 {
		p.perRequest = time.Duration(float64(time.Minute) / rpm)
	}
	if tpm > 0 {
		p.perToken = float64(time.Minute) / tpm
	}
	return p
}

// Start waits until an attempt may start. It returns ctx's error if ctx ends first; otherwise End or EndUnsent must
// follow.
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
		wait, ok := p.tryStart()
		if ok {
			return nil
		}
		p.pause(ctx, wait)
	}
}

// slack is the delay of a timer up to which the next start is still scheduled from the planned time. Without it, delays
// would add up and lower the rate.
const slack = 5 * time.Millisecond

// tryStart starts an attempt, or returns how long to wait before trying again.
func (p *Pace) tryStart() (wait time.Duration, ok bool) {
	const forever = 1 << 62
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, until := range []time.Time{p.coolUntil, p.nextStart, p.tokensUntil} {
		if !until.IsZero() {
			wait = max(wait, time.Until(until))
		}
	}
	switch {
	case wait > 0:
		return wait, false
	case p.inFlight >= p.limit:
		return forever, false
	}
	p.inFlight++
	if p.perRequest > 0 {
		if now := time.Now(); now.Sub(p.nextStart) > slack {
			p.nextStart = now
		}
		p.nextStart = p.nextStart.Add(p.perRequest)
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

// End ends an attempt. Its tokens count against the limit per minute. After a 429, each successful attempt raises the
// concurrency by one until it is back at jobs.
func (p *Pace) End(tokens int64, success bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inFlight--
	switch {
	case p.stale > 0:
		p.stale--
	case success && p.limit < p.jobs:
		p.limit++
	}
	if p.perToken > 0 && tokens > 0 {
		if now := time.Now(); p.tokensUntil.Before(now) {
			p.tokensUntil = now
		}
		p.tokensUntil = p.tokensUntil.Add(time.Duration(min(float64(tokens)*p.perToken, float64(maxTokenWait))))
	}
	select {
	case p.freed <- struct{}{}:
	default:
	}
}

// EndUnsent ends an attempt for which nothing was sent, and gives its start to the next one.
func (p *Pace) EndUnsent() {
	p.mu.Lock()
	p.nextStart = p.nextStart.Add(-p.perRequest)
	p.mu.Unlock()
	p.End(0, false)
}

// maxTokenWait limits the wait for the tokens of one reply, whatever number the server reports.
const maxTokenWait = 24 * time.Hour

// CoolDown prevents new attempts for d. Afterwards concurrency restarts at one.
func (p *Pace) CoolDown(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.limit, p.stale = 1, p.inFlight
	if until := time.Now().Add(d); until.After(p.coolUntil) {
		p.coolUntil = until
	}
}
