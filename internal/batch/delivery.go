package batch

import (
	"context"
	"os"

	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// Delivery gets the results of records by other means than a request for each.
type Delivery interface {
	// Begun reports whether an earlier run has submitted records.
	Begun() bool
	// Ends reports whether the delivery only ends what an earlier run has begun, for which it needs no records.
	Ends() bool
	// Submitted is as in Config.
	Submitted(customID string) (hash results.Hash, ok bool)
	// Pending reports, after Deliver, whether a later run gets results that this one left.
	Pending() bool
	// Deliver writes the results to the file of the run. Its errors are those of Run, and its own.
	Deliver(ctx context.Context, r *DeliveryRun) error
}

// DeliveryRun is the run that a Delivery carries out.
type DeliveryRun struct {
	*Config

	Console  *console.Console
	Endpoint *connect.Endpoint
	// Sender sends requests, and judges replies.
	Sender *Sender
	// In is the input; nil if the delivery needs none and it can't be read.
	In *os.File
	// File is the results file, which is also the Sink.
	File *results.File
	// ResumeCommand is the command that continues the run.
	ResumeCommand string
}

// Write judges a result, writes it to the sink, and counts it.
func (r *DeliveryRun) Write(ctx context.Context, result *Result) error {
	if r.Judge != nil && result.Record != nil {
		r.Judge(context.WithoutCancel(ctx), result)
	}
	if err := r.Sink.Write(result.AppendLine(nil)); err != nil {
		return &results.WriteError{CustomID: result.CustomID, Line: result.Line, Err: err}
	}
	r.Stats.add(result)
	if result.Failure != nil && r.Failed != nil {
		r.Failed(result)
	}
	return nil
}
