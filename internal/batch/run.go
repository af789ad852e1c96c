package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// numbered is a record with its place in the output.
type numbered struct {
	*input.Record
	seq int64
}

// written is what a worker hands to the writer, who answers on ack whether it is written.
type written struct {
	results.Written

	ack chan<- bool
	// sync asks to make what came before safe on disk. Then it is no result.
	sync bool
}

type run struct {
	*Config

	stop    context.CancelCauseFunc
	order   *results.Order
	records chan numbered
	written chan written
	lost    error // the file of the results was lost; they are in another one
}

// Run sends every record of in and returns when all results are with the sink. The error is nil, an *IncompleteError, a
// *results.WriteError, a *results.LostError, an Outcome's Stop, an error of reading, or ctx's cause.
func Run(ctx context.Context, cfg *Config, in io.Reader) error {
	stop, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &run{Config: cfg, stop: cancel, order: results.NewOrder(cfg.Sink, cfg.Gap), records: make(chan numbered, cfg.Jobs), written: make(chan written)}
	cfg.Stats.begin()
	if cfg.Resume != nil && cfg.Left == 0 {
		cfg.Stats.skip(cfg.Resume.Done)
		return r.verdict(stop)
	}
	read := make(chan error, 1)
	go func() {
		defer close(r.records)
		read <- r.read(stop, in)
	}()
	r.start(stop)
	if err := r.write(); err != nil || r.lost != nil {
		return errors.Join(r.lost, err)
	}
	select {
	case err := <-read:
		if err != nil {
			return err
		}
	case <-stop.Done():
		// The reader may wait for a line that never comes; it is left behind.
	}
	return r.verdict(stop)
}

// start starts the workers, and what asks the writer to sync until they are done.
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

// verdict says how a run ended whose results are all written.
func (r *run) verdict(stop context.Context) error {
	sums := r.Stats.Snapshot()
	failed := sums.Failed
	if r.Resume != nil {
		failed += r.Resume.Failed
	}
	cause := context.Cause(stop)
	if early := new(earlyEndError); errors.As(cause, &early) {
		return &IncompleteError{Failed: failed, Why: early.why}
	}
	switch {
	case cause != nil:
		return cause
	case r.AcceptFailed && sums.MayPass > 0:
		return &IncompleteError{Failed: sums.MayPass, MayPass: true}
	case failed > 0 && !r.AcceptFailed:
		return &IncompleteError{Failed: failed}
	}
	return nil
}

