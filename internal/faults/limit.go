package faults

import (
	"fmt"
	"time"
)

// LimitError reports a request over a limit.
type LimitError struct {
	What          string // as the API calls it
	Actual, Limit int
}

func (e *LimitError) Error() string { return fmt.Sprintf("%s: %d/%d", e.What, e.Actual, e.Limit) }

// window counts what happened within the last minute. Without a limit it counts nothing.
type window struct {
	limit int // 0 for none
	sum   int
	past  []event
}

type event struct {
	at time.Time
	n  int
}

// take counts n more, unless the sum would exceed the limit: then it returns that sum.
func (w *window) take(now time.Time, n int) (sum int, ok bool) {
	for len(w.past) > 0 && now.Sub(w.past[0].at) >= time.Minute {
		w.sum -= w.past[0].n
		w.past = w.past[1:]
	}
	if w.limit > 0 && w.sum+n > w.limit {
		return w.sum + n, false
	}
	w.add(now, n)
	return w.sum, true
}

func (w *window) add(now time.Time, n int) {
	if w.limit > 0 && n > 0 {
		w.sum += n
		w.past = append(w.past, event{now, n})
	}
}

// quota returns the limit and how much of it is left. Without a limit, it returns many, less what this request used.
func (w *window) quota(many, used int) Quota {
	if w.limit == 0 {
		return Quota{many, max(0, many-used)}
	}
	return Quota{w.limit, max(0, w.limit-w.sum)}
}
