// Package batch sends many records concurrently and writes every result.
//
// A record passes through these stages:
//
//	reader (one goroutine)   reads a line, compares its custom_id with those before it, and skips a record that an earlier
//	                         run has done
//	queue (Jobs records)     in memory; after a crash, the next run sends them
//	worker (Jobs goroutines) builds the request, waits until Pace allows it, and sends it; after a crash, the next run sends
//	                         it again, at most one request per worker
//	writer (one goroutine)   writes the result as one line and reports to the worker, which only then takes the next record;
//	                         from here on, a line in a file survives a crash of the process, and after at most a second
//	                         also a crash of the machine
//
// One context stops everything: its end stops the reader and the waits for Pace, while requests in flight are finished
// and their results written.
package batch

import (
	"context"
	"fmt"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/reply"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// Config configures one run.
type Config struct {
	// Records reads the records.
	Records input.Records
	// Jobs is the number of records that are sent concurrently, at least 1.
	Jobs int
	// Request builds the request of a record. An error fails the record.
	Request func(*input.Record) (*api.Request, error)
	// Place, if not nil, prepares a request for its place among equal ones. take is called in the order of the input, and
	// returns the context to send the request with.
	Place func(ctx context.Context, req *api.Request) (take func() context.Context)
	// Take, if not nil, reports whether it takes a record out of the run, because its request is not sent now. Several
	// goroutines may call it at a time.
	Take func(*input.Record, *api.Request, results.Hash) bool
	// Submitted, if not nil, returns the hash of the request of a record that an earlier run has submitted elsewhere. It is called
	// concurrently.
	Submitted func(customID string) (hash results.Hash, ok bool)
	// Send sends a request and waits for the reply. When ctx ends, it returns as soon as no request is in flight.
	Send func(ctx context.Context, req *api.Request) Outcome
	// Input, if not nil, returns the JSON of a record that its result contains; nil for none.
	Input func(*input.Record) []byte
	// Judge, if not nil, decides whether a result is as expected, and sets its Expect.
	Judge func(context.Context, *Result)
	// Format returns the output for a result; nil writes the result as a line. An error of kind failure.Filter fails
	// the record; any other error ends the run.
	Format func(context.Context, *Result) ([]byte, error)
	// Failed, if not nil, is called for each failed record after its result is written, possibly by several goroutines
	// at a time.
	Failed func(*Result)
	// Placeholder is written for a record that is not done but precedes one that is, so that the output stays aligned
	// with the input; nil writes nothing.
	Placeholder []byte
	// Sink receives the output.
	Sink results.Sink
	// Resume holds the results of an earlier run; nil for none. Remaining is then the number of records that are not
	// done, and Skipped the number of those that are.
	Resume             *results.Resume
	Remaining, Skipped int64
	// AcceptFailed makes the run succeed although records have failed for good.
	AcceptFailed bool
	// MaxFailed ends the run once more records than this have failed; negative means no limit.
	MaxFailed int
	// MaxTicks ends the run once the replies have cost this much, in 10^-10 USD; 0 means no limit.
	MaxTicks int64
	// Stats is updated during the run.
	Stats *Stats
}

// RecordsAgain returns cfg.Records without its callbacks, to read lines that the run reads as well.
func (cfg *Config) RecordsAgain() input.Records {
	records := cfg.Records
	records.LineRead, records.Replaced = nil, nil
	return records
}

// Outcome is the result of sending a request.
type Outcome struct {
	results.Response

	// NotDone leaves the record to a later run, because it was not sent or its failure does not concern the record.
	NotDone bool
	// Stop, if not nil, ends the run with this error.
	Stop error
	// Texts holds the texts of the choices, if they are to be printed.
	Texts []string
	// Replied reports whether a complete reply arrived, acceptable or not.
	Replied bool
	// Cached reports whether the reply came from a cache: nothing was sent, and it cost nothing.
	Cached bool
	// Tokens is the number of tokens of all replies; 0 if it is unknown.
	Tokens int64
	// Ticks is the cost in 10^-10 USD; negative if the server did not report it.
	Ticks int64
}

// Result is the outcome of a record.
type Result struct {
	CustomID string
	Line     int64
	Hash     results.Hash
	Outcome

	// Record is the record that was read. Input is the row or record that the result contains.
	Record *input.Record
	Input  []byte
	// BatchID is the id of the provider's batch that it comes from; empty for a request of its own.
	BatchID string
	// Expect is a JSON boolean: whether the result is as expected; nil without Config.Judge.
	Expect []byte
}

// AppendLine appends the result as a line in the output format of the Batch API.
func (r *Result) AppendLine(out []byte) []byte {
	line := results.Result{CustomID: r.CustomID, Line: r.Line, Hash: r.Hash, Response: r.Response, BatchID: r.BatchID, Input: r.Input, Expect: r.Expect}
	if r.Attempts > 0 && r.Ticks >= 0 {
		line.Cost = reply.USD(r.Ticks)
	}
	return line.AppendLine(out)
}

// IncompleteError reports a run in which records failed, or that ended before its input did.
type IncompleteError struct {
	Failed int64
	// MayPass reports whether Failed counts only failures that may pass when the record is sent again.
	MayPass bool
	// Reason is the reason for an early end; empty if the whole input was processed.
	Reason string
}

func (e *IncompleteError) Error() string {
	failed := fmt.Sprintf("%d records failed", e.Failed)
	if e.Failed == 1 {
		failed = "1 record failed"
	}
	if e.MayPass {
		failed += " with errors worth retrying"
	}
	if e.Reason == "" {
		return failed
	}
	return "the run ended early: " + e.Reason + "; " + failed
}

// Failure implements failure.Reporter.
func (e *IncompleteError) Failure() failure.Report { return failure.Report{Kind: failure.Incomplete} }

// earlyEndError is the cancellation cause of a run that reached a limit.
type earlyEndError struct{ reason string }

func (e *earlyEndError) Error() string { return e.reason }
