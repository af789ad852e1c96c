package cassette

import (
	"sync"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/lock"
)

// Store keeps the exchanges of a recording.
type Store interface {
	// Begin announces an exchange before its request is sent.
	Begin() (Entry, error)
}

// Entry is an exchange that is being recorded.
type Entry interface {
	// Keep stores the exchange, one line, and returns once it is safe.
	Keep(line []byte) error
	// Drop ends an exchange. It does nothing if the exchange was kept.
	Drop()
}

// Appender is a Store that adds exchanges to a file. Lines that arrive during a write are written together, because each
// write waits for the disk and many may arrive at the same time.
type Appender struct {
	// Name is the file's name.
	Name string
	// Synced, if not nil, lets Append return as soon as the lines are in the file, which the end of this process can't undo.
	// They are on disk a moment later, when Synced is called with the outcome.
	Synced func(error)

	writing sync.Mutex // held while a group is written
	syncing sync.WaitGroup
	mu      sync.Mutex
	next    *group // written next; nil if there is none
	pending bool   // a sync will begin
}

// syncAfter is the moment in which exchanges gather that share one sync: a write that meets a sync of the same file waits.
const syncAfter = 10 * time.Millisecond

type group struct {
	text []byte
	once sync.Once
	err  error
}

// Begin implements Store.
func (a *Appender) Begin() (Entry, error) { return appended{a}, nil }

// Append writes a line and returns once it is on disk, or in the file if Synced is set, or has failed.
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
		g.err = a.write(g.text)
	})
	return g.err
}

// write writes a group. The caller holds a.writing.
func (a *Appender) write(text []byte) error {
	if a.Synced == nil {
		return lock.AppendExisting(a.Name, text)
	}
	err := lock.AppendUnsynced(a.Name, text)
	if err == nil {
		a.syncSoon()
	}
	return err
}

func (a *Appender) syncSoon() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.pending {
		return
	}
	a.pending = true
	a.syncing.Add(1)
	time.AfterFunc(syncAfter, func() {
		defer a.syncing.Done()
		a.mu.Lock()
		a.pending = false // what is written from here on needs another sync
		a.mu.Unlock()
		a.Synced(lock.Sync(a.Name))
	})
}

// Wait waits until all that was appended is on disk.
func (a *Appender) Wait() { a.syncing.Wait() }

// appended is an exchange that an Appender keeps.
type appended struct{ to *Appender }

func (a appended) Keep(line []byte) error { return a.to.Append(line) }

func (a appended) Drop() {}

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
