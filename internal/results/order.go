package results

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// Limits of the results held back to keep the order. Beyond them, reading waits.
const (
	maxHeld      = 4096     // records between the slowest one and the newest one
	maxHeldBytes = 32 << 20 // total size of their results
)

// Sink receives results. Its methods are called by one goroutine at a time.
type Sink interface {
	// Write receives a complete result, including its end.
	Write(text []byte) error
	// Sync makes everything that was written durable.
	Sync() error
	// Ordered reports whether the sink needs the results in the order of the input.
	Ordered() bool
}

// Order passes results to a sink in the order of the input, or as they arrive, depending on Sink.Ordered. All methods
// except Wait must be called by the same goroutine.
type Order struct {
	sink        Sink
	placeholder []byte // written in place of a record that is not done; nil for nothing
	held        map[int64]Entry

	next  atomic.Int64  // Seq of the next result to write
	bytes atomic.Int64  // total size of the held results
	wake  chan struct{} // wakes Wait
}

// Entry is the output of one record.
type Entry struct {
	// Seq is the position in the output, from 0.
	Seq      int64
	Text     []byte
	CustomID string
	Line     int64
}

// NewOrder returns an empty Order. placeholder is written in place of a record that is not done but precedes one that
// is; nil writes nothing.
func NewOrder(sink Sink, placeholder []byte) *Order {
	return &Order{sink: sink, placeholder: placeholder, held: map[int64]Entry{}, wake: make(chan struct{}, 1)}
}

// Wait blocks until the record at seq may be read without exceeding the limits of held results. It returns ctx's error
// if ctx ends first.
func (o *Order) Wait(ctx context.Context, seq int64) error {
	for o.sink.Ordered() {
		next := o.next.Load()
		if seq == next || seq-next < maxHeld && o.bytes.Load() <= maxHeldBytes {
			break
		}
		select {
		case <-o.wake:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Put passes a result to the sink, now or once all earlier ones are written. Its error is a *WriteError.
func (o *Order) Put(e Entry) error {
	if !o.sink.Ordered() {
		return o.write(e)
	}
	o.held[e.Seq] = e
	o.bytes.Add(int64(len(e.Text)))
	for e, ok := o.held[o.next.Load()]; ok; e, ok = o.held[o.next.Load()] {
		if err := o.write(e); err != nil {
			return err
		}
		o.release(e)
	}
	return nil
}

// release forgets a result that was written and wakes Wait.
func (o *Order) release(e Entry) {
	delete(o.held, e.Seq)
	o.bytes.Add(-int64(len(e.Text)))
	o.next.Add(1)
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

func (o *Order) write(e Entry) error {
	if err := o.sink.Write(e.Text); err != nil {
		return &WriteError{e.CustomID, e.Line, err}
	}
	return nil
}

// Flush writes the results that are still held, in order, although earlier records are missing.
func (o *Order) Flush() error {
	for _, seq := range slices.Sorted(maps.Keys(o.held)) {
		e := o.held[seq]
		e.Text = append(bytes.Repeat(o.placeholder, int(seq-o.next.Load())), e.Text...)
		if err := o.write(e); err != nil {
			return err
		}
		o.next.Store(seq + 1)
	}
	clear(o.held)
	return nil
}

// WriteError reports a result that could not be written.
type WriteError struct {
	CustomID string
	Line     int64
	Err      error
}

func (e *WriteError) Error() string {
	return fmt.Sprintf("the result of record %s (line %d) can't be written: %v", e.CustomID, e.Line, e.Err)
}

// Unwrap returns the cause.
func (e *WriteError) Unwrap() error { return e.Err }

// Failure implements failure.Reporter.
func (e *WriteError) Failure() failure.Report { return failure.Report{Kind: failure.Output} }
