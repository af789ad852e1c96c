// Package batch sends many records and keeps every result. It knows records, results,
// order, pace and resuming; what a record's request is and how it is sent are functions.
//
// A record flows like this:
//
//	reader (one goroutine)   a line becomes an Item: its shape is read, its id is held
//	                         against those seen, a finished one is skipped
//	queue (as many as jobs)  nothing of it is kept anywhere but in memory: lost in a crash,
//	                         and nothing was sent
//	worker (one of jobs)     makes the request, waits for its turn (Pace), sends it; lost in
//	                         a crash, and sent again by the next run: at most one a worker
//	writer (one goroutine)   writes the result as one line and answers the worker, which
//	                         only then takes the next item; with a file the line survives a
//	                         crash of the process from here on, and within a second one of
//	                         the machine
//
// Everything stops by one context: its end stops the reader and whoever waits for a turn,
// while what is being sent is finished and written.
package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Config is one run.
type Config struct {
	// Reader tells how records are read.
	Reader Reader
	// Jobs is the number of records that are sent at the same time, at least 1.
	Jobs int
	// Prepare makes the request of an item; its error is that record's failure.
	Prepare func(*Item) (Request, error)
	// Format makes what is written of a result; nil writes the result's line. An error of
	// type *Failure is that record's failure, and what came with it is written; any other
	// error ends the run.
	Format func(context.Context, *Result) ([]byte, error)
	// Failed, if not nil, is told of each record that failed, when its result is written. It is
	// called by many at the same time.
	Failed func(*Result)
	// Gap is written for a record that is not done where one after it is, so that what is
	// written stays aligned with the records; nil writes nothing.
	Gap []byte
	// Sink takes what is written.
	Sink Sink
	// Resume holds what an earlier run has done; nil for none.
	Resume *Resume
	// MaxFailed ends the run when more records than this have failed; negative is no limit.
	MaxFailed int
	// MaxTicks ends the run when the replies have cost as much, in 10^-10 USD; 0 is no limit.
	MaxTicks int64
	// Stats is kept up to date while the run goes on.
	Stats *Stats
}

// Request is a record's request.
type Request struct {
	// Doc is the body as it is sent; its hash tells whether a record has changed.
	Doc rawjson.Doc
	// Send sends it and waits for the reply. It returns when ctx is done unless a request
	// is under way, which it finishes.
	Send func(ctx context.Context) Outcome
}

// Outcome is what became of a request.
type Outcome struct {
	// NotDone says that it was not sent, or that its reply may not count; the record is
	// left for another run.
	NotDone bool
	// Stop, if not nil, ends the run with this error.
	Stop error
	// Status, RequestID and Body are the response; Status is 0 where there was none. Body
	// is JSON on one line, nil where it was none.
	Status    int
	RequestID string
	Body      []byte
	// Texts are the choices' texts.
	Texts []string
	// Failure is nil where the reply is acceptable.
	Failure *Failure
	// Attempts counts the requests that were sent.
	Attempts int
	// Replied says that it brought a whole reply, acceptable or not.
	Replied bool
	// Kept says that the reply was there before: nothing was sent, and it cost nothing.
	Kept bool
	// Tokens are those of the usage; 0 where there was none.
	Tokens int64
	// Ticks are the cost in 10^-10 USD; negative where the server gave none.
	Ticks int64
}

// Failure is why a record failed, as its result says it.
type Failure struct { //nolint:errname // it is what a result says; an error only on its way there
	Kind, Message, Code string
	Status              int
	Retryable           bool
}

func (f *Failure) Error() string { return f.Message }

// IncompleteError says that the run ended with records failed, or before its input did.
type IncompleteError struct {
	Failed int64
	// Why is the reason for an early end; empty where all of the input was done.
	Why string
}

func (e *IncompleteError) Error() string {
	failed := fmt.Sprintf("%d records failed", e.Failed)
	if e.Failed == 1 {
		failed = "1 record failed"
	}
	if e.Why == "" {
		return failed
	}
	return "the run ended early: " + e.Why + "; " + failed
}

// ResultError is a result that could not be written.
type ResultError struct {
	CustomID string
	Line     int64
	Err      error
}

func (e *ResultError) Error() string {
	return fmt.Sprintf("the result of record %s (line %d) can't be written: %v", e.CustomID, e.Line, e.Err)
}

// Unwrap gives the cause.
func (e *ResultError) Unwrap() error { return e.Err }

// Run sends every record of in and returns when all results are with the sink. The error is
// nil, an *IncompleteError, a *ResultError, an Outcome's Stop, an error of reading, or
// ctx's cause.
func Run(ctx context.Context, cfg *Config, in io.Reader) error {
	stop, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &run{Config: cfg, stop: cancel, order: newOrder(cfg.Sink, cfg.Gap), items: make(chan numbered, cfg.Jobs), results: make(chan written)}
	cfg.Stats.begin()
	if cfg.Resume != nil && cfg.Resume.Left == 0 {
		cfg.Stats.skip(cfg.Resume.Done)
		return r.verdict(stop)
	}
	read := make(chan error, 1)
	go func() {
		defer close(r.items)
		read <- r.read(stop, in)
	}()
	var workers sync.WaitGroup
	for range cfg.Jobs {
		workers.Go(func() { r.work(stop) })
	}
	done := make(chan struct{})
	go func() {
		workers.Wait()
		close(done)
	}()
	go func() {
		defer close(r.results)
		r.sync(done)
	}()
	if err := r.write(); err != nil {
		return err
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

// verdict is how a run ended in which every result was written.
func (r *run) verdict(stop context.Context) error {
	failed := r.Stats.Snapshot().Failed
	if r.Resume != nil {
		failed += r.Resume.Failed
	}
	cause := context.Cause(stop)
	if early := new(earlyEndError); errors.As(cause, &early) {
		return &IncompleteError{failed, early.why}
	}
	switch {
	case cause != nil:
		return cause
	case failed > 0:
		return &IncompleteError{Failed: failed}
	}
	return nil
}

// earlyEndError is the cause of a run that a limit ended.
type earlyEndError struct{ why string }

func (e *earlyEndError) Error() string { return e.why }
