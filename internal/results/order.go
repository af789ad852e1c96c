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

// The most that is held back for the sake of order; reading waits beyond that.
const (
	maxHeld      = 4096     // records between the slowest one and the newest
	maxHeldBytes = 32 << 20 // of results
)

// Sink takes results. Its methods are called by one goroutine at a time.
type Sink interface {
	// Write takes a whole result, its end included.
	Write(text []byte) error
	// Sync makes what was taken safe.
	Sync() error
	// Ordered reports whether results must come in the order of the input.
	Ordered() bool
}

// Order passes results on to a sink in the order of the input, or as they come. One goroutine calls all of its methods except
// Enter.
type Order struct {
	sink Sink
	gap  []byte // stands for a record that is not done; nil for nothing
	held map[int64]Written

	next  atomic.Int64  // whose turn it is
	bytes atomic.Int64  // of what is held
	room  chan struct{} // wakes whoever waits in Enter
}

// Written is a result as it is written.
type Written struct {
	// Seq is its place in the output, from 0.
	Seq      int64
	Text     []byte
	CustomID string
	Line     int64
}

// WriteError is a result that could not be written.
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

// NewOrder returns an empty order. gap is written for a record that is not done where one after it is; nil writes nothing.
func NewOrder(sink Sink, gap []byte) *Order {
	return &Order{sink: sink, gap: gap, held: map[int64]Written{}, room: make(chan struct{}, 1)}
}

// Enter waits until a record may be read: until the slowest one holds back little enough. It returns ctx's error if ctx ends
// first.
func (o *Order) Enter(ctx context.Context, seq int64) error {
	for o.sink.Ordered() {
		next := o.next.Load()
		if seq == next || seq-next < maxHeld && o.bytes.Load() <= maxHeldBytes {
			break
		}
		select {
		case <-o.room:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Put passes a result to the sink, now or when its turn comes. The error is a *WriteError.
func (o *Order) Put(w Written) error {
	if !o.sink.Ordered() {
		return o.write(w)
	}
	o.held[w.Seq] = w
	o.bytes.Add(int64(len(w.Text)))
	for w, ok := o.held[o.next.Load()]; ok; w, ok = o.held[o.next.Load()] {
		if err := o.write(w); err != nil {
			return err
		}
		o.left(w)
	}
	return nil
}

// left makes room for another record.
func (o *Order) left(w Written) {
	delete(o.held, w.Seq)
	o.bytes.Add(-int64(len(w.Text)))
	o.next.Add(1)
	select {
	case o.room <- struct{}{}:
	default:
	}
}

func (o *Order) write(w Written) error {
	if err := o.sink.Write(w.Text); err != nil {
		return &WriteError{w.CustomID, w.Line, err}
	}
	return nil
}

// Flush passes on what is still held, in order, although records before it are missing.
func (o *Order) Flush() error {
	for _, seq := range slices.Sorted(maps.Keys(o.held)) {
		w := o.held[seq]
		w.Text = append(bytes.Repeat(o.gap, int(seq-o.next.Load())), w.Text...)
		if err := o.write(w); err != nil {
			return err
		}
		o.next.Store(seq + 1)
	}
	clear(o.held)
	return nil
}