func (r *run) read(ctx context.Context, in io.Reader) error {
	ids := r.Resume.IDs()
	seq := int64(0)
	for record, err := range r.Records.All(ctx, in) {
		if err != nil {
			r.stop(err)
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
		switch ids.Read(record.CustomID) {
		case results.Done:
			r.Stats.skip(1)
			continue
		case results.Repeated:
			record.Err = &input.RecordError{Code: input.CodeDuplicate, Message: fmt.Sprintf("the custom_id %q was there before", record.CustomID)}
		}
		if r.order.Enter(ctx, seq) != nil {
			return nil
		}
		select {
		case r.records <- numbered{record, seq}:
			seq++
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

func (r *run) work(ctx context.Context) {
	ack := make(chan bool, 1)
	result := new(Result)
	var room []byte
	for {
		record, more := r.take(ctx)
		if !more {
			return
		}
		if !r.send(ctx, record.Record, result) {
			continue
		}
		text, err := r.format(ctx, result, room)
		if err != nil {
			r.stop(err)
			continue
		}
		r.written <- written{Written: results.Written{Seq: record.seq, Text: text, CustomID: record.CustomID, Line: record.Line}, ack: ack}
		if <-ack {
			r.count(result)
		}
		if r.Format == nil && !r.Sink.Ordered() && cap(text) <= maxRoom {
			// It is written, and nobody else has it.
			room = text[:0]
		}
	}
}

// maxRoom is how much memory in bytes a worker keeps for its next result.
const maxRoom = 64 << 10

// take returns the next record; more is false if there is none or the run ends.
func (r *run) take(ctx context.Context) (record numbered, more bool) {
	select {
	case record, more = <-r.records:
		return record, more && ctx.Err() == nil
	case <-ctx.Done():
		return record, false
	}
}

// send sends a record and sets its result. It returns false for a record that is left for another run.
func (r *run) send(ctx context.Context, record *input.Record, result *Result) bool {
	*result = Result{CustomID: record.CustomID, Line: record.Line}
	if record.Err != nil {
		result.Failure = recordFailure(record.Err)
		return true
	}
	req, err := r.Request(record)
	if err != nil {
		result.Failure = recordFailure(err)
		return true
	}
	result.Hash = results.HashOf(req.Doc())
	result.Outcome = r.Send(ctx, req)
	r.Stats.sent(result.Attempts)
	if result.Stop != nil {
		r.stop(result.Stop)
	}
	return !result.NotDone
}

// recordFailure returns the failure of a record for which nothing is sent.
func recordFailure(err error) *failure.Report {
	report := failure.Of(err)
	return &failure.Report{Kind: failure.Record, Code: report.Code, Message: report.Message}
}

// format makes what is written of a result, in room if that is enough.
func (r *run) format(ctx context.Context, result *Result, room []byte) ([]byte, error) {
	if r.Format == nil {
		return result.AppendLine(slices.Grow(room, len(result.Body)+results.LineRoom)), nil
	}
	text, err := r.Format(context.WithoutCancel(ctx), result)
	if err == nil {
		return text, nil
	}
	report := failure.Of(err)
	if report.Kind != failure.Filter {
		return text, err
	}
	if result.Failure == nil {
		result.Failure = &report
	}
	return text, nil
}

// count adds a result that is written to the sums, and ends the run if they reach a limit.
func (r *run) count(result *Result) {
	sums := r.Stats.add(result)
	if result.Failure != nil && r.Failed != nil {
		r.Failed(result)
	}
	switch {
	case r.MaxFailed >= 0 && sums.Failed > int64(r.MaxFailed):
		r.stop(&earlyEndError{"the limit of failed records is reached"})
	case r.MaxTicks > 0 && result.Replied && result.Ticks < 0:
		r.stop(&earlyEndError{"the server gives no cost, so a limit of cost can't be held"})
	case r.MaxTicks > 0 && sums.Ticks >= r.MaxTicks:
		r.stop(&earlyEndError{"the limit of cost is reached"})
	}
}

// write writes the results. An error ends it at once: what is still under way can't be written, and nobody waits for it.
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

func (r *run) put(w written) error {
	if w.sync {
		w.ack <- true
		return r.syncSink()
	}
	err := r.order.Put(w.Written)
	w.ack <- err == nil
	return err
}

// syncEvery is how long a result may be only in the system's memory.
const syncEvery = time.Second

// sync asks the writer, until the workers are done, to make what is written safe on disk. The writer has no ticker of its own:
// a select over two channels costs more than the rest of its work.
func (r *run) sync(done <-chan struct{}) {
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	ack := make(chan bool, 1)
	for {
		select {
		case <-tick.C:
			r.written <- written{ack: ack, sync: true}
			<-ack
		case <-done:
			return
		}
	}
}

// finish writes the results that were held for their turn, which may leave gaps where records are not done, and makes all of
// it safe on disk.
func (r *run) finish() error {
	if err := r.order.Flush(); err != nil {
		return err
	}
	return r.syncSink()
}

// syncSink makes what is written safe on disk. Where somebody took the file away the run ends, but what is under way is still
// written, to the file that has the results now.
func (r *run) syncSink() error {
	err := r.Sink.Sync()
	if _, lost := errors.AsType[*results.LostError](err); lost {
		r.lost = err
		r.stop(err)
		return nil
	}
	return err
}
