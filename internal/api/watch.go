package api

import (
	"io"
	"sync"
	"time"
)

// watch ends an exchange when the network is silent for too long. It runs only while
// somebody waits for the network: a reader that is slow itself is no silence.
type watch struct {
	limit  time.Duration
	expire func()

	mu    sync.Mutex  // a request is written while its reply may come already
	timer *time.Timer // nil until the first start
}

// newWatch returns a stopped watch that calls expire after limit of silence; a limit of 0
// never expires.
func newWatch(limit time.Duration, expire func()) *watch {
	return &watch{limit: limit, expire: expire}
}

func (w *watch) start() {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.timer != nil:
		w.timer.Reset(w.limit)
	case w.limit > 0:
		w.timer = time.AfterFunc(w.limit, w.expire)
	}
}

func (w *watch) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer != nil {
		w.timer.Stop()
	}
}

// watched is a body whose reads are held to the watch.
type watched struct {
	io.Reader
	watch *watch
}

func (b *watched) Read(p []byte) (int, error) {
	b.watch.start()
	defer b.watch.stop()
	return b.Reader.Read(p)
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
