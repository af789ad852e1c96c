package queue

import (
	"context"
	"errors"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/results"
	"github.com/chatcmpl/chatcmpl/internal/rows"
)

// planner reads the records once: it sends the first one, fails those that can't be sent, and puts the others into parts.
type planner struct {
	*run

	stop  context.CancelCauseFunc
	first *firstRecord // nil once a record was answered
	part  *part        // to which records are added; nil for none
}

// plan puts the records that are neither done nor submitted into parts.
func (r *run) plan(ctx context.Context) error {
	stop, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	p := &planner{run: r, stop: cancel}
	if len(r.state.parts) == 0 && r.options.BatchID == "" {
		p.first = &firstRecord{}
	}
	cfg := *r.Config
	cfg.Jobs, cfg.MaxFailed, cfg.Take, cfg.Send = 1, -1, p.take, p.send
	err := batch.Run(stop, &cfg, r.In)
	if cause := context.Cause(stop); cause != nil {
		err = cause
	}
	if unclosed, ok := errors.AsType[*rows.UnclosedError](err); ok {
		r.unclosed, err = unclosed, nil
	}
	if err = ignoreFailed(err); err == nil {
		err = p.flush()
	}
	// What an earlier run planned stays: a plain --resume would send its records one by one.
	if err != nil && !r.begun && r.isUnsubmitted() {
		return errors.Join(err, r.state.remove())
	}
	return err
}

// ignoreFailed returns nil for the error of a run that did all it could, although some records failed.
func ignoreFailed(err error) error {
	if incomplete, ok := errors.AsType[*batch.IncompleteError](err); ok && incomplete.Reason == "" {
		return nil
	}
	return err
}

// isUnsubmitted reports whether nothing of the state is at the provider.
func (r *run) isUnsubmitted() bool {
	for _, p := range r.state.parts {
		if p.stage != planned && p.stage != uploading {
			return false
		}
	}
	return true
}

// take implements batch.Config.Take. It puts a record into a part, unless it must be sent by itself.
func (p *planner) take(record *input.Record, req *api.Request, hash results.Hash) bool {
	if e := p.find(record.CustomID); e != nil {
		e.found(record)
		return true
	}
	size := lineSize(record.CustomID, req)
	if p.first != nil || size > p.limits.Line {
		return false
	}
	if p.part != nil && p.options.BatchID == "" && (int64(len(p.part.entries)) >= p.limits.Lines || p.part.size+size > p.limits.Bytes) {
		if err := p.flush(); err != nil {
			p.stop(err)
			return true
		}
	}
	if p.part == nil {
		p.part = &part{}
	}
	e := entry{key: keyOf(record.CustomID), hash: hash, choices: int32(req.Choices())} //nolint:gosec // n is of 32 bits
	e.found(record)
	p.part.entries = append(p.part.entries, e)
	p.part.size += size
	return true
}

// flush writes the part to the state.
func (p *planner) flush() error {
	made := p.part
	if p.part = nil; made == nil {
		return nil
	}
	if p.state.file == nil {
		if err := p.state.start(p.state.begin); err != nil {
			return err
		}
	}
	made.batch = p.options.BatchID
	return p.state.add(made)
}

// send sends a record by itself.
func (p *planner) send(ctx context.Context, req *api.Request) batch.Outcome {
	out := p.Sender.Send(ctx, req)
	if p.first == nil || out.NotDone || out.Stop != nil {
		return out
	}
	if out.Replied {
		p.first = nil
		return out
	}
	if p.first.concernsAll(&out, req) {
		out.NotDone, out.Stop = true, &reportedError{out.Failure}
	}
	return out
}
