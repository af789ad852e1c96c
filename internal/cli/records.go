package cli

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/lock"
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// batchRetries is the number of retries of each record where nobody says another.
const batchRetries = 8

// records is a run over many conversations.
type records struct {
	*conversation
	flags    *recordFlags
	parts    *input.Parts
	over     *overlay
	link     *link
	pace     *batch.Pace
	filter   *render.Filter
	stats    batch.Stats
	progress progress
	told     sync.Map     // the kinds of failures and of waits of which a person was told
	replaced atomic.Int64 // bytes of the input that are no UTF-8
	reached  atomic.Bool  // the server has answered
}

// records sends the records of -i.
func (c *conversation) records(ctx context.Context, cmd *cobra.Command, flags *recordFlags, words []string) error {
	if err := flags.check(c.env, cmd, &c.output); err != nil {
		return err
	}
	if len(words) > 0 || cmd.Flags().Changed("prompt") {
		return usage("-s puts a system message before each record", "a prompt does not go with -i: the records are the prompts")
	}
	r := &records{conversation: c, flags: flags}
	if err := r.prepare(ctx, cmd); err != nil {
		return err
	}
	in, err := r.open()
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	if err := r.tapeApart(in); err != nil {
		return err
	}
	cfg := &batch.Config{
		Jobs: flags.jobs, Prepare: r.make, MaxFailed: flags.maxErrors, MaxTicks: flags.maxTicks, Stats: &r.stats,
	}
	if flags.failFast {
		cfg.MaxFailed = 0
	}
	cfg.Reader, err = r.reader()
	if err != nil {
		return err
	}
	if c.output.dryRun {
		return r.dryRun(ctx, cfg, in)
	}
	if !r.whole() {
		cfg.Format = r.format
	}
	if flags.text {
		cfg.Gap = []byte("\n")
		if c.output.null {
			cfg.Gap = []byte{0}
		}
	}
	cfg.Failed = r.tell
	return r.run(ctx, cfg, in)
}

// whole says that results are written as they are, so that a run can be resumed.
func (r *records) whole() bool {
	return !r.flags.text && r.output.jq == "" && !r.output.null
}

// prepare reads what the flags name and makes the client.
func (r *records) prepare(ctx context.Context, cmd *cobra.Command) error {
	_, filter, err := r.output.printer(r.env)
	if err == nil {
		err = r.output.flagged.check(cmd)
	}
	if err != nil {
		return err
	}
	r.filter = filter
	to, err := r.connect.endpoint(r.env)
	if err != nil {
		return err
	}
	if r.output.dryRun {
		_, err = r.connect.shown(r.env)
	} else {
		err = r.reach(ctx, cmd, to)
	}
	if err != nil {
		return err
	}
	r.pace = batch.NewPace(r.flags.jobs, r.flags.rpm, r.flags.tpm)
	spec, err := r.input.spec(r.env, cmd, nil)
	if err != nil {
		return err
	}
	stdin := &input.Stdin{File: r.env.stdin, Terminal: r.env.inTTY}
	if r.flags.in == "-" {
		stdin.ClaimedBy = "-i -"
	}
	if r.parts, err = input.ReadParts(ctx, stdin, spec); err != nil {
		return err
	}
	r.over, err = r.request.overlay(cmd, to, r.output.shape)
	return err
}

// reach makes the client.
func (r *records) reach(ctx context.Context, cmd *cobra.Command, to *endpoint) (err error) {
	if r.link, err = r.connect.link(ctx, r.env, cmd, to, r.flags.jobs); err != nil {
		return err
	}
	if f := cmd.Flags().Lookup("retries"); !f.Changed && !r.env.has(f.Name) {
		r.link.policy.Retries = batchRetries
	}
	// However long a server asks to wait, the run waits.
	r.link.policy.MaxAfter = 0
	if r.link.replayed() {
		r.flags.rpm, r.flags.tpm = 0, 0
	}
	if r.flags.maxTicks > 0 && !to.xai && !to.offline {
		r.env.note("--max-cost needs a server that tells what each reply cost; the run ends at the first reply that does not")
	}
	return nil
}

// open opens the input.
func (r *records) open() (*os.File, error) {
	if r.flags.in == "-" {
		return r.env.stdin, nil
	}
	f, err := os.Open(r.flags.in)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usage("", "--input %s: no such file", r.flags.in)
	}
	if err != nil {
		return nil, usage("", "--input: %w", err)
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		r.progress.size = info.Size()
	} else if err == nil && info.IsDir() {
		return nil, errors.Join(usage("", "--input %s: it is a directory", r.flags.in), f.Close())
	}
	return f, nil
}

