package batch

import (
	"context"

	"github.com/chatcmpl/chatcmpl/internal/api"
)

// turn lets workers do something in the order of the input. The zero turn keeps no order.
type turn struct {
	before <-chan struct{} // closed when the turn before is over
	over   chan struct{}
}

// firstTurn returns the turn before all others, which is over.
func (r *run) firstTurn() turn {
	if r.Place == nil {
		return turn{}
	}
	over := make(chan struct{})
	close(over)
	return turn{over: over}
}

// turnAfter returns the next turn.
func (r *run) turnAfter(t turn) turn {
	if r.Place == nil {
		return turn{}
	}
	return turn{t.over, make(chan struct{})}
}

// wait waits for the turn, but not longer than ctx.
func (t turn) wait(ctx context.Context) {
	if t.over == nil {
		return
	}
	select {
	case <-t.before:
	case <-ctx.Done():
	}
}

// end ends the turn.
func (t turn) end() {
	if t.over != nil {
		close(t.over)
	}
}

// place returns the context to send a record's request with; req is nil if the record has none.
func (r *run) place(ctx context.Context, t turn, req *api.Request) context.Context {
	take := func() context.Context { return ctx }
	if r.Place != nil && req != nil {
		take = r.Place(ctx, req)
	}
	t.wait(ctx)
	defer t.end()
	return take()
}
