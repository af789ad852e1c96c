package api

import (
	"io"
	"time"
)

// watch ends an exchange when the network is silent for too long. It runs only while
// somebody waits for the network: a reader that is slow itself is no silence.
type watch struct {
	limit time.Duration
	timer *time.Timer
}

// newWatch returns a stopped watch that calls expire after limit of silence; a limit of 0
// never expires.
func newWatch(limit time.Duration, expire func()) *watch {
	w := &watch{limit: limit}
	if limit > 0 {
		w.timer = time.AfterFunc(limit, expire)
		w.timer.Stop()
	}
	return w
}

func (w *watch) start() {
	if w.timer != nil {
		w.timer.Reset(w.limit)
	}
}

func (w *watch) stop() {
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
