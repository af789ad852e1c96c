package batch

import (
	"context"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// deviceSink counts the writes to a device or a pipe.
type deviceSink struct {
	*results.File

	writes *console.Writes
}

// Write implements results.Sink.
func (s *deviceSink) Write(text []byte) error {
	s.writes.Begin()
	defer s.writes.End()
	return s.File.Write(text)
}

// runUnlessStuck runs the batch. Where after the end of ctx a write waits for a reader that does not read, the run is left
// behind: what is under way could not be written either.
func (j *job) runUnlessStuck(ctx context.Context) error {
	ended := make(chan struct{})
	defer close(ended)
	ran := make(chan error, 1)
	go func() { ran <- Run(ctx, j.cfg, j.in) }()
	select {
	case err := <-ran:
		return err
	case <-j.stuck(ctx, ended):
		return context.Cause(ctx)
	}
}

// stuck returns a channel that is closed when a write waits for too long after the end of ctx.
func (j *job) stuck(ctx context.Context, ended <-chan struct{}) <-chan struct{} {
	stuck := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
		case <-ended:
			return
		}
		tick := time.NewTicker(console.GracePeriod / 10)
		defer tick.Stop()
		var toStdout, toDevice wait
		for !toStdout.isTooLong(j.con.PendingOutput()) && !toDevice.isTooLong(j.writes.Pending()) {
			select {
			case <-ended:
				return
			case <-tick.C:
			}
		}
		close(stuck)
	}()
	return stuck
}

// wait is the wait for the end of a write, by its number.
type wait struct {
	write int64
	since time.Time
}

// isTooLong reports whether the write that is going on now has been for too long; 0 is none.
func (w *wait) isTooLong(write int64) bool {
	if w.write != write {
		*w = wait{write, time.Now()}
	}
	return write != 0 && time.Since(w.since) > console.GracePeriod
}
