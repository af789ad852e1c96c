package queue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/batchapi"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// upload uploads the file of a part.
func (r *run) upload(ctx context.Context, p *part) error {
	if err := r.state.move(p, uploading, ""); err != nil {
		return err
	}
	id, err := r.api.Upload(ctx, &batchapi.File{
		Name: fmt.Sprintf("chatcmpl-%d.jsonl", p.number), Size: p.size,
		Open: func() io.ReadCloser {
			r.progress.upload(p)
			return &file{ctx: ctx, run: r, entries: p.entries, sent: r.progress.sent}
		},
	})
	r.progress.upload(nil)
	switch {
	case err == nil:
		p.file = id
		return r.state.move(p, uploaded, "")
	case batchapi.IsTooLarge(err):
		return r.halve(p)
	case batchapi.HasNoRoutes(err) && r.isUnsubmitted():
		return r.noRoutes(err)
	case batchapi.IsRefused(err):
		return r.reject(ctx, p, err)
	}
	return err
}

// halve makes two parts of one whose file is too large. A single record is sent by itself.
func (r *run) halve(p *part) error {
	if len(p.entries) == 1 {
		r.alone[p.entries[0].line] = true
		return r.state.move(p, dropped, "")
	}
	r.Console.Note("a file of %s is too large for the provider, and is halved", sizeOf(p.size))
	middle := len(p.entries) / 2
	halves := []*part{{entries: p.entries[:middle:middle]}, {entries: p.entries[middle:]}}
	halves[0].size = p.size / 2
	if err := r.measure(halves[0]); err != nil {
		return err
	}
	halves[1].size = p.size - halves[0].size
	if err := r.state.move(p, dropped, ""); err != nil {
		return err
	}
	for _, half := range halves {
		if err := r.state.add(half); err != nil {
			return err
		}
	}
	return nil
}

// measure sets the size of the file of a part.
func (r *run) measure(p *part) error {
	p.size = 0
	for i := range p.entries {
		record, req, err := r.record(context.Background(), &p.entries[i])
		if err != nil {
			return err
		}
		p.size += lineSize(record.CustomID, req)
	}
	return nil
}

// create creates the batch of a part whose file is uploaded. If an earlier creation may have succeeded, it looks for that first.
func (r *run) create(ctx context.Context, p *part) error {
	mayExist := p.stage == creating
	if err := r.state.move(p, creating, ""); err != nil {
		return err
	}
	err := r.Sender.Client.Do(ctx, func(ctx context.Context) (err error) {
		if mayExist {
			if p.batch, err = r.lookFor(ctx, p); p.batch != "" || err != nil {
				return err
			}
		}
		// The id of a batch that is being created is worth waiting for, even if the run ends.
		longer, cancel := withGrace(ctx, createGrace)
		defer cancel()
		p.batch, err = r.api.Create(longer, fmt.Sprintf("chatcmpl %d", p.number), p.file)
		mayExist = mayExist || err != nil && batchapi.MayExist(err)
		return err
	})
	switch {
	case err == nil:
		return r.submitted(p)
	case batchapi.IsBusy(err):
		return r.postpone(p, err.Error())
	case batchapi.MayExist(err):
		return err
	case batchapi.HasNoRoutes(err) && !r.hasBatches():
		return r.noRoutes(err)
	case batchapi.IsRefused(err):
		return r.reject(ctx, p, err)
	}
	return err
}

// createGrace limits the time for the creation of a batch after the run was interrupted.
const createGrace = 30 * time.Second

// withGrace returns a context that ends at once when ctx times out, but only after the grace time when ctx is interrupted.
func withGrace(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		cause := context.Cause(ctx)
		if errors.Is(cause, api.ErrTimeout) {
			cancel(cause)
			return
		}
		time.AfterFunc(grace, func() { cancel(cause) })
	})
	return longer, func() {
		stop()
		cancel(nil)
	}
}

// submitted records a batch in the state, and reports it.
func (r *run) submitted(p *part) error {
	if err := r.state.move(p, created, ""); err != nil {
		return err
	}
	p.schedule(r.poll)
	r.Console.Note("batch %s: %s (%s) submitted to %s", p.batch, console.Plural(len(p.entries), "record"), sizeOf(p.size), r.Endpoint.Base.Host)
	if !r.options.Detach {
		return nil
	}
	if _, err := r.Console.Output().Write([]byte(p.batch + "\n")); err != nil {
		return &outputError{err}
	}
	return nil
}

// lookFor looks for the batch of a part in the list of all batches; empty if there is none.
func (r *run) lookFor(ctx context.Context, p *part) (id string, err error) {
	id, err = r.api.Find(ctx, p.file, p.isFormer)
	cause := context.Cause(ctx)
	switch {
	case err == nil:
		return id, nil
	case cause != nil && !errors.Is(cause, api.ErrTimeout):
		return "", cause
	}
	return "", &unlistedError{p.file, err.Error()}
}

// hasBatches reports whether a part of the state has become a batch.
func (r *run) hasBatches() bool {
	for _, p := range r.state.parts {
		if p.batch != "" || len(p.former) > 0 {
			return true
		}
	}
	return false
}

// The waits for a provider at which too much is waiting.
const firstBusy, longestBusy = 15 * time.Second, 5 * time.Minute

// postpone leaves a part to be created later, of the same file.
func (r *run) postpone(p *part, words string) error {
	if err := r.state.move(p, busy, words); err != nil {
		return err
	}
	p.busyWait = min(max(firstBusy, 2*p.busyWait), longestBusy)
	p.due = time.Now().Add(p.busyWait)
	r.Console.Note("too much is waiting at the provider (%s); trying again in %s", r.Console.OneLine(words, maxWords), console.Duration(p.busyWait))
	return nil
}

// noRoutes returns the error of a server without a Batch API, and removes the state.
func (r *run) noRoutes(err error) error {
	const hint = "without --batch-api the records are sent one by one"
	noRoutes := failure.WithHint(&noRoutesError{err.Error(), err}, hint+": "+withoutBatchAPI(r.ResumeCommand))
	return errors.Join(noRoutes, errors.Join(r.rejections...), r.state.remove())
}

// withoutBatchAPI returns a command that sends the records one by one: without the flags that need --batch-api.
func withoutBatchAPI(command string) string {
	var words []string
	isValue := false
	for word := range strings.SplitSeq(command, " ") {
		name, _, hasValue := strings.Cut(word, "=")
		switch {
		case isValue:
			isValue = false
		case name == "--batch-api", name == "--detach":
		case name == "--batch-size", name == "--deadline", name == "--batch-id":
			isValue = !hasValue
		default:
			words = append(words, word)
		}
	}
	return strings.Join(words, " ")
}
