package batch

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"

	"github.com/chatcmpl/chatcmpl/internal/accept"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/conversation"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// Options describe a batch over a file of records.
type Options struct {
	Connect connect.Options
	// Parts says what goes before each record, and the pictures that join it. Its events are set here.
	Parts   input.Spec
	Request conversation.RequestOptions
	Accept  accept.Options

	// Input names the file of records; "-" is stdin. Lines reads each line as a prompt; Map makes a record of any JSON, nil
	// for none. Shard and Shards are those of input.Records.
	Input         string
	Lines         bool
	Map           *render.Filter
	Shard, Shards int64

	// Output names the file that results are appended to; empty prints them to stdout, Unordered as they come. Resume goes on
	// with the file, with RetryFailed also where a record failed for good; Force overwrites it.
	Output                     string
	Resume, RetryFailed, Force bool
	Unordered                  bool
	// Text prints the replies' texts, Filter what it makes of each result; nil for none. Null ends each by NUL.
	Text   bool
	Filter *render.Filter
	Null   bool

	// Jobs is the number of requests at the same time; RPM and TPM bound requests and tokens a minute, 0 is no limit.
	Jobs     int
	RPM, TPM float64
	// MaxFailed and MaxTicks are those of Config.
	MaxFailed int
	MaxTicks  int64

	// DryRun prints the requests in place of sending them.
	DryRun bool
	// ResumeCommand is the command that goes on where this run ends early.
	ResumeCommand string
	// Graceful sets what is called at the first signal, which only ends ctx, and at the second, which ends the process.
	Graceful func(first, second func())
}

// wholeResults reports whether results are written as they are, so that a run can be resumed.
func (o *Options) wholeResults() bool { return !o.Text && o.Filter == nil && !o.Null }

// job is a run over the records of a file.
type job struct {
	*Options

	con      *console.Console
	cfg      *Config
	in       *os.File
	parts    *input.Parts
	template *conversation.Template
	sender   *Sender
	stats    Stats
	progress progress
	told     sync.Map     // the kinds of failures whose first record a person was told of
	replaced atomic.Int64 // bytes of the input that are not UTF-8
}

// Send sends every record of the input. Errors are those of Run, of reading what the options name, and usage errors.
func Send(ctx context.Context, con *console.Console, o *Options) error {
	j := &job{Options: o, con: con}
	if err := j.prepare(ctx); err != nil {
		return err
	}
	defer func() { _ = j.in.Close() }()
	if o.DryRun {
		return j.dryRun(ctx)
	}
	return j.run(ctx)
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

// checkFiles refuses a file of exchanges that is also the input or the output.
func (j *job) checkFiles() error {
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
		Jobs: j.Jobs, Request: j.request, Failed: j.tellFailure, MaxFailed: j.MaxFailed, MaxTicks: j.MaxTicks, Stats: &j.stats,
	}
	if j.Map != nil {
		j.cfg.Records.Map = j.Map.One
		return nil
	}
	if !j.Lines {
		return nil
	}
	// What is wrong with one prompt's request is wrong with all.
	_, err := j.request(&input.Record{Prompt: new(string)})
	return err
}
