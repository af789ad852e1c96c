package queue

import (
	"context"

	"github.com/chatcmpl/chatcmpl/internal/batch"
)

// Deliver implements batch.Delivery.
func (q *Queue) Deliver(ctx context.Context, s *batch.DeliveryRun) error {
	r := &run{Queue: q, DeliveryRun: s}
	if err := r.open(); err != nil {
		return err
	}
	if q.options.Cancel {
		return r.cancel(ctx)
	}
	if err := r.plan(ctx); err != nil {
		return err
	}
	return r.wait(ctx)
}
