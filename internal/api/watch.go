package api

import (
	"context"
	"io"
	"sync"
	"time"
)

// watch ends an exchange that takes too long, or in which the network is silent for too long. Silence counts only while
// the client waits for the network, not while it processes what it has read. A watch is also the body of the reply, so
// that it knows when a read waits. It can be used again after its exchange.
type watch struct {
	io.Reader
	// ctx is the context of the exchange; cancel ends it, with ErrTimeout or errIdle as the cause of a timeout.
	ctx    context.Context
	cancel context.CancelCauseFunc
	parent context.Context // the parent of ctx; an exchange with the same one may use the watch again
	idle   time.Duration   // the longest silence

	mu        sync.Mutex // needed because a request may still be sent while its reply arrives
	end       time.Time  // deadline of the exchange
	waitStart time.Time  // beginning of the current wait; zero if there is none
	timer     *time.Timer
	due       time.Time // when the timer fires; zero if it is not set
	stopped   bool
}

// unlimited exceeds the duration of any exchange.
const unlimited = 1 << 60

// newWatch returns a watch that has not begun. An idle timeout of 0 means no limit.
func newWatch(parent context.Context, idle time.Duration) *watch {
	if idle <= 0 {
		idle = unlimited
	}
	w := &watch{parent: parent, idle: idle, stopped: true}
	w.ctx, w.cancel = context.WithCancelCause(parent)
	return w
}

// begin starts an exchange of at most limit; 0 means no limit.
func (w *watch) begin(limit time.Duration) {
	if limit <= 0 {
		limit = unlimited
	}
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped, w.waitStart, w.end = false, time.Time{}, now.Add(limit)
	// A timer that fires too early is set again.
	if due := now.Add(min(limit, w.idle)); w.due.IsZero() || due.Before(w.due) {
		w.schedule(due)
	}
}

// schedule starts the timer for the time at which a timeout may be reached.
func (w *watch) schedule(due time.Time) {
	w.due = due
	if w.timer == nil {
		w.timer = time.AfterFunc(time.Until(due), w.check)
		return
	}
	w.timer.Reset(time.Until(due))
}

// check cancels the exchange if a timeout is reached, and otherwise sets the timer again. Setting the timer for each
// wait, or for each exchange, would cost more than the wait itself.
func (w *watch) check() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.due = time.Time{}
	untilEnd, untilIdle := time.Until(w.end), w.idle
	if !w.waitStart.IsZero() {
		untilIdle -= time.Since(w.waitStart)
	}
	switch {
	case w.stopped:
	case untilEnd <= 0:
		w.cancel(ErrTimeout)
	case untilIdle <= 0:
		w.cancel(errIdle)
	default:
		w.schedule(time.Now().Add(min(untilEnd, untilIdle)))
	}
}

// wait records the beginning of a wait for the network.
func (w *watch) wait() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waitStart = time.Now()
}

// Read implements io.Reader.
func (w *watch) Read(p []byte) (int, error) {
	w.wait()
	n, err := w.Reader.Read(p)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waitStart = time.Time{}
	return n, replaceStaleTimeout(w.ctx, err)
}

// stop ends the exchange and reports whether the watch can be used again. That requires a context that nothing can have
// ended; otherwise stop cancels it.
func (w *watch) stop() (again bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped, w.Reader = true, nil
	if w.parent.Done() == nil && w.ctx.Err() == nil {
		return true
	}
	w.timer.Stop()
	w.cancel(nil)
	return false
}

// notifyingBody is a request body that calls onRead before each read.
type notifyingBody struct {
	io.Reader
	onRead func()
}

func (b *notifyingBody) Read(p []byte) (int, error) {
	b.onRead()
	return b.Reader.Read(p)
}
