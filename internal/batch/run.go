package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/results"
	"github.com/chatcmpl/chatcmpl/internal/rows"
)

// Run sends every record of in and returns once all results are written. Its error is nil, an *IncompleteError, a
// *results.WriteError, a *results.LostError, an Outcome's Stop, an error of reading, or ctx's cause.
func Run(ctx context.Context, cfg *Config, in io.Reader) error {
	stop, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &run{
		Config: cfg, stop: cancel, order: results.NewOrder(cfg.Sink, cfg.Placeholder),
		records: make(chan numbered, cfg.Jobs), written: make(chan writeRequest),
	}
	cfg.Stats.Begin()
	if cfg.Resume != nil && cfg.Remaining == 0 {
		cfg.Stats.skip(cfg.Skipped)
		return cfg.FinalError(stop)
	}
	read := make(chan error, 1)
	go func() {
		defer close(r.records)
		read <- r.read(stop, in)
	}()
	r.start(stop)
	if err := r.write(); err != nil || r.lostErr != nil {
		return errors.Join(r.lostErr, err)
	}
	select {
	case err := <-read:
		if err != nil {
			return err
		}
	case <-stop.Done():
		// The reader may be waiting for a line that never arrives, so it is abandoned.
	}
	return cfg.FinalError(stop)
}

type run struct {
	*Config

	stop    context.CancelCauseFunc
	order   *results.Order
	records chan numbered
	written chan writeRequest
	lostErr error // set if the results file was deleted, replaced or emptied
}

// numbered is a record with its position in the output.
type numbered struct {
	*input.Record
	seq  int64
	turn turn // to take its place among equal requests
}

// writeRequest is sent to the writer by a worker. The writer reports on ack whether it succeeded.
type writeRequest struct {
	results.Entry

	ack chan<- bool
	// sync asks the writer to sync the sink; the request then holds no result.
	sync bool
}

// start starts the workers, and a goroutine that asks the writer to sync until they are done.
func (r *run) start(ctx context.Context) {
	var workers sync.WaitGroup
	for range r.Jobs {
		workers.Go(func() { r.work(ctx) })
	}
	done := make(chan struct{})
	go func() {
		workers.Wait()
		close(done)
	}()
	go func() {
		defer close(r.written)
		r.sync(done)
	}()
}

func (r *run) read(ctx context.Context, in io.Reader) error {
	ids := r.Resume.IDs()
	seq, last := int64(0), r.firstTurn()
	for record, err := range r.Records.All(ctx, in) {
		if err != nil {
			if !rows.IsUnclosed(err) {
				r.stop(err)
			}
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
		switch stateOf(record, ids) {
		case results.Done:
			r.Stats.skip(1)
			continue
		case results.Repeated:
			record.Err = &input.RecordError{Code: input.CodeDuplicate, Message: fmt.Sprintf("an earlier record has the same custom_id %q", record.CustomID)}
		}
		if r.order.Wait(ctx, seq) != nil {
			return nil
		}
		mine := r.turnAfter(last)
		select {
		case r.records <- numbered{record, seq, mine}:
			seq++
			last = mine
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

// stateOf returns the state of a record, and marks it as read.
func stateOf(record *input.Record, ids *results.IDs) results.State {
	if record.IsUnnamed() {
		return results.Pending
	}
	return ids.Read(record.CustomID)
}

// write writes the results. It returns on the first error, without waiting for requests that are in flight, because
// their results can't be written either.
func (r *run) write() error {
	for w := range r.written {
		if err := r.put(w); err != nil {
			r.stop(err)
			go func() {
				for w := range r.written {
					w.ack <- false
				}
			}()
			return err
		}
	}
	return r.finish()
}

func (r *run) put(w writeRequest) error {
	if w.sync {
		w.ack <- true
		return r.syncSink()
	}
	err := r.order.Put(w.Entry)
	w.ack <- err == nil
	return err
}

// syncEvery limits the time in which a result can be lost in a crash of the machine.
const syncEvery = time.Second

// sync periodically asks the writer to sync the sink, until the workers are done. The writer has no ticker itself,
// because a select over two channels costs more than the rest of its work.
func (r *run) sync(done <-chan struct{}) {
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	ack := make(chan bool, 1)
	for {
		select {
		case <-tick.C:
			r.written <- writeRequest{ack: ack, sync: true}
			<-ack
		case <-done:
			return
		}
	}
}

// finish writes the results that are still held, although earlier records are not done, and syncs the sink.
func (r *run) finish() error {
	if err := r.order.Flush(); err != nil {
		return err
	}
	return r.syncSink()
}

// syncSink syncs the results to disk. After a *results.LostError it ends the run, but requests in flight are finished,
// and their results go to the file in which the others were saved.
func (r *run) syncSink() error {
	err := r.Sink.Sync()
	if _, lost := errors.AsType[*results.LostError](err); lost {
		r.lostErr = err
		r.stop(err)
		return nil
	}
	return err
}

// FinalError returns the error of a run whose results are all written: nil, an *IncompleteError, or the cause of ctx.
func (cfg *Config) FinalError(ctx context.Context) error {
	sums := cfg.Stats.Snapshot()
	failed, mayPass := sums.Failed, sums.MayPass
	if cfg.Resume != nil {
		failed += cfg.Resume.Failed
		mayPass += cfg.Resume.MayPass
	}
	cause := context.Cause(ctx)
	if early := new(earlyEndError); errors.As(cause, &early) {
		return &IncompleteError{Failed: failed, Reason: early.reason}
	}
	switch {
	case cause != nil:
		return cause
	case cfg.AcceptFailed && mayPass > 0:
		return &IncompleteError{Failed: mayPass, MayPass: true}
	case failed > 0 && !cfg.AcceptFailed:
		return &IncompleteError{Failed: failed}
	}
	return nil
}
