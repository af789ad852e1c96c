package cli

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/chatcmpl/chatcmpl/internal/render"
)

// app is one run of the tool: the process, and the settings that all commands share.
type app struct {
	env         *env
	signals     *signals // nil until a command runs
	connect     connectFlags
	errorFormat string
	profile     string
	config      *configFile // nil until settings are in force
	allFlags    func() []*pflag.Flag
}

// NewRoot returns the command tree for documentation and completions. Its commands can't
// be run.
func NewRoot() *cobra.Command {
	p := newRootWith(&env{})
	p.bindAll()
	p.root.InitDefaultCompletionCmd()
	for _, cmd := range p.root.Commands() {
		cmd.Long = longText(cmd)
	}
	return p.root
}

// program is the command tree with the run it belongs to.
type program struct {
	app      *app
	root     *cobra.Command
	commands []command
}

// command is a command whose flags are bound when they are needed: binding those of all
// commands would be a large part of the time that the tool takes to start.
type command struct {
	*cobra.Command
	bind func()
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
		Example: `  chatcmpl chat "What is 2 + 2?"
  git diff | chatcmpl chat "Review this diff. Name real bugs only, one a line."
  chatcmpl stream "Tell me a story" | tee story.txt
  chatcmpl image cat.jpg -p "Which breed is it?"
  chatcmpl batch -i requests.jsonl -o results.jsonl`,
		Version:           version(),
		Args:              cobra.ArbitraryArgs,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.begin(cmd, nil) },
	}
	root.RunE = func(cmd *cobra.Command, words []string) error { return a.noCommand(cmd, words) }
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		// Whoever mistyped a command gave it the right flags: those of the one that was meant.
		if words := cmd.Flags().Args(); cmd == root && len(words) > 0 {
			return a.noCommand(cmd, words)
		}
		return flagError(cmd, err)
	})
	root.CompletionOptions.HiddenDefaultCmd = false
	fs := root.PersistentFlags()
	fs.SortFlags = false
	fs.StringVar(&a.profile, "profile", "", "a profile of the config file, by its `name`")
	a.connect.bind(root)
	fs.BoolVarP(&e.verbose, "verbose", "v", false, "show the heads of requests and responses and all retries on stderr")
	fs.BoolVar(&e.quiet, "quiet", false, "print no notes to stderr")
	fs.Var(oneOf(&a.errorFormat, "form", "text", "json"), "error-format", "how errors are printed to stderr: text or json")
	completes(root, "error-format", "text", "json")
	p := &program{app: a, root: root}
	a.allFlags = p.settings
	p.commands = []command{newChat(a), newStream(a), newBatch(a), newImage(a), newModels(a), newServe(a), newConfig(a), newVersion(a)}
	for i, c := range p.commands {
		// Help shows them as they are declared, what belongs together side by side.
		c.Flags().SortFlags = false
		p.commands[i].bind = sync.OnceFunc(c.bind)
		root.AddCommand(c.Command)
	}
	root.AddCommand(topics()...)
	root.SetHelpCommand(newHelp(p))
	show := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		p.bindAll()
		cmd.Long = longText(cmd)
		show(cmd, args)
	})
	return p
}

func (p *program) bindAll() {
	for _, c := range p.commands {
		c.bind()
	}
}

// plainUsages takes the quotes from what flags are said to do, which mark their values' names
// for help alone.
func (p *program) plainUsages() {
	plain := func(f *pflag.Flag) { f.Usage = strings.ReplaceAll(f.Usage, "`", "") }
	p.root.PersistentFlags().VisitAll(plain)
	for _, c := range p.commands {
		c.Flags().VisitAll(plain)
	}
}

// settings are the flags of all commands that something below the command line may set,
// one of each name.
func (p *program) settings() []*pflag.Flag {
	p.bindAll()
	return allSettable(p.root)
}

// bindFor binds the flags of the command that the arguments name.
func (p *program) bindFor(args []string) {
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		p.bindAll()
		p.completeValues()
		p.plainUsages()
		return
	}
	if slices.Contains(args, "completion") {
		strictCompletion(p.root)
	}
	// Words that name no command are refused when they run.
	found, _, _ := p.root.Find(args)
	for _, c := range p.commands {
		if c.Command == found {
			c.bind()
			// Nor is this command needed, which takes long texts to make.
			p.root.CompletionOptions.DisableDefaultCmd = true
		}
	}
}

// begin takes the settings into force before a command runs: those of its own flags, where
// no others are given.
func (a *app) begin(cmd *cobra.Command, flags []*pflag.Flag) error {
	if !readsSettings(cmd) {
		return nil
	}
	if flags == nil {
		flags = settable(cmd.Flags())
	}
	if err := a.applySettings(flags); err != nil {
		return err
	}
	a.env.asJSON = a.errorFormat == "json"
	if err := conflicts(cmd); err != nil {
		return err
	}
	ctx, signals := catchSignals(cmd.Context())
	cmd.SetContext(ctx)
	a.signals = signals
	return nil
}

// readsSettings says whether the environment sets flags of a command. Help and the version
// must be there also where it is wrong.
func readsSettings(cmd *cobra.Command) bool {
	return cmd.Flags().Lookup("jq") != nil || cmd.Name() == "serve"
}

// conflicts refuses flags that say opposite things.
func conflicts(cmd *cobra.Command) error {
	for _, pair := range append(rivals(), [2]string{"dry-run", "curl"}) {
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
	if near := nearest(words[0], commandNames(cmd)); near != "" && len(words) == 1 {
		hint = "did you mean chatcmpl " + near + "?"
	} else if near != "" {
		hint = "did you mean chatcmpl " + near + "? " + hint
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
	// A flag's error may repeat what was typed.
	knownKeys(p.app.env)
	p.app.env.asJSON = wantsJSON(p.app.env, args)
	out := &checkedWriter{w: p.app.env.stdout}
	p.root.SetOut(out)
	p.root.SetErr(p.app.env.stderr)
	p.root.SetArgs(args)
	p.bindFor(args)
	err := p.root.ExecuteContext(ctx)
	// Some of cobra's own commands return that error as it is, the others drop it.
	if out.err != nil && (err == nil || errors.Is(err, out.err)) {
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
