package queue

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/batchapi"
	"github.com/chatcmpl/chatcmpl/internal/connect"
)

// endless is a provider whose batches never end.
type endless struct {
	batchapi.Client

	asked, canceled int
}

func (e *endless) Status(context.Context, string) (*batchapi.Status, error) {
	e.asked++
	return &batchapi.Status{End: batchapi.Running}, nil
}

func (e *endless) Cancel(context.Context, string) error {
	e.canceled++
	return nil
}

// waitFor lets a run wait for a batch that never ends, and returns its part and how long it waited.
func waitFor(t *testing.T, e *endless, wait func(*run, context.Context) error) (*part, time.Duration) {
	t.Helper()
	s := &state{name: filepath.Join(t.TempDir(), "state")}
	p := &part{entries: []entry{{key: 7, line: 3}}, batch: "b"}
	if err := errors.Join(s.start(event{API: "xai"}), s.add(p)); err != nil {
		t.Fatal(err)
	}
	defer s.close()
	r := &run{
		Queue:       &Queue{options: &Options{}, state: s, begun: true},
		DeliveryRun: &batch.DeliveryRun{Config: &batch.Config{}, Sender: &batch.Sender{Client: &connect.Client{}}},
		api:         e, poll: 5 * time.Second,
	}
	begin := time.Now()
	if err := wait(r, t.Context()); err != nil {
		t.Fatal(err)
	}
	return p, time.Since(begin)
}

// TestEndIsAwaited checks that the end of a canceled batch is awaited for 15 minutes. Its part stays open.
func TestEndIsAwaited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &endless{}
		p, waited := waitFor(t, e, (*run).end)
		if waited < 15*time.Minute || waited > 16*time.Minute || e.canceled != 1 || e.asked < 5 {
			t.Errorf("%v, %+v", waited, e)
		}
		if _, pending := errors.AsType[*pendingError](p.left); !pending || p.stage != canceled {
			t.Errorf("%v, %v", p.left, p.stage)
		}
	})
}

// TestLateBatchIsLeft checks that a batch is left an hour after the provider should have ended it, and is not canceled.
func TestLateBatchIsLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &endless{}
		steps := func(r *run, ctx context.Context) error {
			for next := time.Now(); !next.IsZero(); {
				time.Sleep(time.Until(next))
				var err error
				if next, err = r.step(ctx, time.Now()); err != nil {
					return err
				}
			}
			return nil
		}
		p, waited := waitFor(t, e, steps)
		if waited < 25*time.Hour || waited > 25*time.Hour+longestInterval || e.canceled != 0 {
			t.Errorf("%v, %+v", waited, e)
		}
		if _, pending := errors.AsType[*pendingError](p.left); !pending || !p.hasBatch() {
			t.Errorf("%v, %v", p.left, p.stage)
		}
	})
}
