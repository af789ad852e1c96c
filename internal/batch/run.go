package batch

import (
	"context"
	"errors"
	"io"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"time"
)

// numbered is an item with its place in the output.
type numbered struct {
	*Item
	seq int64
}

// written is what a worker hands to the writer, who answers on ack whether it is written.
type written struct {
	seq      int64
	text     []byte
	customID string
	line     int64
	ack      chan<- bool
	// sync asks to make safe what came before, and is no result.
	sync bool
}

type run struct {
	*Config
	stop    context.CancelCauseFunc
	order   *order
	items   chan numbered
	results chan written
}

func (r *run) read(ctx context.Context, in io.Reader) error {
	seen := r.Resume.seen()
	seq := int64(0)
	for item, err := range r.Reader.Items(ctx, in) {
		if err != nil {
			r.stop(err)
			return err
		}
		breathe(item.Line)
		if ctx.Err() != nil {
			return nil
		}
		if seen.skip(item) {
			r.Stats.skip(1)
			continue
		}
		if r.order.enter(ctx, seq) != nil {
			return nil
		}
		select {
		case r.items <- numbered{item, seq}:
			seq++
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

// breath is after how many lines the room for garbage is measured anew.
const breath = 1 << 14

// breathe lets garbage take a fixed room beside what is in use, not a multiple of it: with
// little in use the collector would run all the time, and with a million ids the room would
// be as large as they are. It is called for each line.
func breathe(line int64) {
	if line%breath != 1 {
		return
	}
	const room = 14 << 20
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	debug.SetGCPercent(int(min(400, max(50, room*100/max(1, live[0].Value.Uint64())))))
}

func (r *run) work(ctx context.Context) {
	ack := make(chan bool, 1)
	result := new(Result)
	var room []byte
	for {
		item, more := r.take(ctx)
		if !more {
			return
		}
		if !r.result(ctx, item.Item, result) {
			continue
		}
		text, err := r.format(ctx, result, room)
		if err != nil {
			r.stop(err)
			continue
		}
		r.results <- written{seq: item.seq, text: text, customID: item.CustomID, line: item.Line, ack: ack}
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

// take is the next item; not more where there is none or the run ends.
func (r *run) take(ctx context.Context) (item numbered, more bool) {
	select {
	case item, more = <-r.items:
		return item, more && ctx.Err() == nil
	case <-ctx.Done():
		return item, false
	}
}

// result sends an item and sets its result; false where it is left for another run.
func (r *run) result(ctx context.Context, item *Item, result *Result) bool {
	*result = Result{CustomID: item.CustomID, Line: item.Line}
	if item.Err != nil {
		result.Failure = item.Err
		return true
	}
	req, err := r.Prepare(item)
	if err != nil {
		result.Failure = invalid("%v", err)
		return true
	}
	result.Hash = hashOf(req.Doc)
	out := req.Send(ctx)
	r.Stats.sent(out.Attempts)
	if out.Stop != nil {
		r.stop(out.Stop)
	}
	result.Outcome = out
	return !out.NotDone
}

// format makes what is written of a result, in room where that is enough.
func (r *run) format(ctx context.Context, result *Result, room []byte) ([]byte, error) {
	if r.Format == nil {
		return result.AppendLine(slices.Grow(room, len(result.Body)+lineRoom)), nil
	}
	text, err := r.Format(context.WithoutCancel(ctx), result)
	if failure := new(Failure); errors.As(err, &failure) {
		if result.Failure == nil {
			result.Failure = failure
		}
		return text, nil
	}
	return text, err
}

// count adds a result that is written to the sums, and ends the run where they reach a
// limit.
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

// write writes the results. An error ends it at once: what is still under way can't be
// written, and nobody waits for it.
func (r *run) write() error {
	for w := range r.results {
		if err := r.put(w); err != nil {
			r.stop(err)
			go func() {
				for w := range r.results {
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
		return r.Sink.Sync()
	}
	err := r.order.put(w)
	w.ack <- err == nil
	return err
}

// syncEvery is how long a result may be only in the system's memory.
const syncEvery = time.Second

// sync asks the writer, until the workers are done, to make safe what is written. The writer
// has no ticker of its own: a select over two channels costs more than the rest of its work.
func (r *run) sync(done <-chan struct{}) {
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	ack := make(chan bool, 1)
	for {
		select {
		case <-tick.C:
			r.results <- written{ack: ack, sync: true}
			<-ack
		case <-done:
			return
		}
	}
}

// finish gives the results that were held for their turn, which may leave gaps where
// records are not done, and makes all of it safe.
func (r *run) finish() error {
	if err := r.order.flush(); err != nil {
		return err
	}
	return r.Sink.Sync()
}
