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
	end    time.Time     // of the exchange
	idle   time.Duration // the longest silence
	expire func(cause error)

	mu    sync.Mutex // a request is written while its reply may come already
	since time.Time  // when somebody began to wait; zero while nobody waits
	timer *time.Timer
	over  bool
}

// never is longer than any exchange.
const never = 1 << 60

// newWatch returns a watch that calls expire with ErrTimeout after limit, or with errIdle
// after idle of silence; 0 is no bound.
func newWatch(limit, idle time.Duration, expire func(cause error)) *watch {
	if limit <= 0 {
		limit = never
	}
	if idle <= 0 {
		idle = never
	}
	w := &watch{end: time.Now().Add(limit), idle: idle, expire: expire}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(min(limit, idle), w.look)
	return w
}

// look looks whether a bound is reached, and comes back when one may be: setting the timer
// anew for each wait would cost more than the wait.
func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	late, quiet := time.Until(w.end), w.idle
	if !w.since.IsZero() {
		quiet -= time.Since(w.since)
	}
	switch {
	case w.over:
	case late <= 0:
		w.expire(ErrTimeout)
	case quiet <= 0:
		w.expire(errIdle)
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
	w.timer.Stop()
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
