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
	// Deliver writes the results to the file of the session. Its errors are those of Run, and its own.
	Deliver(ctx context.Context, s *Session) error
}

// Session is a run for a Delivery.
type Session struct {
	*Config

	Console  *console.Console
	Endpoint *connect.Endpoint
	// Sender sends requests, and judges replies.
	Sender *Sender
	// In is the input; nil if the delivery needs none and it can't be read.
	In *os.File
	// File is the results file, which is also the Sink.
	File *results.File
	// ResumeCommand is the command that goes on with the run.
	ResumeCommand string
}

// deliver lets the delivery send the records.
func (j *job) deliver(ctx context.Context) error {
	j.cfg.Stats.begin()
	return j.Delivery.Deliver(ctx, &Session{
		Config: j.cfg, Console: j.con, Endpoint: j.endpoint, Sender: j.sender, In: j.in, File: j.out, ResumeCommand: j.ResumeCommand,
	})
}

// Write judges a result, writes it to the sink, and counts it.
func (s *Session) Write(ctx context.Context, result *Result) error {
	if s.Judge != nil && result.Record != nil {
		s.Judge(context.WithoutCancel(ctx), result)
	}
	if err := s.Sink.Write(result.AppendLine(nil)); err != nil {
		return &results.WriteError{CustomID: result.CustomID, Line: result.Line, Err: err}
	}
	s.Stats.add(result)
	if result.Failure != nil && s.Failed != nil {
		s.Failed(result)
	}
	return nil
}

// prepareWithout prepares a run whose input can't be used. It writes no table, which is made of the input.
func (j *job) prepareWithout(reason error) {
	j.con.Note("%v; what comes back is kept without it", reason)
	j.in, j.file, j.table = nil, nil, nil
	j.cfg = &Config{Failed: j.noteFailure, AcceptFailed: j.AcceptFailed, MaxFailed: -1, Stats: &j.progress.stats}
}

// resumeAny reads the results of an earlier run, and keeps all of them, whatever the input has become.
func (j *job) resumeAny(file *results.File) (err error) {
	if j.cfg.Resume, err = file.Scan(results.None); err != nil {
		return outputError(j.Output, err)
	}
	return nil
}
