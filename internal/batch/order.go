package batch

import (
	"context"
	"sync"
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

// order gives results to a sink in the order of the input, or as they come.
type order struct {
	sink Sink
	gap  []byte // stands for a record that is not done; nil for nothing

	mu    sync.Mutex
	next  int64 // whose turn it is
	held  map[int64]written
	bytes int64
	room  chan struct{} // closed, and made anew, when something left
}

func newOrder(sink Sink, gap []byte) *order {
	return &order{sink: sink, gap: gap, held: map[int64]written{}, room: make(chan struct{})}
}

// enter waits until a record may be taken in: until the slowest one holds back little
// enough. It returns ctx's error where that ends first.
func (o *order) enter(ctx context.Context, seq int64) error {
	if !o.sink.Ordered() {
		return nil
	}
	for {
		o.mu.Lock()
		free := seq-o.next < maxHeld && (o.bytes <= maxHeldBytes || seq == o.next)
		room := o.room
		o.mu.Unlock()
		if free {
			return nil
		}
		select {
		case <-room:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// put gives a result to the sink, now or when its turn comes. The error is a *ResultError.
func (o *order) put(w written) error {
	if !o.sink.Ordered() {
		return o.write(w)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held[w.seq] = w
	o.bytes += int64(len(w.text))
	moved := false
	for w, ok := o.held[o.next]; ok; w, ok = o.held[o.next] {
		if err := o.write(w); err != nil {
			return err
		}
		delete(o.held, o.next)
		o.bytes -= int64(len(w.text))
		o.next++
		moved = true
	}
	if moved {
		close(o.room)
		o.room = make(chan struct{})
	}
	return nil
}

func (o *order) write(w written) error {
	if err := o.sink.Write(w.text); err != nil {
		return &ResultError{w.customID, w.line, err}
	}
	return nil
}

// flush gives what is still held, in order, although records before it are missing.
func (o *order) flush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for ; len(o.held) > 0; o.next++ {
		w, ok := o.held[o.next]
		switch {
		case ok:
		case o.gap == nil:
			continue
		default:
			w.text = o.gap
		}
		if err := o.write(w); err != nil {
			return err
		}
		delete(o.held, o.next)
	}
	return nil
}
