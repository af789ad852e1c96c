package queue

import (
	"context"

	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// close ends the life of a part: the records for which no result came fail in a way that may pass, or are sent one by one.
func (r *run) close(ctx context.Context, p *part, why string, to stage) error {
	if p.collector != nil {
		p.entries = p.collector.left()
		p.index, p.collector = nil, nil
	}
	if r.resending {
		for i := range p.entries {
			r.alone[p.entries[i].line] = true
		}
	} else if err := r.writeMissing(ctx, p, why); err != nil {
		return err
	}
	// The results must be on disk before the state forgets the batch.
	if err := r.File.Sync(); err != nil {
		return err
	}
	return r.state.move(p, to, "")
}

// writeMissing writes a failure for each record for which no result came.
func (r *run) writeMissing(ctx context.Context, p *part, why string) error {
	if len(p.entries) == 0 {
		return nil
	}
	missing := 0
	for i := range p.entries {
		e := &p.entries[i]
		record, _, err := r.record(ctx, e)
		if err != nil {
			r.missing++
			missing++
			continue
		}
		if r.Resume != nil && r.Resume.HasResult(record.CustomID) {
			continue
		}
		missing++
		result := &batch.Result{CustomID: record.CustomID, Line: e.line, Hash: e.hash, BatchID: p.batch, Record: record}
		if r.Input != nil {
			result.Input = r.Input(record)
		}
		result.Ticks = -1
		result.Failure = &failure.Report{Kind: failure.Incomplete, Message: "no result: " + why, Retryable: true}
		if err := r.Write(ctx, result); err != nil {
			return err
		}
	}
	if missing > 0 {
		r.Console.Note("%s without a result: %s", console.Plural(missing, "record"), why)
	}
	return nil
}

// reject ends the life of a part that the provider refused.
func (r *run) reject(ctx context.Context, p *part, err error) error {
	what := "the file of " + console.Plural(len(p.entries), "record")
	if p.file != "" {
		what = "the batch of file " + p.file
	}
	r.rejections = append(r.rejections, &rejectedError{what, err.Error()})
	return r.close(ctx, p, r.Console.OneLine(err.Error(), maxWords), rejected)
}
