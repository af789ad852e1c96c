package cli

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/help"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/settings"
)

// program is one run of the tool: the command tree and what its commands share.
type program struct {
	con      *console.Console
	getenv   func(string) string
	environ  func() []string
	rows     []option.Option
	line     commandLine
	root     *cobra.Command
	commands []*command
	signals  *signals         // nil until a command runs that signals can end
	values   *settings.Values // nil until a command runs
}

// command is a command whose flags are bound when they are needed: binding those of all commands would be a large part of the
// time that the tool takes to start.
type command struct {
	*cobra.Command

	has  option.Commands
	bind func()
}

// NewRoot returns the command tree for documentation and completions. Its commands can't be run.
func NewRoot() *cobra.Command {
	p := newProgram(&console.Console{}, func(string) string { return "" }, func() []string { return nil })
	p.bindAll()
	p.root.InitDefaultCompletionCmd()
	return p.root
}

func newProgram(con *console.Console, getenv func(string) string, environ func() []string) *program {
	p := &program{con: con, getenv: getenv, environ: environ, rows: option.Table()}
	p.root = &cobra.Command{
		Use:   "chatcmpl",
		Short: "chat completions in a pipe",
		Example: `  chatcmpl chat "What is 2 + 2?"
  git diff | chatcmpl chat "Review this diff. Name real bugs only, one a line."
  chatcmpl stream "Tell me a story" | tee story.txt
  chatcmpl image cat.jpg -p "Which breed is it?"
  chatcmpl batch -i requests.jsonl -o results.jsonl`,
		Version:       version(),
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	p.root.RunE = func(cmd *cobra.Command, words []string) error { return p.noCommand(cmd, words) }
	p.root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		// Whoever mistyped a command gave it the right flags: those of the one that was meant.
		if words := cmd.Flags().Args(); cmd == p.root && len(words) > 0 {
			return p.noCommand(cmd, words)
		}
		return flagError(cmd, err)
	})
	p.root.CompletionOptions.HiddenDefaultCmd = false
	p.root.PersistentFlags().SortFlags = false
	p.line.bind(p.root.PersistentFlags(), globals(p.rows))
	newChat(p)
	newStream(p)
	newBatch(p)
	newImage(p)
	newModels(p)
	newServe(p)
	newConfig(p)
	newVersion(p)
	p.root.AddCommand(topicCommands()...)
	p.root.SetHelpCommand(newHelp(p))
	show := p.root.HelpFunc()
	p.root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		p.bindAll()
		cmd.Long = help.Text(withExitStatus(cmd, Page(cmd)))
		show(cmd, args)
	})
	return p
}

// runner runs a command with the values of its options and the words of its command line.
type runner func(ctx context.Context, v *settings.Values, words []string) error

// add adds a command with the options that the table gives it, and what runs it.
func (p *program) add(has option.Commands, cmd *cobra.Command, run runner) {
	cmd.RunE = func(cmd *cobra.Command, words []string) error {
		v, err := p.resolve(has)
		if err != nil {
			return err
		}
		ctx, signals := catchSignals(cmd.Context())
		p.signals = signals
		return run(ctx, v, words)
	}
	c := &command{Command: cmd, has: has}
	c.Flags().SortFlags = false // help shows flags as the table has them
	c.bind = sync.OnceFunc(func() { p.line.bind(c.Flags(), p.own(has)) })
	p.commands = append(p.commands, c)
	p.root.AddCommand(cmd)
}

// own returns the options of a command that are not global.
func (p *program) own(has option.Commands) []*option.Option {
	return slices.DeleteFunc(option.Of(p.rows, has), func(o *option.Option) bool { return o.Global })
}

// options returns all options of a command.
func (p *program) options(has option.Commands) []*option.Option {
	return append(globals(p.rows), p.own(has)...)
}

// settable returns the options of all commands that something below the command line may set.
func (p *program) settable() []*option.Option {
	all := option.Of(p.rows, ^option.Commands(0))
	return slices.DeleteFunc(all, func(o *option.Option) bool { return o.Source == option.CommandLine })
}

// resolve finds the values of a command's options.
func (p *program) resolve(has option.Commands) (*settings.Values, error) {
	if has == option.Config || has == option.Version {
		// The version must be there also where the settings are wrong, and config shows the settings of all commands.
		given := slices.DeleteFunc(slices.Clone(p.line.given), func(g settings.Given) bool { return g.Option.Global })
		return settings.Resolve(settings.Input{Options: p.own(has), Given: given, All: p.settable, Getenv: func(string) string { return "" }})
	}
	return p.resolveFor(p.options(has), p.line.given)
}

// resolveFor finds the values of options and configures the console by them.
func (p *program) resolveFor(options []*option.Option, given []settings.Given) (v *settings.Values, err error) {
	v, err = settings.Resolve(settings.Input{
		Options: options, All: p.settable, Given: given, Getenv: p.getenv, Path: settings.Path(p.getenv),
	})
	if err != nil {
		return nil, err
	}
	p.values = v
	p.con.Verbose, p.con.Quiet, p.con.JSON = v.On("verbose"), v.On("quiet"), v.Text("error-format") == "json"
	return v, nil
}

func (p *program) bindAll() {
	for _, c := range p.commands {
		c.bind()
	}
}

// bindFor binds the flags of the command that the arguments name.
func (p *program) bindFor(args []string) {
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		p.bindAll()
		p.completeValues()
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

// noCommand refuses words that begin with no command, and prints the help where there are none.
func (p *program) noCommand(cmd *cobra.Command, words []string) error {
	if len(words) == 0 {
		cmd.SetOut(p.con.Stderr)
		_ = cmd.Help()
		return failure.Shown()
	}
	hint := "to send words, put chat before them: chatcmpl chat " + console.QuoteShell(strings.Join(words, " "))
	if near := option.Nearest(words[0], commandNames(cmd)); near != "" && len(words) == 1 {
		hint = "did you mean chatcmpl " + near + "?"
	} else if near != "" {
		hint = "did you mean chatcmpl " + near + "? " + hint
	}
	return failure.BadUsage(hint, "there is no command %q", words[0])
}

func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return names
}
