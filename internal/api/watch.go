package api

import (
	"context"
	"io"
	"sync"
	"time"
)

// watch ends an exchange that takes too long, or in which the network is silent for too
// long. Silence counts only while somebody waits for the network: a reader that is slow
// itself is none. It is also the reply's body, whose reads wait for the network. When its
// exchange is over it may watch another one.
type watch struct {
	io.Reader
	// ctx is the exchange's; cancel ends it, with ErrTimeout or errIdle where a bound was
	// reached.
	ctx    context.Context
	cancel context.CancelCauseFunc
	parent context.Context // whose values and end ctx shares; compared with the next one's
	idle   time.Duration   // the longest silence

	mu    sync.Mutex // a request is written while its reply may come already
	end   time.Time  // of the exchange
	since time.Time  // when somebody began to wait; zero while nobody waits
	timer *time.Timer
	due   time.Time // when the timer goes off; zero where it does not
	over  bool
}

// never is longer than any exchange.
const never = 1 << 60

// newWatch returns a watch that has still to begin. idle of 0 is no bound.
func newWatch(parent context.Context, idle time.Duration) *watch {
	if idle <= 0 {
		idle = never
	}
	w := &watch{parent: parent, idle: idle, over: true}
	w.ctx, w.cancel = context.WithCancelCause(parent)
	return w
}

// begin begins an exchange of at most limit; 0 is no bound.
func (w *watch) begin(limit time.Duration) {
	if limit <= 0 {
		limit = never
	}
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over, w.since, w.end = false, time.Time{}, now.Add(limit)
	// A timer that goes off early is set anew then.
	if due := now.Add(min(limit, w.idle)); w.due.IsZero() || due.Before(w.due) {
		w.set(due)
	}
}

// set makes the timer go off when a bound may be reached.
func (w *watch) set(due time.Time) {
	w.due = due
	if w.timer == nil {
		w.timer = time.AfterFunc(time.Until(due), w.look)
		return
	}
	w.timer.Reset(time.Until(due))
}

// look looks whether a bound is reached, and comes back when one may be: setting the timer
// anew for each wait, or each exchange, would cost more than the wait.
func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.due = time.Time{}
	late, quiet := time.Until(w.end), w.idle
	if !w.since.IsZero() {
		quiet -= time.Since(w.since)
	}
	switch {
	case w.over:
	case late <= 0:
		w.cancel(ErrTimeout)
	case quiet <= 0:
		w.cancel(errIdle)
	default:
		w.set(time.Now().Add(min(late, quiet)))
	}
}

// wait begins a wait for the network.
func (w *watch) wait() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since = time.Now()
}

// Read implements io.Reader.
func (w *watch) Read(p []byte) (int, error) {
	w.wait()
	n, err := w.Reader.Read(p)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since = time.Time{}
	return n, own(w.ctx, err)
}

// stop ends the watch of an exchange and says whether it may begin another: where nothing can
// have ended its context, which is then left as it is.
func (w *watch) stop() (again bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over, w.Reader = true, nil
	if w.parent.Done() == nil && w.ctx.Err() == nil {
		return true
	}
	w.timer.Stop()
	w.cancel(nil)
	return false
}

// touching is a request body that says when it is read.
type touching struct {
	io.Reader
	touch func()
}

func (b *touching) Read(p []byte) (int, error) {
	b.touch()
	return b.Reader.Read(p)
}
