package job

import (
	"context"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/batch"
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

// runUnlessStuck runs the batch. If a write blocks too long after ctx ends, because the reader of the output does not
// read, it returns ctx's cause and abandons the run: the results of requests in flight could not be written either.
func (j *job) runUnlessStuck(ctx context.Context) error {
	ended := make(chan struct{})
	defer close(ended)
	ran := make(chan error, 1)
	go func() { ran <- batch.Run(ctx, j.cfg, j.in) }()
	select {
	case err := <-ran:
		return err
	case <-j.watchStuckWrites(ctx, ended):
		return context.Cause(ctx)
	}
}

// watchStuckWrites returns a channel that is closed when a write blocks too long after ctx ends. It stops watching when
// ended is closed.
func (j *job) watchStuckWrites(ctx context.Context, ended <-chan struct{}) <-chan struct{} {
	stuck := make(chan struct{})
	go func() {
		select {
		case <-ctx.Done():
		case <-ended:
			return
		}
		tick := time.NewTicker(console.GracePeriod / 10)
		defer tick.Stop()
		var toStdout, toDevice writeTimer
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

// A writeTimer measures how long a write has been pending.
type writeTimer struct {
	write int64 // number of the write; 0 for none
	since time.Time
}

// isTooLong reports whether the pending write has lasted longer than the grace period. write is its number; 0 for none.
func (w *writeTimer) isTooLong(write int64) bool {
	if w.write != write {
		*w = writeTimer{write, time.Now()}
	}
	return write != 0 && time.Since(w.since) > console.GracePeriod
}
