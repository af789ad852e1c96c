package queue

import (
	"context"
	"errors"

	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// finish sends what is left one by one, forgets what is done, and returns the error of the run.
func (r *run) finish(ctx context.Context) error {
	if err := r.File.Sync(); err != nil {
		return err
	}
	left := r.unfinished()
	r.noteUnsubmitted()
	if r.state.isDone() {
		r.noteFiles()
		if err := r.state.remove(); err != nil {
			return err
		}
	}
	if err := r.sendAlone(ctx); err != nil {
		return err
	}
	switch {
	case len(r.rejections) > 0:
		return errors.Join(r.rejections...)
	case left != nil:
		return left
	case r.stopped != "":
		return &batch.IncompleteError{Failed: r.Stats.Snapshot().Failed, Reason: r.stopped}
	case r.unclosed != nil:
		return r.unclosed
	case r.options.Detach && !r.begun && !r.state.isDone():
		// The run that collects the results reports what failed.
		return nil
	}
	err := r.FinalError(ctx)
	if err == nil && r.missing > 0 {
		err = &batch.IncompleteError{Failed: r.missing}
	}
	return err
}

// unfinished returns the error about parts that stay open.
func (r *run) unfinished() error {
	var running []string
	var left []error
	for _, p := range r.state.parts {
		_, isPending := errors.AsType[*pendingError](p.left)
		switch {
		case !p.isOpen():
		case p.left != nil && !isPending:
			left = append(left, p.left)
		case p.batch != "":
			running = append(running, p.batch)
		}
	}
	if len(left) > 0 {
		return errors.Join(left...)
	}
	if len(running) == 0 || r.options.Detach && !r.begun {
		return nil
	}
	return failure.WithHint(&pendingError{running}, "go on with: "+r.ResumeCommand)
}

// noteUnsubmitted notes how many records wait for the end of another batch, because its cost decides about them.
func (r *run) noteUnsubmitted() {
	records := 0
	for _, p := range r.state.parts {
		if p.isActive() && !p.hasBatch() {
			records += len(p.entries)
		}
	}
	if records > 0 {
		r.Console.Note("%s not submitted yet: with --max-cost one batch runs after another", console.Plural(records, "record"))
	}
}

// noteFiles notes how many files stay at the provider.
func (r *run) noteFiles() {
	files := 0
	for _, p := range r.state.parts {
		if p.file != "" {
			files++
		}
	}
	switch files {
	case 0:
	case 1:
		r.Console.Note("1 uploaded file stays at the provider")
	default:
		r.Console.Note("%d uploaded files stay at the provider", files)
	}
}

// sendAlone sends the records that go one by one after all.
func (r *run) sendAlone(ctx context.Context) error {
	if len(r.alone) == 0 {
		return nil
	}
	r.Console.Note("sending %s one by one", console.Plural(len(r.alone), "record"))
	if _, err := r.In.Seek(0, 0); err != nil {
		return err
	}
	cfg := *r.Config
	cfg.Resume, cfg.Take, cfg.Send = nil, nil, r.Sender.Send
	cfg.Records.Only = func(line int64) bool { return r.alone[line] }
	cfg.Records.LineRead, cfg.Records.Replaced = nil, nil
	return ignoreFailed(batch.Run(ctx, &cfg, r.In))
}

// isSpent reports whether the run has cost as much as it may, or a reply came without its cost.
func (r *run) isSpent() bool { return r.costUnknown || r.Stats.Snapshot().Ticks >= r.MaxTicks }

// stopSpending drops the parts that are not submitted, if the run has cost as much as it may. Batches that run are waited for.
func (r *run) stopSpending() error {
	if r.MaxTicks == 0 || !r.isSpent() {
		return nil
	}
	for _, p := range r.state.parts {
		if !p.isOpen() || p.hasBatch() || p.stage == creating {
			continue
		}
		if err := r.state.move(p, dropped, ""); err != nil {
			return err
		}
		r.stopped = "the limit of cost is reached"
		if r.costUnknown {
			r.stopped = "the server gives no cost, so a limit of cost can't be held"
		}
	}
	return nil
}
