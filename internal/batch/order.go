package batch

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"sync/atomic"
)

// The most that is held back for the sake of order. Intake waits beyond that.
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
	// Ordered says whether results are to come in the order of the input.
	Ordered() bool
}

// order gives results to a sink in the order of the input, or as they come. All but enter
// is the writer's alone.
type order struct {
	sink Sink
	gap  []byte // stands for a record that is not done; nil for nothing
	held map[int64]written

	next  atomic.Int64  // whose turn it is
	bytes atomic.Int64  // of what is held
	room  chan struct{} // tells whoever enters that something left
}

func newOrder(sink Sink, gap []byte) *order {
	return &order{sink: sink, gap: gap, held: map[int64]written{}, room: make(chan struct{}, 1)}
}

// enter waits until a record may be taken in: until the slowest one holds back little
// enough. It returns ctx's error where that ends first.
func (o *order) enter(ctx context.Context, seq int64) error {
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

// put gives a result to the sink, now or when its turn comes. The error is a *ResultError.
func (o *order) put(w written) error {
	if !o.sink.Ordered() {
		return o.write(w)
	}
	o.held[w.seq] = w
	o.bytes.Add(int64(len(w.text)))
	for w, ok := o.held[o.next.Load()]; ok; w, ok = o.held[o.next.Load()] {
		if err := o.write(w); err != nil {
			return err
		}
		o.left(w)
	}
	return nil
}

// left makes room for another record.
func (o *order) left(w written) {
	delete(o.held, w.seq)
	o.bytes.Add(-int64(len(w.text)))
	o.next.Add(1)
	select {
	case o.room <- struct{}{}:
	default:
	}
}

func (o *order) write(w written) error {
	if err := o.sink.Write(w.text); err != nil {
		return &ResultError{w.customID, w.line, err}
	}
	return nil
}

// flush gives what is still held, in order, although records before it are missing.
func (o *order) flush() error {
	for _, seq := range slices.Sorted(maps.Keys(o.held)) {
		w := o.held[seq]
		w.text = append(bytes.Repeat(o.gap, int(seq-o.next.Load())), w.text...)
		if err := o.write(w); err != nil {
			return err
		}
		o.next.Store(seq + 1)
	}
	clear(o.held)
	return nil
}
