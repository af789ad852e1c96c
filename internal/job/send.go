package job

import (
	"context"
	"errors"
	"io/fs"
	"sync"

	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/results"
	"github.com/chatcmpl/chatcmpl/internal/rows"
)

// Send sends every record of the input. Its errors are those of Run, errors of reading the files in the options, and
// usage errors.
func Send(ctx context.Context, con *console.Console, o *Options) error {
	j := &job{Options: o, con: con, progress: progress{shards: o.Shards}}
	if finished, err := j.beginTableFile(); err != nil || finished {
		return err
	}
	if err := j.prepare(ctx); err != nil {
		return err
	}
	defer func() { _ = j.in.Close() }()
	if j.DryRun {
		return j.dryRun(ctx)
	}
	if err := j.run(ctx); err != nil {
		return err
	}
	if j.isPending() {
		// The run that gets the last results judges all of them.
		return nil
	}
	return j.checkPassed()
}

// run sends the records to stdout or to the output file.
func (j *job) run(ctx context.Context) error {
	defer j.sender.Client.Close()
	j.cfg.Send = j.sender.Send
	if places := j.sender.Client.Places(); places != nil {
		j.cfg.Place = places.Prepare
	}
	if !j.wholeResults() {
		f := &formatter{j.Text, j.Null, j.Filter, j.table, j.con.Redactor.JSON}
		j.cfg.Format = f.format
	}
	if j.Text {
		j.cfg.Placeholder = []byte("\n")
		if j.Null {
			j.cfg.Placeholder = []byte{0}
		}
	}
	if j.Output == "" {
		return j.print(ctx)
	}
	file, err := results.OpenFile(j.Output, j.Resume, j.Force, j.in)
	if err != nil {
		return outputError(j.Output, err)
	}
	defer func() { _ = file.Close() }()
	j.cfg.Sink, j.out = file, file
	if !file.IsReadable() {
		j.cfg.Sink = &deviceSink{file, &j.writes}
	}
	if err := j.begin(ctx, file); err != nil {
		return err
	}
	if err := j.send(ctx); err != nil || j.file == nil || j.isPending() {
		return err
	}
	err = j.writeTable(ctx, file)
	if err != nil && j.Delivery != nil && j.Delivery.Ends() {
		j.con.Note("%v", err)
		return nil
	}
	return err
}

// isPending reports whether a later run gets results that this one left.
func (j *job) isPending() bool { return j.Delivery != nil && j.Delivery.Pending() }

// begin makes the output file ready for further results.
func (j *job) begin(ctx context.Context, file *results.File) error {
	switch {
	case j.Delivery != nil && j.Delivery.Ends():
		if err := j.resumeAny(file); err != nil {
			return err
		}
		return file.Continue(j.cfg.Resume)
	case j.Resume:
		if err := j.resume(ctx, file.Scan); err != nil {
			return err
		}
		if err := j.judgePast(ctx, file); err != nil {
			return err
		}
		return file.Continue(j.cfg.Resume)
	case j.Force:
		return file.Truncate()
	}
	return nil
}

// print sends the records and prints their results.
func (j *job) print(ctx context.Context) error {
	sink := &stdout{j.con.Output(), !j.Unordered || j.table != nil}
	j.cfg.Sink = sink
	if j.table == nil {
		return j.send(ctx)
	}
	if err := sink.Write(j.table.header()); err != nil {
		return &tableError{"on standard output", err}
	}
	defer j.table.note(j.con, "-o FILE.jsonl keeps all of it")
	return j.send(ctx)
}

// send runs the batch while showing its progress, then prints a summary, and hints how to continue if the run ended
// early.
func (j *job) send(ctx context.Context) error {
	hint := j.resumeHint()
	printHint := sync.OnceFunc(func() { j.con.Hint(hint) })
	deliver, ending := j.runUnlessStuck, "finishing what is under way"
	if j.Delivery != nil {
		deliver, ending = j.deliver, "the batches go on at the provider"
	}
	end := j.Graceful(func() { j.con.Note("%s; a second ^C or signal ends at once", ending) }, printHint)
	done := j.showProgress()
	err := deliver(ctx)
	end()
	done()
	j.progress.summary(j.con)
	if n := j.replaced.Load(); n > 0 {
		j.con.Note("%d bytes of the input that are not UTF-8 were replaced by U+FFFD", n)
	}
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		// The signal is about to end the process, so nothing else reports the error.
		printHint()
		return err
	}
	return j.withHint(err, hint)
}

// withHint adds a hint to an error of Run, usually how to continue.
func (j *job) withHint(err error, hint string) error {
	if err == nil || failure.IsHinted(err) {
		return err
	}
	if _, ok := errors.AsType[*rows.UnclosedError](err); ok {
		return err
	}
	if lost, ok := errors.AsType[*results.LostError](err); ok {
		return j.addSavedHint(err, lost.Saved)
	}
	if incomplete, ok := errors.AsType[*batch.IncompleteError](err); ok && incomplete.Reason == "" {
		if !j.isResumable() {
			return err
		}
		hint = "--resume retries failures that may pass, --resume --retry-failed all of them; jq " + console.Quote("select(.error)") + " " + console.Quote(j.Output) + " shows them"
	}
	switch failure.Of(err).Kind {
	case failure.Incomplete, failure.Internal, failure.Output:
		return failure.WithHint(err, hint)
	}
	return err
}

// addSavedHint adds a hint to continue with the file in which the results were saved.
func (j *job) addSavedHint(err error, saved string) error {
	if saved == "" || !j.isResumable() {
		return err
	}
	if j.file != nil {
		return failure.WithHint(err, "mv "+console.Quote(saved)+" "+console.Quote(j.Output)+" puts them back; then continue with: "+j.ResumeCommand)
	}
	return failure.WithHint(err, "continue with --resume and -o "+console.Quote(saved))
}

// isResumable reports whether --resume can continue this run, which needs results and records that can be read again.
func (j *job) isResumable() bool {
	file, ok := j.cfg.Sink.(*results.File)
	return ok && file.IsReadable() && j.wholeResults() && j.Input != "-" && isRegular(j.in)
}

// resumeHint returns the hint of how to continue if the run ends early.
func (j *job) resumeHint() string {
	if j.isResumable() {
		return "continue with: " + j.ResumeCommand
	}
	return "the results so far are written; only a run with -o FILE and whole results can be resumed"
}

// showProgress displays the progress, unless a person is typing the records, or a delivery shows its own.
func (j *job) showProgress() (done func()) {
	if j.Delivery != nil {
		return func() {}
	}
	if info, err := j.in.Stat(); err == nil && info.Mode()&fs.ModeCharDevice != 0 && console.IsTerminal(j.in) {
		return func() {}
	}
	return j.progress.show(j.con)
}

// deliver lets the delivery send the records.
func (j *job) deliver(ctx context.Context) error {
	j.cfg.Stats.Begin()
	return j.Delivery.Deliver(ctx, &batch.DeliveryRun{
		Config: j.cfg, Console: j.con, Endpoint: j.endpoint, Sender: j.sender, In: j.in, File: j.out, ResumeCommand: j.ResumeCommand,
	})
}
