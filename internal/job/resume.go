package job

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/lock"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// resume reads the results of an earlier run and compares them with the input, before anything in the file changes.
func (j *job) resume(ctx context.Context, scan func(results.Again) (*results.Resume, error)) (err error) {
	if !isRegular(j.in) {
		return failure.BadUsage("write the requests to a file first", "--resume reads the requests twice, and %s is not a regular file", j.Input)
	}
	if j.cfg.Resume, err = scan(j.again()); err != nil {
		return outputError(j.Output, err)
	}
	if j.cfg.Remaining, j.cfg.Skipped, err = j.cfg.Check(ctx, j.in); err != nil {
		if ctx.Err() != nil {
			return err
		}
		return outputError(j.Output, err)
	}
	failed := ""
	if n := j.cfg.Resume.Failed; n > 0 {
		failed = fmt.Sprintf(" (%d failed; --retry-failed tries again)", n)
	}
	j.con.Note("%s done before%s, %s left", console.Plural(int(j.cfg.Resume.Done), "record"), failed, console.Plural(int(j.cfg.Remaining), "record"))
	if _, err := j.in.Seek(0, io.SeekStart); err != nil {
		return failure.BadOption("input", "", ": %w", err)
	}
	return nil
}

// again selects the failed records that are sent again.
func (j *job) again() results.Again {
	switch {
	case j.Delivery != nil && j.Delivery.Begun():
		return results.Unsent
	case j.RetryFailed:
		return results.Failed
	}
	return results.Retryable
}

// outputError describes why a file can't be used for the results.
func outputError(name string, err error) error {
	changed := new(results.ChangedError)
	foreign := new(results.NotResultError)
	switch {
	case errors.Is(err, results.ErrExists):
		return failure.BadOption("output", "--resume continues it, --force overwrites it", " %s: it exists", name)
	case errors.Is(err, results.ErrDirectory):
		return failure.BadOption("output", "", " %s: it is a directory", name)
	case errors.Is(err, results.ErrIsInput):
		return failure.BadOption("output", "", " %s: it is the input", name)
	case errors.Is(err, lock.ErrHeld):
		return failure.BadOption("output", "wait for the other run, or use another file", " %s: another run is writing it", name)
	case errors.As(err, &foreign):
		return failure.BadOption("output", "the file was not changed; use another one", " %s: %w", name, foreign)
	case errors.As(err, &changed) && changed.Submitted:
		return failure.BadUsage("restore the old request, or end the batch with --cancel", "%w", changed)
	case errors.As(err, &changed) && changed.Failed:
		return failure.BadUsage("--retry-failed sends every failed record again", "%w", changed)
	case errors.As(err, &changed):
		return failure.BadUsage("restore the old request, or use another file for the results", "%w", changed)
	}
	return failure.BadOption("output", "", ": %w", err)
}

// resumeAny reads the results of an earlier run, and keeps all of them, whatever the input has become.
func (j *job) resumeAny(file *results.File) (err error) {
	if j.cfg.Resume, err = file.Scan(results.None); err != nil {
		return outputError(j.Output, err)
	}
	return nil
}
