package api

import (
	"io"
	"sync"
	"time"
)

// watch ends an exchange that takes too long, or in which the network is silent for too
// long. Silence counts only while somebody waits for the network: a reader that is slow
// itself is none. It is also the reply's body, whose reads wait for the network.
type watch struct {
	io.Reader
	end    time.Time     // of the exchange; zero for no bound
	idle   time.Duration // the longest silence; 0 for no bound
	expire func(cause error)

	mu    sync.Mutex  // a request is written while its reply may come already
	since time.Time   // when somebody began to wait; zero while nobody waits
	timer *time.Timer // nil where a bound was reached at once
	over  bool
}

// newWatch returns a watch that calls expire with ErrTimeout after limit, or with errIdle
// after idle of silence; 0 is no bound.
func newWatch(limit, idle time.Duration, expire func(cause error)) *watch {
	w := &watch{idle: idle, expire: expire}
	if limit > 0 {
		w.end = time.Now().Add(limit)
	}
	w.look()
	return w
}

// look looks whether a bound is reached, and comes back when one may be: setting the timer
// anew for each wait would cost more than the wait.
func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	const never = 1 << 62
	late, quiet := time.Duration(never), time.Duration(never)
	if !w.end.IsZero() {
		late = time.Until(w.end)
	}
	if w.idle > 0 {
		quiet = w.idle
		if !w.since.IsZero() {
			quiet -= time.Since(w.since)
		}
	}
	switch {
	case w.over:
	case late <= 0:
		w.expire(ErrTimeout)
	case quiet <= 0:
		w.expire(errIdle)
	case w.timer == nil:
		w.timer = time.AfterFunc(min(late, quiet), w.look)
	default:
		w.timer.Reset(min(late, quiet))
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
	return n, err
}

func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.over = true
	if w.timer != nil {
		w.timer.Stop()
	}
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
