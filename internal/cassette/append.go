package cassette

import (
	"sync"

	"github.com/chatcmpl/chatcmpl/internal/lock"
)

// appender adds lines to a file. Lines that arrive during a write are written together, because each write waits for
// the disk and many may arrive at the same time.
type appender struct {
	writing  sync.Mutex // held while a group is written
	mu       sync.Mutex
	next     *group // written next; nil if there is none
	firstErr error
}

type group struct {
	text []byte
	once sync.Once
}

// add writes a line and returns once it is on disk or has failed. Only the call that meets the first failure returns
// it.
func (a *appender) add(name string, line []byte) (first error) {
	a.mu.Lock()
	if a.next == nil {
		a.next = &group{}
	}
	g := a.next
	g.text = append(g.text, line...)
	a.mu.Unlock()
	g.once.Do(func() {
		a.writing.Lock()
		defer a.writing.Unlock()
		a.mu.Lock()
		a.next = nil
		a.mu.Unlock()
		err := lock.Append(name, g.text)
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.firstErr == nil {
			a.firstErr, first = err, err
		}
	})
	return first
}

func (a *appender) failure() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.firstErr
}
