package cli

import (
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/render"
)

// app is one run of the tool: the process, and the settings that all commands share.
type app struct {
	env         *env
	connect     connectFlags
	errorFormat string
}

// NewRoot returns the command tree for documentation and completions. Its commands can't
// be run.
func NewRoot() *cobra.Command { return newRootWith(&env{}).root }

// program is the command tree with the run it belongs to.
type program struct {
	app  *app
	root *cobra.Command
}

func newRootWith(e *env) *program {
	a := &app{env: e, errorFormat: "text"}
	root := &cobra.Command{
		Use:   "chatcmpl",
		Short: "chat completions in a pipe",
		Long: `Chat completions in a pipe: for shell scripts, CI jobs and one-liners, with xAI's API and
every server that speaks its wire format.

stdout carries the reply and nothing else, the exit code tells the truth, and everything
works offline: try chatcmpl chat --offline "What is 2 + 2?"`,
		Version:           version(),
		Args:              cobra.ArbitraryArgs,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.begin(cmd) },
	}
	root.RunE = func(cmd *cobra.Command, words []string) error { return a.noCommand(cmd, words) }
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions.HiddenDefaultCmd = false
	a.connect.bind(root)
	fs := root.PersistentFlags()
	fs.BoolVarP(&e.verbose, "verbose", "v", false, "show the heads of requests and responses and all retries on stderr")
	fs.BoolVar(&e.quiet, "quiet", false, "print no notes to stderr")
	fs.Var(oneOf(&a.errorFormat, "form", "text", "json"), "error-format", "how errors are printed to stderr: text or json")
	completes(root, "error-format", "text", "json")
	root.AddCommand(newChat(a), newStream(a), newBatch(a), newImage(a), newModels(a), newVersion(a))
	root.AddCommand(topics(root)...)
	root.SetHelpCommand(newHelp(root))
	return &program{app: a, root: root}
}

// begin takes the settings into force before a command runs.
func (a *app) begin(cmd *cobra.Command) error {
	knownKeys(a.env)
	if err := applyEnv(a.env, cmd); err != nil {
		return err
	}
	a.env.asJSON = a.errorFormat == "json"
	return conflicts(cmd)
}

// conflicts refuses flags that say opposite things.
func conflicts(cmd *cobra.Command) error {
	for _, pair := range [][2]string{{"offline", "base-url"}, {"json", "jq"}, {"dry-run", "curl"}} {
		if cmd.Flags().Changed(pair[0]) && cmd.Flags().Changed(pair[1]) {
			return usage("", "--%s and --%s don't go together", pair[0], pair[1])
		}
	}
	return nil
}

// noCommand is what the tool does with words that begin with no command.
func (a *app) noCommand(cmd *cobra.Command, words []string) error {
	if len(words) == 0 {
		cmd.SetOut(a.env.stderr)
		_ = cmd.Help()
		return &usageError{}
	}
	hint := "to send words, put chat before them: chatcmpl chat " + quoteShell(strings.Join(words, " "))
	if near := nearest(words[0], commandNames(cmd)); near != "" && !strings.Contains(words[0], " ") {
		hint = "did you mean chatcmpl " + near + "?"
	}
	return usage(hint, "there is no command %q", words[0])
}

func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return names
}

// run runs the command that the arguments name.
func (p *program) run(ctx context.Context, args []string) error {
	p.app.env.asJSON = wantsJSON(p.app.env, args)
	out := &checkedWriter{w: p.app.env.stdout}
	p.root.SetOut(out)
	p.root.SetErr(p.app.env.stderr)
	p.root.SetArgs(args)
	err := p.root.ExecuteContext(ctx)
	if err == nil && out.err != nil {
		return &render.WriteError{Err: out.err}
	}
	return err
}

// wantsJSON finds --error-format before the flags are parsed, for errors of the flags
// themselves.
func wantsJSON(e *env, args []string) bool {
	form := e.get("CHATCMPL_ERROR_FORMAT")
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if value, ok := strings.CutPrefix(arg, "--error-format="); ok {
			form = value
		} else if arg == "--error-format" && i+1 < len(args) {
			form = args[i+1]
		}
	}
	return form == "json"
}

// checkedWriter remembers the first error of writing: cobra drops them.
type checkedWriter struct {
	w   io.Writer
	err error
}

func (c *checkedWriter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	if err != nil && c.err == nil {
		c.err = err
	}
	return n, err
}
