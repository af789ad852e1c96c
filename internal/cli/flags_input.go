package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/chatcmpl/chatcmpl/internal/input"
)

// inputFlags are the flags that say what is sent.
type inputFlags struct {
	items     []input.Item
	prompt    string
	attach    []string
	detail    string
	textFirst bool
	keep      string
	noStdin   bool
	lossy     bool
}

// item is a flag that adds an item at its place on the command line.
type item struct {
	into *[]input.Item
	item input.Item
	kind string
}

func (i *item) String() string { return "" }
func (i *item) Type() string   { return i.kind }

func (i *item) Set(arg string) error {
	added := i.item
	added.Arg = arg
	*i.into = append(*i.into, added)
	return nil
}

func (f *inputFlags) bind(cmd *cobra.Command) {
	fs := cmd.Flags()
	for _, role := range []struct{ name, short string }{{"system", "s"}, {"user", "u"}, {"assistant", ""}} {
		f.item(fs, input.Text, role.name, role.name, role.short, "text", article(role.name)+" message; messages are sent in the order of their flags")
		f.item(fs, input.TextFile, role.name, role.name+"-file", "", "file", article(role.name)+" message from a `file` (- is stdin)")
	}
	f.item(fs, input.Messages, "", "file", "f", "file", "messages from a `file` (- is stdin): JSONL, an array, a request or a response")
	fs.StringVarP(&f.prompt, "prompt", "p", "", "the prompt, in place of words")
	fs.VarP(oneOf(&f.detail, "level", "auto", "low", "high"), "detail", "", "how closely pictures are looked at: auto, low or high")
	fs.BoolVar(&f.textFirst, "text-first", false, "put the text before the pictures")
	fs.BoolVarP(&f.noStdin, "no-stdin", "I", false, "never read standard input")
	fs.BoolVar(&f.lossy, "lossy", false, "replace what is not UTF-8 by U+FFFD instead of refusing it")
	completes(cmd, "detail", "auto", "low", "high")
	noEnv(fs, "system", "system-file", "user", "user-file", "assistant", "assistant-file", "file", "prompt")
}

// article puts the right one before a word.
func article(word string) string {
	if strings.HasPrefix(word, "a") {
		return "an " + word
	}
	return "a " + word
}

// bindAttach adds the flag for pictures, where they are not the words.
func (f *inputFlags) bindAttach(cmd *cobra.Command) {
	cmd.Flags().StringArrayVarP(&f.attach, "attach", "a", nil, "a `picture`: a file, a URL, a data URI or - for stdin; may repeat")
	noEnv(cmd.Flags(), "attach")
}

// bindContinue adds the flag for a conversation that is kept.
func (f *inputFlags) bindContinue(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.keep, "continue", "c", "", "keep the conversation in a `file` and go on with it")
	noEnv(cmd.Flags(), "continue")
}

func (f *inputFlags) item(fs *pflag.FlagSet, kind input.Kind, role, name, short, arg, help string) {
	fs.VarP(&item{&f.items, input.Item{Kind: kind, Role: role, Flag: "--" + name}, arg}, name, short, help)
}

// spec is what input reads, with the words of the command line.
func (f *inputFlags) spec(e *env, cmd *cobra.Command, words []string) (*input.Spec, error) {
	if cmd.Flags().Changed("prompt") {
		for _, w := range words {
			if w != "-" {
				return nil, usage("put the whole prompt into -p, or into the words", "there is a prompt in -p and another in the words")
			}
		}
		words = append([]string{f.prompt}, words...)
	}
	if cmd.Flags().Changed("continue") && (f.keep == "" || f.keep == "-") {
		return nil, usage("such as -c talk.jsonl", "--continue %q: must name a file", f.keep)
	}
	noStdin := ""
	if f.noStdin {
		noStdin = e.called("no-stdin")
	}
	return &input.Spec{
		Items: f.items, Words: words, Pictures: f.attach, Detail: f.detail, TextFirst: f.textFirst,
		Continue: f.keep, NoStdin: noStdin, Lossy: f.lossy,
		Events: input.Events{
			Typing:  func() { e.note("type the message; ^D on an empty line ends it") },
			Waiting: func() { e.note("waiting for standard input to end; -I leaves it alone") },
			Replaced: func(name string, count int) {
				e.note("%s is not UTF-8 text: %s replaced by U+FFFD", name, plural(count, "byte"))
			},
		},
	}, nil
}
