package cli

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/settings"
	"github.com/chatcmpl/chatcmpl/internal/signals"
)

// program holds the command tree and the state that its commands share.
type program struct {
	con      *console.Console
	getenv   func(string) string
	environ  func() []string
	rows     []option.Option
	line     commandLine
	args     []string // the command line
	flagsEnd int      // where -- ends the flags in args, or their number
	root     *cobra.Command
	commands []*command
	signals  *signals.Signals // nil until a command runs
	values   *settings.Values // nil until a command runs
}

// command is a cobra command that binds its flags only when they are needed, because binding the flags of all commands
// would take a large part of the start-up time.
type command struct {
	*cobra.Command

	has  option.Commands
	bind func()
}

// runner runs a command with the values of its options and the words of its command line.
type runner func(ctx context.Context, v *settings.Values, words []string) error

// withoutWords returns a runner that refuses words, for the command of that name.
func withoutWords(name string, run func(context.Context, *settings.Values) error) runner {
	return func(ctx context.Context, v *settings.Values, words []string) error {
		if len(words) > 0 {
			return failure.BadUsage("", "%s takes no words", name)
		}
		return run(ctx, v)
	}
}

// add adds a command with its options in the table and the function that runs it.
func (p *program) add(has option.Commands, cmd *cobra.Command, run runner) {
	cmd.RunE = func(cmd *cobra.Command, words []string) error {
		v, err := p.resolve(has)
		if err != nil {
			return err
		}
		if err := p.noteDetached(p.options(has)); err != nil {
			return err
		}
		ctx, caught := signals.Catch(cmd.Context(), p.con)
		p.signals = caught
		p.flagsEnd = len(p.args)
		if at := cmd.ArgsLenAtDash(); at >= 0 {
			p.flagsEnd -= len(words) - at + 1
		}
		return run(ctx, v, words)
	}
	p.register(has, cmd)
}

// register adds a command to the tree.
func (p *program) register(has option.Commands, cmd *cobra.Command) *command {
	c := &command{Command: cmd, has: has}
	c.Flags().SortFlags = false // help shows flags as the table has them
	c.bind = sync.OnceFunc(func() { p.line.bind(c.Flags(), p.own(has)) })
	p.commands = append(p.commands, c)
	p.root.AddCommand(cmd)
	return c
}

// own returns a command's options that are not global.
func (p *program) own(has option.Commands) []*option.Option {
	return slices.DeleteFunc(option.Of(p.rows, has), func(o *option.Option) bool { return o.Global })
}

// globals returns the options of every command.
func globals(rows []option.Option) []*option.Option {
	return slices.DeleteFunc(option.Of(rows, ^option.Commands(0)), func(o *option.Option) bool { return !o.Global })
}

// options returns all options of a command.
func (p *program) options(has option.Commands) []*option.Option {
	return append(globals(p.rows), p.own(has)...)
}

// settable returns the options of all commands that the environment or the config file may set.
func (p *program) settable() []*option.Option {
	all := option.Of(p.rows, ^option.Commands(0))
	return slices.DeleteFunc(all, func(o *option.Option) bool { return o.Source == option.CommandLine })
}

// resolve returns the values of a command's options.
func (p *program) resolve(has option.Commands) (*settings.Values, error) {
	if has == option.Config || has == option.Version {
		// The version must be printed even if the settings are invalid, and config shows the settings of all commands.
		given := slices.DeleteFunc(slices.Clone(p.line.given), func(g settings.Given) bool { return g.Option.Global })
		return settings.Resolve(settings.Input{Options: p.own(has), Given: given, All: p.settable, Getenv: func(string) string { return "" }})
	}
	return p.resolveFor(p.options(has), p.line.given)
}

// resolveFor returns the values of options and configures the console accordingly.
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

// isGiven reports whether the command line sets an option of some kind.
func (p *program) isGiven(isKind func(*option.Option) bool) bool {
	return slices.ContainsFunc(p.line.given, func(g settings.Given) bool { return isKind(g.Option) })
}

// retyped returns the command line with a word inserted before one of its arguments. It leaves the arguments out if one of
// them may contain a secret.
func (p *program) retyped(at int, inserted string) string {
	if p.isGiven(func(o *option.Option) bool { return o.Secret != option.Plain }) {
		return elided(inserted)
	}
	return "chatcmpl " + strings.Join(quoted(slices.Insert(slices.Clone(p.args), at, inserted)), " ")
}

// elided returns a command line that shows only one word.
func elided(word string) string { return "chatcmpl ... " + word + " ..." }

func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	return names
}

// quoted returns arguments as a shell needs them.
func quoted(args []string) []string {
	words := make([]string, len(args))
	for i, arg := range args {
		words[i] = console.Quote(arg)
	}
	return words
}
