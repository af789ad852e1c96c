package cli

import (
	"cmp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/render"
)

// outputFlags are the flags that say what is printed.
type outputFlags struct {
	json      bool
	jq        string
	null      bool
	reasoning bool
	usage     bool
	accept    []string
	dryRun    bool
	curl      bool
	flagged   shapeFlags
	// shape is what the reply's text must look like; it is there once the printer is.
	shape *shape
}

// bindValue adds the flags of every command that prints what a server sent.
func (f *outputFlags) bindValue(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.BoolVar(&f.json, "json", false, "print the response's JSON, as the server wrote it, on one line")
	fs.VarP(f.filter(), "jq", "q", "print what a jq filter makes of the response's JSON")
	fs.BoolVarP(&f.null, "null", "0", false, "end each value by NUL in place of a newline")
}

// filter is the flag of the jq filter. An empty one is the identity, as it is for jq: a
// script whose variable is unset must not get text in place of JSON.
func (f *outputFlags) filter() *value {
	return &value{kind: "filter", set: func(s string) error {
		f.jq = cmp.Or(s, ".")
		return nil
	}}
}

// bind adds the flags of the commands that print a reply.
func (f *outputFlags) bind(cmd *cobra.Command) {
	f.bindValue(cmd)
	words := []string{"length", "content_filter", "refusal", "tool_calls", "empty", "schema"}
	f.flagged.bind(cmd)
	fs := cmd.Flags()
	fs.BoolVar(&f.reasoning, "reasoning", false, "print the reasoning text to stderr")
	fs.BoolVar(&f.usage, "usage", false, "print the usage as a line of JSON to stderr, with the cost in USD where it is known")
	fs.Var(someOf(&f.accept, "reasons", words...), "accept", "take replies that end so, with exit code 0: "+strings.Join(words, ", "))
	fs.BoolVar(&f.dryRun, "dry-run", false, "print the request's JSON and send nothing")
	fs.BoolVar(&f.curl, "curl", false, "print the request as a curl command and send nothing")
	completesList(cmd, "accept", words...)
	noEnv(fs, "dry-run", "curl")
}

// printer makes the writer and compiles the filter, which is nil where there is none.
func (f *outputFlags) printer(e *env) (*render.Writer, *render.Filter, error) {
	var err error
	if f.shape, err = f.flagged.read(); err != nil {
		return nil, nil, err
	}
	if f.shape.extract && f.raw() {
		return nil, nil, usage("", "--extract prints text, which %s does not", e.called(f.rawBy()))
	}
	w := &render.Writer{Out: e.stdout, NUL: f.null, Terminal: e.outTTY, Redact: e.redact.Bytes}
	if f.jq == "" {
		return w, nil, nil
	}
	filter, err := render.Compile(f.jq, e.publicEnviron())
	return w, filter, err
}

// raw says that JSON is printed, not the reply's text.
func (f *outputFlags) raw() bool { return f.json || f.jq != "" }

// rawBy is the flag by which JSON is printed.
func (f *outputFlags) rawBy() string {
	if f.jq != "" {
		return "jq"
	}
	return "json"
}
