package retry_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/retry"
)

var errFailed = errors.New("failed")

// run makes attempts that all fail and returns their number and the waits between them.
func run(ctx context.Context, p retry.Policy) (int, []time.Duration, error) {
	var waits []time.Duration
	p.Waiting = func(_ error, wait time.Duration, _ int) { waits = append(waits, wait) }
	n, err := p.Do(ctx, func(context.Context) error { return errFailed })
	return n, waits, err
}

func judge(v retry.Verdict) func(error) retry.Verdict {
	return func(error) retry.Verdict { return v }
}

func TestBackOffGrowsAndIsClamped(t *testing.T) {
	for _, c := range []struct {
		limited     bool
		first, last time.Duration
	}{{false, 500 * time.Millisecond, 8 * time.Second}, {true, time.Second, 30 * time.Second}} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			n, waits, err := run(t.Context(), retry.Policy{
				Retries: 12, Judge: judge(retry.Verdict{Again: true, RateLimited: c.limited}),
			})
			if n != 13 || !errors.Is(err, errFailed) || len(waits) != 12 {
				t.Fatal(n, waits, err)
			}
			var sum time.Duration
			jittered := false
			interval := c.first
			for _, w := range waits {
				if w < interval/2 || w > interval*3/2+1 || w > c.last+1 {
					t.Errorf("wait %v for an interval of %v", w, interval)
				}
				jittered = jittered || w != interval
				interval, sum = min(2*interval, c.last*2/3), sum+w
			}
			if !jittered {
				t.Error("all clients would come back at the same moment:", waits)
			}
			if time.Since(start) != sum {
				t.Errorf("waited %v of %v", time.Since(start), sum)
			}
		})
	}
}

// TestNoWait checks that NoWait skips waits, but still ends the attempts if a wait would be too long.
func TestNoWait(t *testing.T) {
	for _, c := range []struct {
		after, deadline time.Duration
		attempts        int
	}{{-1, time.Second, 5}, {59 * time.Second, time.Minute, 5}, {2 * time.Minute, time.Hour, 1}, {59 * time.Second, time.Second, 1}} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			ctx, cancel := context.WithTimeout(t.Context(), c.deadline)
			defer cancel()
			n, _, _ := run(ctx, retry.Policy{
				Retries: 4, MaxAfter: time.Minute, NoWait: true, Judge: judge(retry.Verdict{Again: true, After: c.after}),
			})
			if n != c.attempts || time.Since(start) != 0 {
				t.Errorf("%v: %d attempts in %v", c, n, time.Since(start))
			}
		})
	}
}

func TestWaitsTheServerAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, waits, _ := run(t.Context(), retry.Policy{
			Retries: 2, MaxAfter: time.Minute, Judge: judge(retry.Verdict{Again: true, After: 45 * time.Second}),
		})
		if n != 3 || waits[0] != 45*time.Second || waits[1] != 45*time.Second {
			t.Error(n, waits)
		}
		n, waits, err := run(t.Context(), retry.Policy{
			Retries: 2, MaxAfter: time.Minute, Judge: judge(retry.Verdict{Again: true, After: 61 * time.Second}),
		})
		if n != 1 || waits != nil || !errors.Is(err, errFailed) {
			t.Error(n, waits, err)
		}
	})
}

// TestShortWaitsCountOnce checks that the back-off grows although a server always requests a very short wait.
func TestShortWaitsCountOnce(t *testing.T) {
	for _, after := range []time.Duration{1, 10 * time.Millisecond, 999 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			_, waits, _ := run(t.Context(), retry.Policy{Retries: 4, Judge: judge(retry.Verdict{Again: true, RateLimited: true, After: after})})
			if waits[0] != after || waits[1] < max(after, 500*time.Millisecond) || waits[3] < 2*time.Second {
				t.Errorf("%v: %v", after, waits)
			}
		})
	}
}

// TestOnce checks that there is only one more attempt after a failure with Verdict.Once.
func TestOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if n, _, _ := run(t.Context(), retry.Policy{Retries: 5, Judge: judge(retry.Verdict{Again: true, Once: true})}); n != 2 {
			t.Error(n)
		}
		verdicts := []retry.Verdict{{Again: true}, {Again: true, Once: true}, {Again: true}, {Again: true, Once: true}, {Again: true}}
		n, _, _ := run(t.Context(), retry.Policy{Retries: 5, Judge: func(error) retry.Verdict {
			v := verdicts[0]
			verdicts = verdicts[1:]
			return v
		}})
		if n != 4 {
			t.Error(n)
		}
	})
}

func TestEndsAtOnce(t *testing.T) {
	again := judge(retry.Verdict{Again: true, After: time.Hour})
	if n, _, err := run(t.Context(), retry.Policy{Retries: 5, Judge: judge(retry.Verdict{})}); n != 1 || !errors.Is(err, errFailed) {
		t.Error("not worth a retry:", n, err)
	}
	if n, _, err := run(t.Context(), retry.Policy{}); n != 1 || !errors.Is(err, errFailed) {
		t.Error("no budget:", n, err)
	}
	short, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if n, waits, err := run(short, retry.Policy{Retries: 5, Judge: again}); n != 1 || waits != nil || !errors.Is(err, errFailed) {
		t.Error("past the deadline:", n, waits, err)
	}
	stop := errors.New("stopped")
	stopped, end := context.WithCancelCause(t.Context())
	time.AfterFunc(time.Millisecond, func() { end(stop) })
	if n, _, err := run(stopped, retry.Policy{Retries: 5, Judge: again}); n != 1 || !errors.Is(err, stop) {
		t.Error("stopped:", n, err)
	}
}
