package console

import (
	"sync/atomic"
	"time"
)

// Writes counts writes that follow each other, so that one that waits for its reader can be told from many.
type Writes struct{ begun, ended atomic.Int64 }

// Begin counts a write that begins, End one that ends.
func (w *Writes) Begin() { w.begun.Add(1) }

// End is described at Begin.
func (w *Writes) End() { w.ended.Add(1) }

// Pending returns the number of the write that is going on; 0 if there is none.
func (w *Writes) Pending() int64 {
	if begun := w.begun.Load(); begun != w.ended.Load() {
		return begun
	}
	return 0
}

// PendingOutput returns the number of the write to stdout that is going on; 0 if there is none, or it is to a regular file,
// which waits for no reader.
func (c *Console) PendingOutput() int64 {
	if info, err := c.Stdout.Stat(); err == nil && info.Mode().IsRegular() {
		return 0
	}
	return c.stdoutWrites.Pending()
}

// GracePeriod is how long a process that a signal ends waits for what may never end, such as a write to a reader that does not
// read.
const GracePeriod = 700 * time.Millisecond

// Hurry says that the process is about to end: from now on nobody waits long for a reader of stderr that does not read. It is
// called once.
func (c *Console) Hurry() { close(c.hurry) }

// write writes to stderr; c.mu is held. If stderr can't be written, there is nobody to tell.
func (c *Console) write(text string) {
	if c.unread {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = c.Stderr.WriteString(text)
	}()
	select {
	case <-done:
		return
	case <-c.hurry:
	}
	select {
	case <-done:
	case <-time.After(GracePeriod):
		c.unread = true
	}
}
