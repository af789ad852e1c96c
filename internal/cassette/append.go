package cassette

import (
	"sync"

	"github.com/chatcmpl/chatcmpl/internal/lock"
)

// appender adds lines to a file. Those that come while others are written are written
// together: each waits for the disk, and many may come at the same time.
type appender struct {
	turn   sync.Mutex // held while a group is written
	mu     sync.Mutex
	next   *group // what is written next; nil for nothing
	failed error  // the first failure
}

type group struct {
	text []byte
	once sync.Once
}

// add returns when the line is on disk, or is not going to be. It returns the first failure of
// all, once.
func (a *appender) add(name string, line []byte) (first error) {
	a.mu.Lock()
	if a.next == nil {
		a.next = &group{}
	}
	g := a.next
	g.text = append(g.text, line...)
	a.mu.Unlock()
	g.once.Do(func() {
		a.turn.Lock()
		defer a.turn.Unlock()
		a.mu.Lock()
		a.next = nil
		a.mu.Unlock()
		err := lock.Append(name, g.text)
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.failed == nil {
			a.failed, first = err, err
		}
	})
	return first
}

func (a *appender) failure() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.failed
}
