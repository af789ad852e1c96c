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

// job is one run over a file of records.
type job struct {
	*Options

	con      *console.Console
	cfg      *Config
	in       *os.File
	parts    *input.Parts
	template *conversation.Template
	sender   *Sender
	progress progress
	noted    sync.Map       // kinds of failures whose first record has been noted
	replaced atomic.Int64   // invalid UTF-8 bytes of the input
	writes   console.Writes // to an output that is not a regular file
}

// prepare reads the files that the options name, creates the client and opens the input.
func (j *job) prepare(ctx context.Context) error {
	j.Accept.JSON = !j.Text
	rules, err := accept.Compile(j.Accept)
	if err != nil {
		return err
	}
	endpoint, err := j.Connect.Endpoint(j.con)
	if err != nil {
		return err
	}
	if err := j.connect(ctx, endpoint, rules); err != nil {
		return err
	}
	if err := j.readParts(ctx); err != nil {
		return err
	}
	if j.template, err = conversation.NewTemplate(j.Request, endpoint, rules); err != nil {
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
	pace := NewPace(j.Jobs, j.RPM, j.TPM)
	if client.Replays() {
		j.progress.untimed = true
		pace = NewPace(j.Jobs, 0, 0)
	}
	if j.MaxTicks > 0 && !endpoint.XAI && !endpoint.Offline {
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
		if info, err := j.con.Stdin.Stat(); err == nil && info.IsDir() {
			return nil, failure.BadOption("input", "", " -: standard input is a directory")
		}
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
	out, _ := os.Stat(j.Output)
	return j.Connect.SameFile("output", out)
}

// configure sets the configuration of the run.
func (j *job) configure() error {
	j.cfg = &Config{
		Records: input.Records{
			Lines: j.Lines, Shard: j.Shard, Shards: j.Shards, LineRead: j.progress.lineRead,
			Lossy: j.Parts.Lossy, Replaced: func(bytes int) { j.replaced.Add(int64(bytes)) },
		},
		Jobs: j.Jobs, Request: j.request, Failed: j.noteFailure, AcceptFailed: j.AcceptFailed, MaxFailed: j.MaxFailed, MaxTicks: j.MaxTicks, Stats: &j.progress.stats,
	}
	if j.Map != nil {
		j.cfg.Records.Map = j.Map.One
	}
	conv := j.parts.Prompt(nil, "", nil)
	if err := j.template.CheckFlags(&conv, j.RetriesByFlag); err != nil || j.Map != nil || !j.Lines {
		return err
	}
	// All prompts share the same fields, so an error in one request is in all.
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

// noteFailure notes the first failure of each kind.
func (j *job) noteFailure(result *Result) {
	if _, noted := j.noted.LoadOrStore(result.Failure.Kind, true); noted {
		return
	}
	j.con.Note("record %s (line %d): %s", result.CustomID, result.Line, result.Failure.Message)
	if result.Failure.Code == input.CodeNotJSON {
		j.con.Note("--lines takes plain lines as prompts; jq -c '.[]' makes a line of each element of an array")
	}
}
