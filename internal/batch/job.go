package batch

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"

	"github.com/chatcmpl/chatcmpl/internal/accept"
	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/conversation"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// job is a run over the records of a file.
type job struct {
	*Options

	con      *console.Console
	cfg      *Config
	in       *os.File
	parts    *input.Parts
	template *conversation.Template
	sender   *Sender
	progress progress
	told     sync.Map       // the kinds of failures whose first record a person was told of
	replaced atomic.Int64   // bytes of the input that are not UTF-8
	writes   console.Writes // to an output that is no regular file
}

// prepare reads what the options name, makes the client and opens the input.
func (j *job) prepare(ctx context.Context) error {
	j.Accept.JSON = !j.Text
	rules, err := accept.Compile(j.Accept)
	if err != nil {
		return err
	}
	to, err := j.Connect.Endpoint(j.con)
	if err != nil {
		return err
	}
	if err := j.connect(ctx, to, rules); err != nil {
		return err
	}
	if err := j.readParts(ctx); err != nil {
		return err
	}
	if j.template, err = conversation.NewTemplate(j.Request, to, rules); err != nil {
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

// connect makes the sender, unless requests are only shown.
func (j *job) connect(ctx context.Context, to *connect.Endpoint, rules *accept.Rules) error {
	if j.DryRun {
		j.Connect.HideKeyFile(j.con)
		_, _, err := j.Connect.Header(j.con)
		return err
	}
	client, err := connect.Open(ctx, j.con, &j.Connect, to, j.Jobs)
	if err != nil {
		return err
	}
	// However long a server asks to wait, the run waits.
	client.Policy.MaxAfter = 0
	pace := NewPace(j.Jobs, j.RPM, j.TPM)
	if client.Replays() {
		pace = NewPace(j.Jobs, 0, 0)
	}
	if j.MaxTicks > 0 && !to.XAI && !to.Offline {
		j.con.Note("--max-cost needs a server that tells what each reply cost; the run ends at the first reply that does not")
	}
	j.sender = &Sender{Console: j.con, Client: client, Rules: rules, Pace: pace, Texts: j.Text}
	return nil
}

func (j *job) readParts(ctx context.Context) (err error) {
	stdin := &input.Stdin{File: j.con.Stdin, Terminal: j.con.StdinTerminal}
	if j.Input == "-" {
		stdin.ClaimedBy = "-i -"
	}
	j.Parts.Events = conversation.Events(j.con)
	j.parts, err = input.ReadParts(ctx, stdin, &j.Parts)
	return err
}

// open opens the input.
func (j *job) open() (*os.File, error) {
	if j.Input == "-" {
		return j.con.Stdin, nil
	}
	f, err := os.Open(j.Input)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, failure.BadOption("input", "", " %s: no such file", j.Input)
	}
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

// checkFiles refuses a file of exchanges that is also the input or the output, and a stream that is the input.
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
	out, _ := os.Stat(j.Output)
	return j.Connect.SameFile("output", out)
}

// configure makes the run's configuration.
func (j *job) configure() error {
	j.cfg = &Config{
		Records: input.Records{
			Lines: j.Lines, Shard: j.Shard, Shards: j.Shards, Taken: j.progress.took,
			Lossy: j.Parts.Lossy, Replaced: func(bytes int) { j.replaced.Add(int64(bytes)) },
		},
		Jobs: j.Jobs, Request: j.request, Failed: j.tellFailure, AcceptFailed: j.AcceptFailed, MaxFailed: j.MaxFailed, MaxTicks: j.MaxTicks, Stats: &j.progress.stats,
	}
	if j.Map != nil {
		j.cfg.Records.Map = j.Map.One
	}
	conv := j.parts.Prompt(nil, "", nil)
	if err := j.template.CheckFlags(&conv, j.RetriesByFlag); err != nil || j.Map != nil || !j.Lines {
		return err
	}
	// What is wrong with one prompt's request is wrong with all.
	_, err := j.request(&input.Record{Prompt: new(string)})
	return err
}

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
