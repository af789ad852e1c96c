package job

import (
	"context"
	"errors"
	"os"

	"github.com/chatcmpl/chatcmpl/internal/accept"
	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/conversation"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/pace"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// prepare reads the files that the options name, creates the client and opens the input.
func (j *job) prepare(ctx context.Context) error {
	j.Accept.JSON = !j.Text && j.Table.Format == 0
	rules, err := accept.Compile(j.Accept)
	if err != nil {
		return err
	}
	j.rules = rules
	if j.endpoint, err = j.Connect.Endpoint(j.con); err != nil {
		return err
	}
	if err := j.connect(ctx, j.endpoint, rules); err != nil {
		return err
	}
	err = j.prepareInput(ctx)
	if err != nil && j.Delivery != nil && j.Delivery.Ends() {
		j.prepareWithout(err)
		return nil
	}
	return err
}

// prepareInput opens the input, and prepares the requests of its records.
func (j *job) prepareInput(ctx context.Context) (err error) {
	if err := j.readParts(ctx); err != nil {
		return err
	}
	if j.template, err = conversation.NewTemplate(j.Request, j.endpoint, j.rules); err != nil {
		return err
	}
	if j.in, err = j.open(); err != nil {
		return err
	}
	if err := j.checkFiles(); err != nil {
		return err
	}
	return j.configure()
}

// connect creates the sender, unless the run is a dry run.
func (j *job) connect(ctx context.Context, endpoint *connect.Endpoint, rules *accept.Rules) error {
	if j.DryRun {
		j.Connect.HideKeyFile(j.con)
		_, _, err := j.Connect.Header(j.con)
		return err
	}
	client, err := connect.Open(ctx, j.con, &j.Connect, endpoint, j.Jobs)
	if err != nil {
		return err
	}
	// A batch waits for as long as a server asks.
	client.Policy.MaxAfter = 0
	limits := pace.New(j.Jobs, j.RPM, j.TPM)
	if client.Replays() {
		j.progress.untimed = true
		limits = pace.New(j.Jobs, 0, 0)
	}
	if j.MaxTicks > 0 && !endpoint.XAI && !endpoint.Offline {
		j.con.Note("--max-cost needs a server that reports the cost of each reply; the run ends at the first reply without one")
	}
	j.sender = &batch.Sender{Console: j.con, Client: client, Rules: rules, Pace: limits, Texts: j.needsTexts()}
	return nil
}

func (j *job) readParts(ctx context.Context) (err error) {
	stdin := &input.Stdin{File: j.con.Stdin, Terminal: j.con.StdinTerminal}
	if j.Input == "-" {
		stdin.ClaimedBy = "-i -"
	}
	j.Parts.Events = conversation.Events(j.con)
	if j.Rows != 0 {
		j.rowParts, err = input.ReadRowParts(ctx, stdin, &j.Parts)
		return err
	}
	j.parts, err = input.ReadParts(ctx, stdin, &j.Parts)
	return err
}

// open opens the input.
func (j *job) open() (*os.File, error) {
	if j.Input == "-" {
		if info, err := j.con.Stdin.Stat(); err == nil && info.IsDir() {
			return nil, failure.BadOption("input", "", " -: standard input is a directory")
		}
		return j.con.Stdin, nil
	}
	f, err := os.Open(j.Input)
	if err != nil {
		return nil, failure.BadOption("input", "", ": %w", err)
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		j.progress.size = info.Size()
	} else if err == nil && info.IsDir() {
		return nil, errors.Join(failure.BadOption("input", "", " %s: it is a directory", j.Input), f.Close())
	}
	return f, nil
}

// checkFiles returns an error if the cassette is also the input or the output, or if the input is a standard stream
// that is written to.
func (j *job) checkFiles() error {
	switch {
	case results.IsInput(j.con.Stdout, j.in):
		return failure.BadUsage("-o FILE keeps the results", "standard output is the input: its results would be its next records")
	case results.IsInput(j.con.Stderr, j.in):
		return failure.BadUsage("redirect it to another file", "standard error is the input: its notes would be its next records")
	}
	in, _ := j.in.Stat()
	if err := j.Connect.SameFile("input", in); err != nil {
		return err
	}
	for _, name := range j.outputs() {
		out, _ := os.Stat(name)
		if err := j.Connect.SameFile("output", out); err != nil {
			return err
		}
	}
	return nil
}

// outputs returns the names of the files that are written.
func (j *job) outputs() []string {
	if j.file != nil {
		return []string{j.Output, j.file.name}
	}
	return []string{j.Output}
}

// configure sets the configuration of the run.
func (j *job) configure() error {
	j.cfg = &batch.Config{
		Records: input.Records{
			Lines: j.Lines, Shard: j.Shard, Shards: j.Shards, Limit: j.Limit, ID: j.ID, LineRead: j.progress.lineRead,
			Lossy: j.Parts.Lossy, Replaced: func(bytes int) { j.replaced.Add(int64(bytes)) },
		},
		Jobs: j.Jobs, Request: j.request, Failed: j.noteFailure, AcceptFailed: j.AcceptFailed, MaxFailed: j.MaxFailed, MaxTicks: j.MaxTicks, Stats: &j.progress.stats,
	}
	if j.Map != nil {
		j.cfg.Records.Map = j.Map.One
	}
	if j.Rows != 0 {
		j.cfg.Input = j.rowInput
	}
	if j.Expect != nil {
		j.cfg.Judge = j.judge
	}
	if j.Delivery != nil {
		j.cfg.Submitted = j.Delivery.Submitted
	}
	if err := j.checkFlags(); err != nil {
		return err
	}
	if err := j.openRows(); err != nil {
		return err
	}
	return j.openTable()
}

// prepareWithout prepares a run whose input can't be used. It writes no table, which is made of the input.
func (j *job) prepareWithout(reason error) {
	j.con.Note("%v; what comes back is kept without it", reason)
	j.in, j.file, j.table = nil, nil, nil
	j.cfg = &batch.Config{Failed: j.noteFailure, AcceptFailed: j.AcceptFailed, MaxFailed: -1, Stats: &j.progress.stats}
}
