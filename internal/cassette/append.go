package cassette

import (
	"sync"

	"github.com/chatcmpl/chatcmpl/internal/lock"
)

// Appender is a Store that adds exchanges to a file. Lines that arrive during a write are written together, because each
// write waits for the disk and many may arrive at the same time.
type Appender struct {
	// Name is the file's name.
	Name string

	writing sync.Mutex // held while a group is written
	mu      sync.Mutex
	next    *group // written next; nil if there is none
}

type group struct {
	text []byte
	once sync.Once
	err  error
}

// Begin implements Store.
func (a *Appender) Begin() (Entry, error) { return appended{a}, nil }

// Append writes a line and returns once it is on disk or has failed.
func (a *Appender) Append(line []byte) error {
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
		g.err = lock.Append(a.Name, g.text)
	})
	return g.err
}

// appended is an exchange that an Appender keeps.
type appended struct{ to *Appender }

func (a appended) Keep(line []byte) error { return a.to.Append(line) }
func (a appended) Drop()                  {}

// firstError remembers the first of many errors.
type firstError struct {
	mu  sync.Mutex
	err error
}

// first returns err if it is the first one, and nil otherwise.
func (f *firstError) first(err error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil || err == nil {
		return nil
	}
	f.err = err
	return err
}

func (f *firstError) get() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}
