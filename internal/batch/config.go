// Package batch sends many records and keeps every result.
//
// A record flows like this:
//
//	reader (one goroutine)   reads a line, checks its id against those it has read, and skips a record that an earlier run
//	                         has done
//	queue (as many as jobs)  holds it in memory only: in a crash it is lost, and nothing was sent
//	worker (one of jobs)     builds the request, waits for its turn (Pace) and sends it; in a crash it is lost and sent again
//	                         by the next run: at most one a worker
//	writer (one goroutine)   writes the result as one line and answers the worker, which only then takes the next record; a
//	                         line in a file survives a crash of the process from here on, and within a second one of the
//	                         machine
//
// One context stops everything: its end stops the reader and whoever waits for a turn, while what is being sent is finished
// and written.
package batch

import (
	"context"
	"fmt"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// Config is one run.
type Config struct {
	// Records says how records are read.
	Records input.Records
	// Jobs is the number of records that are sent at the same time, at least 1.
	Jobs int
	// Request builds the request of a record; its error is that record's failure.
	Request func(*input.Record) (*api.Request, error)
	// Send sends a request and waits for the reply. It returns when ctx is done, unless a request is under way, which it
	// finishes.
	Send func(ctx context.Context, req *api.Request) Outcome
	// Format makes what is written of a result; nil writes its line. An error of kind failure.Filter is that record's failure;
	// any other error ends the run.
	Format func(context.Context, *Result) ([]byte, error)
	// Failed, if not nil, is called for each record that failed, after its result is written, by many goroutines at the same
	// time.
	Failed func(*Result)
	// Gap is written for a record that is not done where one after it is, so that output stays aligned with the records; nil
	// writes nothing.
	Gap []byte
	// Sink takes what is written.
	Sink results.Sink
	// Resume holds what an earlier run has done; nil for none. Left counts the records that are to be done then.
	Resume *results.Resume
	Left   int64
	// AcceptFailed makes records that failed for good no failure of the run.
	AcceptFailed bool
	// MaxFailed ends the run when more records than this have failed; negative is no limit.
	MaxFailed int
	// MaxTicks ends the run when the replies have cost as much, in 10^-10 USD; 0 is no limit.
	MaxTicks int64
	// Stats is kept up to date while the run goes on.
	Stats *Stats
}

// Outcome is what became of a request.
type Outcome struct {
	results.Response

	// NotDone leaves the record for another run: it was not sent, or its reply may not count.
	NotDone bool
	// Stop, if not nil, ends the run with this error.
	Stop error
	// Texts are the choices' texts, where they are printed.
	Texts []string
	// Replied reports that a whole reply came, acceptable or not.
	Replied bool
	// Kept reports that the reply came from a cache: nothing was sent, and it cost nothing.
	Kept bool
	// Tokens are those of the usage; 0 where there was none.
	Tokens int64
	// Ticks are the cost in 10^-10 USD; negative where the server gave none.
	Ticks int64
}

// Result is a record's outcome.
type Result struct {
	CustomID string
	Line     int64
	Hash     results.Hash
	Outcome
}

// AppendLine appends the result as a line of the Batch API's output.
func (r *Result) AppendLine(out []byte) []byte {
	line := results.Result{CustomID: r.CustomID, Line: r.Line, Hash: r.Hash, Response: r.Response}
	if r.Attempts > 0 && r.Ticks >= 0 {
		line.Cost = api.USD(r.Ticks)
	}
	return line.AppendLine(out)
}

// IncompleteError is a run that ended with records failed, or before its input did.
type IncompleteError struct {
	Failed int64
	// MayPass reports that only those are counted that another try could mend.
	MayPass bool
	// Why is the reason for an early end; empty where all of the input was done.
	Why string
}

func (e *IncompleteError) Error() string {
	failed := fmt.Sprintf("%d records failed", e.Failed)
	if e.Failed == 1 {
		failed = "1 record failed"
	}
	if e.MayPass {
		failed += " in a way that may pass"
	}
	if e.Why == "" {
		return failed
	}
	return "the run ended early: " + e.Why + "; " + failed
}

// Failure implements failure.Reporter.
func (e *IncompleteError) Failure() failure.Report { return failure.Report{Kind: failure.Incomplete} }

// earlyEndError is the cause of a run that a limit ended.
type earlyEndError struct{ why string }

func (e *earlyEndError) Error() string { return e.why }
