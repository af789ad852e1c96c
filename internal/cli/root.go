package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/option"
)

// NewRoot returns the command tree for documentation and completions. Its commands can't be run.
func NewRoot() *cobra.Command {
	p := newProgram(&console.Console{}, func(string) string { return "" }, func() []string { return nil })
	p.bindAll()
	strictCompletion(p.root)
	return p.root
}

func newProgram(con *console.Console, getenv func(string) string, environ func() []string) *program {
	p := &program{con: con, getenv: getenv, environ: environ, rows: option.Table()}
	p.root = &cobra.Command{
		Use:   "chatcmpl",
		Short: "chat completions in a pipe",
		Example: `  chatcmpl chat --offline "What is 2 + 2?"   # repeats the prompt, without a key
  git diff | chatcmpl chat "Review this diff. Name real bugs only, one per line."
  chatcmpl stream "Tell me a story" | tee story.txt
  chatcmpl image cat.jpg -p "Which breed is it?"
  chatcmpl batch -i requests.jsonl -o results.jsonl`,
		Version:       version(),
		Args:          cobra.ArbitraryArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	p.root.RunE = func(cmd *cobra.Command, words []string) error { return p.noCommand(cmd, words, p.retyped(0, "chat")) }
	p.root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		// If the command is mistyped, report that, not flags that the intended command may have.
		if words := cmd.Flags().Args(); cmd == p.root && len(words) > 0 {
			return p.noCommand(cmd, words, elided("chat")) // the flags that follow have not been read
		}
		return p.flagError(cmd, err)
	})
	p.root.CompletionOptions.HiddenDefaultCmd = false
	p.root.PersistentFlags().SortFlags = false
	p.line.bind(p.root.PersistentFlags(), globals(p.rows))
	newChat(p)
	newStream(p)
	newBatch(p)
	newImage(p)
	newModels(p)
	newRecord(p)
	newReplay(p)
	newServe(p)
	newConfig(p)
	newVersion(p)
	p.root.AddCommand(topicCommands()...)
	p.setUpHelp()
	return p
}

// noCommand returns an error for words that begin with no command, and proposes the command line that sends them. If there
// are no words, it prints the help.
func (p *program) noCommand(cmd *cobra.Command, words []string, proposal string) error {
	if len(words) == 0 {
		cmd.SetOut(p.con.Stderr)
		p.showHelp(cmd, false)
		return failure.Shown()
	}
	hint := "to send words, put chat before them: " + proposal
	if near := option.Nearest(words[0], commandNames(cmd)); near != "" {
		hint = "did you mean chatcmpl " + near + "?"
	}
	return failure.BadUsage(hint, "there is no command %q", words[0])
}

// bindFor binds the flags of the command in the arguments.
func (p *program) bindFor(args []string) {
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		p.bindAll()
		p.completeValues()
		return
	}
	// Words that name no command are refused when they run.
	found, _, _ := p.root.Find(args)
	for _, c := range p.commands {
		if c.Command == found {
			c.bind()
			// The completion command is not needed then, and building its long texts takes time.
			p.root.CompletionOptions.DisableDefaultCmd = true
			return
		}
	}
	strictCompletion(p.root)
}
