package console

import (
	"sync/atomic"
	"time"
)

// Writes numbers consecutive writes, to distinguish one write that blocks from many that succeed.
type Writes struct{ begun, ended atomic.Int64 }

// Begin records the start of a write.
func (w *Writes) Begin() { w.begun.Add(1) }

// End records the end of a write.
func (w *Writes) End() { w.ended.Add(1) }

// Pending returns the number of the write in progress; 0 if there is none.
func (w *Writes) Pending() int64 {
	if begun := w.begun.Load(); begun != w.ended.Load() {
		return begun
	}
	return 0
}

// PendingOutput returns the number of the write to stdout in progress. It returns 0 if there is none, or if stdout is a
// regular file, which has no reader to wait for.
func (c *Console) PendingOutput() int64 {
	if info, err := c.Stdout.Stat(); err == nil && info.Mode().IsRegular() {
		return 0
	}
	return c.stdoutWrites.Pending()
}

// GracePeriod is the time that operations which may never end, such as a write to a pipe that nobody reads, get after a
// signal.
const GracePeriod = 700 * time.Millisecond

// Hurry announces that the process is about to end. From then on, a write to stderr that blocks is soon abandoned.
// Hurry must be called at most once.
func (c *Console) Hurry() { close(c.hurry) }

// write writes to stderr and ignores errors, because there is no other place to report them. The caller holds c.mu.
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
