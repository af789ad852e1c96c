// Package retry decides when a failed attempt is made again and how long to wait first.
//
// It wraps an attempt, not an http.RoundTripper: whether a reply is worth another try is
// often known only once its body is read (an error inside a 200, a cut body, spent credits
// behind a 429), and one place must hold the one budget for all of that.
package retry

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Verdict is what a failed attempt means for the next one.
type Verdict struct {
	// Again says that another attempt can succeed.
	Again bool
	// RateLimited makes the back-off start at 1 s and end at 30 s, not at 0.5 s and 8 s.
	RateLimited bool
	// After is the wait the server asked for; negative where it asked for none.
	After time.Duration
}

// NotStartedError is an attempt that the end of the run, or of the time for all attempts, prevented.
type NotStartedError struct{ Err error }

func (e *NotStartedError) Error() string { return e.Err.Error() }

// Unwrap returns what ended the run or the time.
func (e *NotStartedError) Unwrap() error { return e.Err }

// Policy says how attempts are repeated. The zero Policy never repeats.
type Policy struct {
	// Retries is the number of attempts after the first.
	Retries int
	// MaxAfter is the longest wait a server may ask for; a longer one ends the attempts.
	// Zero means no bound.
	MaxAfter time.Duration
	// NoWait begins each attempt at once: what the waits would be for is past. A wait that a
	// server asks for ends the attempts as it would else.
	NoWait bool
	// Judge tells what an error means; required where Retries is not zero.
	Judge func(error) Verdict
	// TooLate, if not nil, says that a wait would take too long, which ends the attempts.
	TooLate func(err error, wait time.Duration) bool
	// Waiting, if not nil, is told of each wait before it begins.
	Waiting func(err error, wait time.Duration, attempt int)
}

// Do calls try until it returns nil or an error that ends the attempts, and returns the
// number of attempts and the last error. A wait that would outlast ctx's deadline is not
// begun; one that ctx ends returns ctx's cause.
func (p Policy) Do(ctx context.Context, try func(context.Context) error) (int, error) {
	var waits backOff
	for attempt := 1; ; attempt++ {
		err := try(ctx)
		if err == nil || attempt > p.Retries || ctx.Err() != nil {
			return attempt, err
		}
		wait, again := p.next(ctx, err, &waits)
		if !again {
			return attempt, err
		}
		if p.Waiting != nil {
			p.Waiting(err, wait, attempt)
		}
		if err := Sleep(ctx, wait); err != nil {
			return attempt, err
		}
	}
}

// next says whether there is another attempt after an error, and how long to wait first.
func (p Policy) next(ctx context.Context, err error, waits *backOff) (wait time.Duration, again bool) {
	v := p.Judge(err)
	if !v.Again || p.MaxAfter > 0 && v.After > p.MaxAfter {
		return 0, false
	}
	wait = v.After
	if wait < 0 && !p.NoWait {
		wait = waits.next(v.RateLimited)
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return 0, false
	}
	if p.NoWait {
		wait = 0
	}
	return wait, p.TooLate == nil || !p.TooLate(err, wait)
}

// backOff gives the waits where a server asks for none.
type backOff struct{ steady, limited *backoff.ExponentialBackOff }

func (b *backOff) next(limited bool) time.Duration {
	if b.steady == nil {
		b.steady, b.limited = exponential(500*time.Millisecond, 8*time.Second), exponential(time.Second, 30*time.Second)
	}
	if limited {
		return b.limited.NextBackOff()
	}
	return b.steady.NextBackOff()
}

// exponential doubles from first to longest, each wait jittered by half of itself, and
// never over longest.
func exponential(first, longest time.Duration) *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval:     first,
		RandomizationFactor: 0.5,
		Multiplier:          2,
		// The jitter goes to 1.5 times the interval.
		MaxInterval: longest * 2 / 3,
	}
}

// Sleep waits for d, or until ctx is done and then returns its cause.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
