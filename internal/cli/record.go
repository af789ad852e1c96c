package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/recorder"
	"github.com/chatcmpl/chatcmpl/internal/settings"
)

func newRecord(p *program) {
	p.addProgram(option.Record, &cobra.Command{
		Use:     "record [flags] FILE -- COMMAND [ARG...]",
		Short:   "run a program and keep what it exchanges with the API in a file",
		GroupID: groupTest,
		Example: `  chatcmpl record talk.jsonl -- ./script.sh
  chatcmpl record --force talk.jsonl -- python3 agent.py --fast
  chatcmpl record --append talk.jsonl -- \
    bash -c 'git diff | chatcmpl chat "Review this"'`,
	}, recorder.Record)
}

func newReplay(p *program) {
	p.addProgram(option.Replay, &cobra.Command{
		Use:     "replay [flags] FILE -- COMMAND [ARG...]",
		Short:   "run a program again, answered from the file that record made",
		GroupID: groupTest,
		Example: `  chatcmpl replay talk.jsonl -- ./script.sh
  chatcmpl replay --strict talk.jsonl -- python3 agent.py --fast`,
	}, recorder.Replay)
}

// describeForRecord replaces the description of --base-url, which for record is only the API of programs in other languages.
func describeForRecord(options []*option.Option) {
	for i, o := range options {
		if o.Name == "base-url" {
			described := *o
			described.Help, described.More, described.Default = "where programs in other languages send their requests", "", ""
			options[i] = &described
		}
	}
}

// addProgram adds a command that runs another program, whose own flags are not read.
func (p *program) addProgram(has option.Commands, cmd *cobra.Command, run func(context.Context, *console.Console, *recorder.Options) error) {
	c := p.register(has, cmd)
	c.Flags().SetInterspersed(false)
	c.RunE = func(cmd *cobra.Command, words []string) error {
		// Flags may also follow the file.
		if err := cmd.Flags().Parse(words[min(1, len(words)):]); err != nil {
			return p.flagError(cmd, err)
		}
		if help, err := cmd.Flags().GetBool("help"); help || err != nil {
			return pflag.ErrHelp
		}
		if err := p.refuseOthers(has, cmd.Name()); err != nil {
			return err
		}
		v, err := p.resolveFor(option.Of(p.rows, has), p.line.given)
		if err != nil {
			return err
		}
		return run(cmd.Context(), p.con, p.recorderOptions(v, words, cmd.Flags().Args()))
	}
}

// refuseOthers refuses the global flags that a command does not have.
func (p *program) refuseOthers(has option.Commands, command string) error {
	for _, g := range p.line.given {
		if g.Option.Commands&has == 0 {
			return failure.BadUsage("flags of the command itself follow its name", "--%s does not go with %s", g.Option.Name, command)
		}
	}
	return nil
}

// recorderOptions returns the options of a run of a program. For programs in other languages, only the flag --base-url counts:
// settings and keys are chatcmpl's own.
func (p *program) recorderOptions(v *settings.Values, words, command []string) *recorder.Options {
	o := &recorder.Options{
		Command: command, Append: v.On("append"), Force: v.On("force"), Strict: v.On("strict"), Environ: p.environ(),
		Connect: connect.Options{
			CACert: v.Text("cacert"), ProxyURL: v.Text("proxy"), ConnectTimeout: v.Duration("connect-timeout"),
			Getenv: p.getenv, Environ: p.environ,
		},
	}
	if len(words) > 0 {
		o.File = words[0]
	}
	if v.ByFlag("base-url") {
		o.Connect.BaseURL = v.Text("base-url")
	}
	if strings.HasPrefix(o.Connect.BaseURL, "offline:") {
		o.Connect.Replies = p.getenv("CHATCMPL_REPLIES")
	}
	return o
}
