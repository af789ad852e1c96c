package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/models"
	"github.com/chatcmpl/chatcmpl/internal/offline"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/settings"
)

// strictCompletion adds cobra's completion command and makes it refuse unknown shells. Without that, it would print its
// help and exit with code 0.
func strictCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	cmd, _, err := root.Find([]string{"completion"})
	if err != nil || cmd == root {
		return
	}
	for _, shell := range cmd.Commands() {
		shell.Args = func(_ *cobra.Command, words []string) error {
			if len(words) > 0 {
				return failure.BadUsage("", "%s takes no words", shell.CommandPath())
			}
			return nil
		}
	}
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(*cobra.Command, []string) error {
		return failure.BadUsage("such as "+cmd.CommandPath()+" bash", "completion needs the name of a shell: %s", strings.Join(commandNames(cmd), ", "))
	}
}

// completeValues registers the completions of flags and arguments. It is called only for completion requests of a
// shell, and never contacts a server.
func (p *program) completeValues() {
	// If the file is invalid, the part that could be read is good enough.
	file, _ := settings.Read(settings.Path(p.getenv))
	complete := func(cmd *cobra.Command, flags *pflag.FlagSet) {
		flags.VisitAll(func(f *pflag.Flag) {
			if own, ok := f.Value.(*flag); ok {
				// It fails only for a flag that has a completion already.
				_ = cmd.RegisterFlagCompletionFunc(f.Name, completion(own.Option, file))
			}
		})
	}
	p.root.ValidArgsFunction = cobra.NoFileCompletions
	complete(p.root, p.root.PersistentFlags())
	for _, c := range p.commands {
		c.ValidArgsFunction = cobra.NoFileCompletions
		if c.has == option.Image {
			c.ValidArgsFunction = filesOf(option.PictureExtensions())
		}
		complete(c.Command, c.Flags())
	}
}

// completion returns the completion of an option's value. Only options that take a file complete file names.
func completion(o *option.Option, file *settings.File) cobra.CompletionFunc {
	_, _, isFile := o.File("")
	switch {
	case o.Name == "model":
		return fixed(modelNames(file))
	case o.Name == "profile":
		return fixed(file.Profiles)
	case o.Type == option.Words:
		return listOf(o.Words)
	case o.Extensions != nil:
		return filesOf(o.Extensions)
	case isFile:
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	}
	return fixed(o.Words)
}

func fixed(words []string) cobra.CompletionFunc {
	return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
}

func filesOf(extensions []string) cobra.CompletionFunc {
	return cobra.FixedCompletions(extensions, cobra.ShellCompDirectiveFilterFileExt)
}

// listOf completes the last word of a comma-separated list.
func listOf(words []string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		var found []string
		for _, word := range words {
			if !slices.Contains(strings.Split(before, ","), word) {
				found = append(found, before+word)
			}
		}
		return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// modelNames returns the names of the known models and of those in the config file.
func modelNames(file *settings.File) []string {
	names := slices.Concat(offline.Models(), models.Names())
	for _, name := range file.All("model") {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
