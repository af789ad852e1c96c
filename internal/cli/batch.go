package cli

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/job"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/rows"
	"github.com/chatcmpl/chatcmpl/internal/settings"
)

func newBatch(p *program) {
	p.add(option.Batch, &cobra.Command{
		Args:    func(_ *cobra.Command, words []string) error { return p.refuseRecordsAsPrompt(words) },
		Use:     "batch {-n N | -i FILE} [flags] [PROMPT...]",
		Short:   "send many conversations from a file, or ask for several replies",
		GroupID: groupAsk,
		Example: `  chatcmpl batch --lines -i prompts.txt -o results.jsonl
  chatcmpl batch -n 3 "Give me a random number"
  chatcmpl batch -i requests.jsonl -o results.jsonl --resume
  chatcmpl batch -i tickets.csv 'Classify: {{title}}' -o labelled.csv \
    --schema 'label:(bug|feature), urgent:bool'
  cut -f2 tickets.tsv |
    chatcmpl batch --lines -i - -s "One word: bug or feature." --text
  jq -c '.[]' all.json |
    chatcmpl batch -i - --map '{prompt: .title, custom_id: .id}' --text`,
	}, p.runBatch)
}

func (p *program) runBatch(ctx context.Context, v *settings.Values, words []string) error {
	if v.IsSet("input") {
		o, err := p.batchOptions(v, words)
		if err != nil {
			return err
		}
		q, err := p.openQueue(v, o)
		if err != nil {
			return err
		}
		if q != nil {
			defer q.Close()
			o.Delivery = q
		}
		defer limitGC()()
		return job.Send(ctx, p.con, o)
	}
	if !v.IsSet("n") {
		return failure.BadUsage("chatcmpl batch -n 3 PROMPT, or chatcmpl batch -i REQUESTS.jsonl",
			"batch needs -n, the number of choices, or -i, a file of requests")
	}
	if v.IsSet("extract") && v.IsSet("jq") {
		return failure.BadUsage("", "--extract prints text, which %s does not", v.Called("jq"))
	}
	return p.runChat(ctx, v, words)
}

// refuseRecordsAsPrompt returns an error if the only word names a file of records and -i is missing.
func (p *program) refuseRecordsAsPrompt(words []string) error {
	if len(words) != 1 || p.isGiven(func(o *option.Option) bool { return o.Name == "input" }) {
		return nil
	}
	needsInput := func(o *option.Option) bool {
		return slices.ContainsFunc(o.Needs, func(n option.Need) bool { return n.Option == "input" })
	}
	name := words[0]
	if !strings.HasSuffix(name, ".jsonl") && rows.FormatOf(name) == 0 && !p.isGiven(needsInput) {
		return nil
	}
	if info, err := os.Stat(name); err != nil || info.IsDir() {
		return nil //nolint:nilerr // the word is a prompt
	}
	at := max(0, slices.Index(p.args, name))
	return failure.BadUsage(p.retyped(at, "-i"), "%s would be sent as a prompt", name)
}

// batchRetries is the default number of retries of each record.
const batchRetries = 8

// batchOptions returns the options of a batch over a file of records.
func (p *program) batchOptions(v *settings.Values, words []string) (*job.Options, error) {
	format := rowFormat(v)
	if (len(words) > 0 || v.IsSet("prompt")) && format == 0 {
		return nil, failure.BadUsage(promptHint(v.Text("input")), "a prompt does not go with -i: the records are the prompts")
	}
	if v.On("resume") && v.Text("input") == "-" {
		return nil, failure.BadUsage("write it to a file first", "--resume reads the requests twice, and standard input can be read only once")
	}
	parts, err := inputSpec(v, words)
	if err != nil {
		return nil, err
	}
	request, err := requestOptions(v, format != 0)
	if err != nil {
		return nil, err
	}
	o := &job.Options{
		Connect: p.connectOptions(v), Parts: parts, Request: request, Accept: acceptOptions(v),
		Input: v.Text("input"), Lines: v.On("lines"), Output: v.Text("output"), RetriesByFlag: v.ByFlag("schema-retries"),
		Resume: v.On("resume") || v.On("cancel"), RetryFailed: v.On("retry-failed"), AcceptFailed: v.On("accept-failed"),
		Force: v.On("force"), Unordered: v.On("unordered"),
		Text: v.On("text"), Null: v.On("null"), Jobs: v.Int("jobs", 1), RPM: v.Number("rpm"), TPM: v.Number("tpm"),
		MaxFailed: v.Int("max-errors", -1), MaxTicks: v.Money("max-cost"), DryRun: v.On("dry-run"),
		ResumeCommand: p.resumeCommand(v), Graceful: p.signals.HandleGracefully,
	}
	o.Shard, o.Shards = v.Shard("shard")
	if v.On("fail-fast") {
		o.MaxFailed = 0
	}
	if !v.IsSet("retries") {
		o.Connect.Retries = batchRetries
	}
	if o.Filter, err = p.filter(v.Filter("jq"), job.Variables()...); err != nil {
		return nil, err
	}
	if o.Map, err = p.filter(v.Text("map")); err != nil {
		return nil, err
	}
	return o, p.setRows(o, format, v)
}

// promptHint proposes what to use in place of a prompt for the records of a file.
func promptHint(input string) string {
	system := "-s puts a system message before each record"
	if strings.HasSuffix(input, ".jsonl") {
		return system + "; --rows jsonl fills fields of JSON into a prompt"
	}
	return "--rows csv, tsv or jsonl fills columns of the rows into a prompt; " + system
}

// resumeCommand returns the command line that resumes a batch.
func (p *program) resumeCommand(v *settings.Values) string {
	flags, words := quoted(p.args[:p.flagsEnd]), quoted(p.args[p.flagsEnd:])
	for _, name := range []string{"force", "retry-failed"} {
		if v.On(name) {
			flags = removeSwitch(flags, "--"+name)
		}
	}
	if !v.On("resume") {
		flags = append(flags, "--resume")
	}
	return strings.Join(slices.Concat([]string{"chatcmpl"}, flags, words), " ")
}

// removeSwitch removes a switch from a command line. If several words look like it, one may be another flag's value, so
// removeSwitch appends the switch with the value false instead.
func removeSwitch(words []string, flag string) []string {
	is := func(word string) bool { return word == flag || strings.HasPrefix(word, flag+"=") }
	others := slices.DeleteFunc(slices.Clone(words), is)
	if len(words)-len(others) == 1 {
		return others
	}
	return append(words, flag+"=false")
}
