// Package retry decides whether to repeat a failed attempt and how long to wait first.
//
// It repeats a function, not an http.RoundTripper. Whether a retry can help is often known only after reading the body
// (an error inside a 200 reply, a truncated body, spent credits reported as a 429), and all these cases share one
// budget of retries.
package retry

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Verdict classifies a failed attempt.
type Verdict struct {
	// Again reports whether another attempt can succeed.
	Again bool
	// RateLimited selects the slower back-off: from 1 s up to 30 s instead of from 0.5 s up to 8 s.
	RateLimited bool
	// Once allows only one more attempt after such failures, because a complete but unusable reply seldom improves.
	Once bool
	// After is the wait that the server requested; 0 if it requested none, and a nanosecond if it requested no wait.
	After time.Duration
}

// NotStartedError reports an attempt that was not made because the run, or the time for all attempts, had ended.
type NotStartedError struct{ Err error }

func (e *NotStartedError) Error() string { return e.Err.Error() }

// Unwrap returns the reason why the attempt was not made.
func (e *NotStartedError) Unwrap() error { return e.Err }

// Policy controls how attempts are repeated. The zero Policy never repeats one.
type Policy struct {
	// Retries is the number of attempts after the first.
	Retries int
	// MaxAfter is the longest wait that a server may ask for; a request for a longer one ends the attempts. Zero means
	// no limit.
	MaxAfter time.Duration
	// NoWait skips the waits, which serve no purpose in a replay. A wait that is too long for MaxAfter or for the
	// deadline still ends the attempts.
	NoWait bool
	// Judge classifies an error; it is required if Retries is not zero.
	Judge func(error) Verdict
	// TooLate, if not nil, reports whether a wait would end too late. If so, there is no further attempt.
	TooLate func(err error, wait time.Duration) bool
	// Waiting, if not nil, is called before each wait. attempt counts the failed attempts.
	Waiting func(err error, wait time.Duration, attempt int)
}

// Do calls try until it returns nil or an error that ends the attempts. It returns the number of attempts and the last
// error. Do returns instead of beginning a wait that would exceed ctx's deadline. If ctx ends a wait, Do returns its
// cause.
func (p Policy) Do(ctx context.Context, try func(context.Context) error) (int, error) {
	var waits waits
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

// next reports whether an error is followed by another attempt, and how long to wait first.
func (p Policy) next(ctx context.Context, err error, waits *waits) (wait time.Duration, again bool) {
	v := p.Judge(err)
	if !v.Again || v.Once && waits.once || p.MaxAfter > 0 && v.After > p.MaxAfter {
		return 0, false
	}
	waits.once = waits.once || v.Once
	if wait = v.After; !p.NoWait {
		wait = waits.next(v)
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return 0, false
	}
	if p.NoWait {
		wait = 0
	}
	return wait, p.TooLate == nil || !p.TooLate(err, wait)
}

// waits computes the waits between the attempts at one request.
type waits struct {
	steady, limited *backoff.ExponentialBackOff
	once            bool // the one attempt after failures with Verdict.Once has been used
	short           bool // a short wait of the server has been used
}

// next returns the wait after a failure: the one that the server requests, or the back-off. A requested wait under a
// second is honored only once, because some servers always request one.
func (w *waits) next(v Verdict) time.Duration {
	switch {
	case v.After >= time.Second:
		return v.After
	case v.After > 0 && !w.short:
		w.short = true
		return v.After
	}
	if w.steady == nil {
		w.steady, w.limited = exponential(500*time.Millisecond, 8*time.Second), exponential(time.Second, 30*time.Second)
	}
	if v.RateLimited {
		return max(v.After, w.limited.NextBackOff())
	}
	return max(v.After, w.steady.NextBackOff())
}

// exponential returns a back-off that doubles from first to longest. Jitter changes each wait by up to half, but never
// to more than longest.
func exponential(first, longest time.Duration) *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval:     first,
		RandomizationFactor: 0.5,
		Multiplier:          2,
		// Jitter multiplies the interval by up to 1.5.
		MaxInterval: longest * 2 / 3,
	}
}

// Sleep waits for d. If ctx ends first, Sleep returns its cause.
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
