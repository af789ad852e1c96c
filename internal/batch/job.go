package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/lock"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// request builds the request of a record.
func (j *job) request(record *input.Record) (*api.Request, error) {
	if record.Prompt != nil {
		conv := j.parts.Prompt(record.System, *record.Prompt, record.Fields)
		return j.template.Request(&conv)
	}
	conv, err := j.parts.Messages(record.Messages, record.Fields)
	if err != nil {
		return nil, err
	}
	return j.template.Request(&conv)
}

// tellFailure tells of the first failure of each kind.
func (j *job) tellFailure(result *Result) {
	if _, told := j.told.LoadOrStore(result.Failure.Kind, true); told {
		return
	}
	j.con.Note("record %s (line %d): %s", result.CustomID, result.Line, result.Failure.Message)
	if result.Failure.Code == input.CodeNotJSON {
		j.con.Note("--lines takes plain lines as prompts; jq -c '.[]' makes a line of each element of an array")
	}
}

// run sends the records to stdout or to the output file.
func (j *job) run(ctx context.Context) error {
	j.cfg.Send = j.sender.Send
	if !j.wholeResults() {
		j.cfg.Format = j.format
	}
	if j.Text {
		j.cfg.Gap = []byte("\n")
		if j.Null {
			j.cfg.Gap = []byte{0}
		}
	}
	if j.Output == "" {
		j.cfg.Sink = &stdout{j.con.Output(), !j.Unordered}
		return j.send(ctx)
	}
	file, err := results.OpenFile(j.Output, j.Resume, j.Force, j.in)
	if err != nil {
		return refused(j.Output, err)
	}
	defer func() { _ = file.Close() }()
	j.cfg.Sink = file
	switch {
	case j.Resume:
		if err := j.resume(ctx, file.Scan); err != nil {
			return err
		}
		if err := file.Continue(j.cfg.Resume); err != nil {
			return err
		}
	case j.Force:
		if err := file.Truncate(); err != nil {
			return err
		}
	}
	return j.send(ctx)
}

// resume reads what an earlier run has done and compares it with the input, before anything in the file changes.
func (j *job) resume(ctx context.Context, scan func(retryFailed bool) (*results.Resume, error)) (err error) {
	if !isRegular(j.in) {
		return failure.BadUsage("write the requests to a file first", "--resume reads the requests twice, and %s is no regular file", j.Input)
	}
	if j.cfg.Resume, err = scan(j.RetryFailed); err != nil {
		return refused(j.Output, err)
	}
	if j.cfg.Left, err = j.cfg.Check(ctx, j.in); err != nil {
		if ctx.Err() != nil {
			return err
		}
		return refused(j.Output, err)
	}
	failed := ""
	if n := j.cfg.Resume.Failed; n > 0 {
		failed = fmt.Sprintf(" (%d failed; --retry-failed tries again)", n)
	}
	j.con.Note("%s done before%s, %s left", console.Plural(int(j.cfg.Resume.Done), "record"), failed, console.Plural(int(j.cfg.Left), "record"))
	if _, err := j.in.Seek(0, io.SeekStart); err != nil {
		return failure.BadOption("input", "", ": %w", err)
	}
	return nil
}

func isRegular(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

// send runs the batch beside its progress, sums it up, and says how to go on if it ended early.
func (j *job) send(ctx context.Context) error {
	hint := j.resumeHint()
	parting := sync.OnceFunc(func() { j.con.Hint(hint) })
	j.Graceful(func() { j.con.Note("finishing what is under way; a second ^C or signal ends at once") }, parting)
	done := j.showProgress()
	err := Run(ctx, j.cfg, j.in)
	done()
	j.summary()
	if n := j.replaced.Load(); n > 0 {
		j.con.Note("%d bytes of the input that are not UTF-8 were replaced by U+FFFD", n)
	}
	if err == nil {
		return nil
	}
	if incomplete := new(IncompleteError); errors.As(err, &incomplete) && incomplete.Why == "" {
		if j.isResumable() {
			err = failure.WithHint(err, "--resume tries again what may pass, with --retry-failed all that failed; jq 'select(.error)' "+console.Quote(j.Output)+" shows them")
		}
		return err
	}
	if ctx.Err() != nil {
		// The process is about to die by its signal and reports nothing more.
		parting()
		return err
	}
	switch failure.Of(err).Kind {
	case failure.Incomplete, failure.Internal, failure.Output:
		return failure.WithHint(err, hint)
	}
	return err
}

// isResumable reports whether --resume can go on with this run: results and records can be read again.
func (j *job) isResumable() bool {
	file, ok := j.cfg.Sink.(*results.File)
	return ok && file.IsReadable() && j.wholeResults() && j.Input != "-" && isRegular(j.in)
}

// resumeHint says how to go on if the run ends early.
func (j *job) resumeHint() string {
	if j.isResumable() {
		return "go on with: " + j.ResumeCommand
	}
	return "the results that came are written; a run with -o FILE and whole results can be resumed"
}

// refused says why a file can't take the results.
func refused(name string, err error) error {
	changed := new(results.ChangedError)
	foreign := new(results.NotResultError)
	switch {
	case errors.Is(err, results.ErrExists):
		return failure.BadOption("output", "--resume goes on with it, --force overwrites it", " %s: it exists", name)
	case errors.Is(err, results.ErrFolder):
		return failure.BadOption("output", "", " %s: it is a directory", name)
	case errors.Is(err, results.ErrIsInput):
		return failure.BadOption("output", "", " %s: it is the input", name)
	case errors.Is(err, lock.ErrHeld):
		return failure.BadOption("output", "wait for the other run, or take another file", " %s: another run is writing it", name)
	case errors.As(err, &foreign):
		return failure.BadOption("output", "it is left as it is; take another file", " %s: %w", name, foreign)
	case errors.As(err, &changed) && changed.Failed:
		return failure.BadUsage("--retry-failed does every record again that failed", "%w", changed)
	case errors.As(err, &changed):
		return failure.BadUsage("put the old request back, or take another file for the results", "%w", changed)
	}
	return failure.BadOption("output", "", ": %w", err)
}