// tapeApart refuses a file of exchanges that is also the input or the output.
func (r *records) tapeApart(in *os.File) error {
	input, _ := in.Stat()
	if err := r.connect.cassette.apart(r.env, "input", input); err != nil {
		return err
	}
	output, _ := os.Stat(r.flags.out)
	return r.connect.cassette.apart(r.env, "output", output)
}

func (r *records) reader() (batch.Reader, error) {
	reader := batch.Reader{
		Lines: r.flags.lines, Shard: r.flags.shard, Shards: r.flags.shards, Read: r.progress.took,
		Lossy: r.input.lossy, Replaced: func(bytes int) { r.replaced.Add(int64(bytes)) },
	}
	if r.flags.mapping == "" && r.flags.lines {
		// What is wrong with one prompt's request is wrong with all.
		_, err := r.make(&batch.Item{Prompt: new(string)})
		return reader, err
	}
	if r.flags.mapping == "" {
		return reader, nil
	}
	filter, err := render.Compile(r.flags.mapping, r.env.publicEnviron())
	if err != nil {
		return reader, err
	}
	reader.Map = func(ctx context.Context, raw []byte) ([]byte, error) {
		return filter.One(ctx, raw)
	}
	return reader, nil
}

// make makes the request of a record.
func (r *records) make(item *batch.Item) (batch.Request, error) {
	var conv input.Conversation
	if item.Prompt != nil {
		conv = r.parts.Prompt(item.System, *item.Prompt, item.Fields)
	} else {
		var err error
		if conv, err = r.parts.Messages(item.Messages, item.Fields); err != nil {
			return batch.Request{}, err
		}
	}
	req, err := r.over.request(&conv, nil)
	if err != nil {
		return batch.Request{}, err
	}
	return batch.Request{
		Doc:  req.Doc(),
		Send: func(ctx context.Context) batch.Outcome { return r.attempt(ctx, req) },
	}, nil
}

// format makes what is printed of a result where that is not its line.
func (r *records) format(ctx context.Context, result *batch.Result) ([]byte, error) {
	var out bytes.Buffer
	w := render.Writer{Out: &out, NUL: r.output.null, Redact: r.env.redact.Bytes}
	switch {
	case r.flags.text:
		text := strings.Join(result.Texts, "\n")
		if result.Failure != nil {
			text = ""
		}
		if r.output.null {
			text = strings.ReplaceAll(text, "\x00", " ")
		} else {
			text = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(strings.TrimRight(text, "\r\n"))
		}
		err := w.Value([]byte(text))
		return out.Bytes(), err
	case r.filter != nil:
		err := w.Filtered(ctx, r.filter, result.AppendLine(nil))
		if failed := new(render.FilterError); errors.As(err, &failed) {
			err = &batch.Failure{Kind: "jq", Message: err.Error()}
		}
		return out.Bytes(), err
	}
	err := w.JSON(result.AppendLine(nil))
	return out.Bytes(), err
}

// tell tells of the first failure of each kind.
func (r *records) tell(result *batch.Result) {
	failure := result.Failure
	if _, told := r.told.LoadOrStore(failure.Kind, true); told {
		return
	}
	r.env.note("record %s (line %d): %s", result.CustomID, result.Line, failure.Message)
	if failure.Code == batch.CodeNotJSON {
		r.env.note("--lines takes plain lines as prompts; jq -c '.[]' makes a line of each element of an array")
	}
}

// waiting tells of the first wait for each kind of failure that is worth a word, with
// --verbose of all of them.
func (r *records) waiting(err error, wait time.Duration, attempt int) {
	kind := "waiting for " + describe(err).kind
	if wait > time.Second && !r.env.verbose {
		if _, told := r.told.LoadOrStore(kind, true); told {
			return
		}
	}
	r.link.waiting(err, wait, attempt)
}

// refused words why a file can't take the results.
func refused(name string, err error) error {
	changed := new(batch.ChangedError)
	foreign := new(batch.NotResultError)
	switch {
	case errors.Is(err, batch.ErrExists):
		return usage("--resume goes on with it, --force overwrites it", "--output %s: it exists", name)
	case errors.Is(err, batch.ErrFolder):
		return usage("", "--output %s: it is a directory", name)
	case errors.Is(err, batch.ErrIsInput):
		return usage("", "--output %s: it is the input", name)
	case errors.Is(err, lock.ErrHeld):
		return usage("wait for the other run, or take another file", "--output %s: another run is writing it", name)
	case errors.As(err, &foreign):
		return usage("it is left as it is; take another file", "--output %s: %w", name, foreign)
	case errors.As(err, &changed) && changed.Failed:
		return usage("--retry-failed does every record again that failed", "%w", changed)
	case errors.As(err, &changed):
		return usage("put the old request back, or take another file for the results", "%w", changed)
	case err != nil:
		return usage("", "--output: %w", err)
	}
	return nil
}
