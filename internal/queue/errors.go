package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// stateError reports a state that can't be written.
type stateError struct {
	name string
	err  error
}

func (e *stateError) Error() string {
	return fmt.Sprintf("the state of the batch %s can't be written: %v", e.name, e.err)
}

// Unwrap returns the cause.
func (e *stateError) Unwrap() error { return e.err }

// Failure implements failure.Reporter.
func (e *stateError) Failure() failure.Report { return failure.Report{Kind: failure.Output} }

// outputError reports that stdout can't be written.
type outputError struct{ err error }

func (e *outputError) Error() string { return fmt.Sprintf("writing to standard output: %v", e.err) }

// Unwrap returns the cause.
func (e *outputError) Unwrap() error { return e.err }

// Failure implements failure.Reporter.
func (e *outputError) Failure() failure.Report { return failure.Report{Kind: failure.Output} }

// reportedError is a failure of a record that is one of the whole run.
type reportedError struct{ report *failure.Report }

func (e *reportedError) Error() string { return e.report.Message }

// Failure implements failure.Reporter.
func (e *reportedError) Failure() failure.Report { return *e.report }

// rejectedError reports a file or a batch that the provider refused.
type rejectedError struct{ what, words string }

func (e *rejectedError) Error() string { return fmt.Sprintf("%s was rejected: %s", e.what, e.words) }

// Failure implements failure.Reporter.
func (e *rejectedError) Failure() failure.Report {
	return failure.Report{Kind: failure.Refused, Hint: "--resume without --batch-api sends its records one by one"}
}

// goneError reports a batch that the provider does not know.
type goneError struct{ id, words string }

func (e *goneError) Error() string {
	return fmt.Sprintf("the provider does not know the batch %s: %s", e.id, e.words)
}

// Failure implements failure.Reporter.
func (e *goneError) Failure() failure.Report {
	return failure.Report{Kind: failure.Refused, Hint: "is it the same account; --cancel takes the batch as ended"}
}

// lostError reports a batch whose results the provider does not have any more.
type lostError struct {
	batch string
	err   error
}

func (e *lostError) Error() string {
	return fmt.Sprintf("the results of the batch %s are gone: %v", e.batch, e.err)
}

// Failure implements failure.Reporter.
func (e *lostError) Failure() failure.Report {
	return failure.Report{Kind: failure.Refused, Hint: "--cancel takes the results that are left, and ends the batch"}
}

// openError reports an error for which one part stays open.
type openError struct {
	batch string // empty if it is not known
	err   error
}

func (e *openError) Error() string {
	if e.batch == "" {
		return e.err.Error()
	}
	return fmt.Sprintf("batch %s: %v", e.batch, e.err)
}

// Unwrap returns the cause.
func (e *openError) Unwrap() error { return e.err }

// Failure implements failure.Reporter.
func (e *openError) Failure() failure.Report {
	report := failure.Of(e.err)
	report.Message = ""
	return report
}

// concernsPart reports whether an error is the provider's answer to a call for one part. The other parts go on.
func concernsPart(ctx context.Context, err error) bool {
	_, isAnswer := errors.AsType[*reply.Error](err)
	_, isUnlisted := errors.AsType[*unlistedError](err)
	return (isAnswer || isUnlisted) && ctx.Err() == nil
}

// pendingError reports batches that still run.
type pendingError struct{ ids []string }

func (e *pendingError) Error() string {
	if len(e.ids) == 1 {
		return fmt.Sprintf("the batch %s still runs", e.ids[0])
	}
	return fmt.Sprintf("the batches %s still run", strings.Join(e.ids, ", "))
}

// Failure implements failure.Reporter.
func (e *pendingError) Failure() failure.Report { return failure.Report{Kind: failure.Incomplete} }

// unlistedError reports a batch that may exist, and a list of batches that can't be read.
type unlistedError struct{ file, words string }

func (e *unlistedError) Error() string {
	return fmt.Sprintf("a batch of the file %s may exist, and the list of batches can't be read: %s", e.file, e.words)
}

// Failure implements failure.Reporter.
func (e *unlistedError) Failure() failure.Report {
	return failure.Report{Kind: failure.Server, Retryable: true}
}

// noRoutesError reports a server without a Batch API.
type noRoutesError struct {
	words string
	err   error
}

func (e *noRoutesError) Error() string { return "the server has no Batch API: " + e.words }

// Unwrap returns the cause.
func (e *noRoutesError) Unwrap() error { return e.err }

// Failure implements failure.Reporter.
func (e *noRoutesError) Failure() failure.Report {
	report := failure.Of(e.err)
	return failure.Report{Kind: failure.Refused, Status: report.Status, RequestID: report.RequestID}
}
