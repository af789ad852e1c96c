package cli

import (
	"os"
	"path/filepath"
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

// strictCompletion adds cobra's completion command with help of our own, and makes it refuse unknown shells. Without that,
// it would print its help and exit with code 0.
func strictCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	cmd, _, err := root.Find([]string{"completion"})
	if err != nil || cmd == root {
		return
	}
	cmd.Short, cmd.Long = "print a completion script for a shell", "Prints the script that completes chatcmpl in a shell."
	for _, shell := range cmd.Commands() {
		shell.Short, shell.Long = "print a completion script for "+shell.Name(), howToLoad(shell.Name())
		shell.DisableFlagsInUseLine = true
		if f := shell.Flags().Lookup("no-descriptions"); f != nil {
			f.Usage = "leave out the descriptions of the completions"
		}
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

// howToLoad returns the help of a completion script: how a shell loads it.
func howToLoad(shell string) string {
	switch shell {
	case "bash":
		return `Prints a completion script for bash, which needs the package bash-completion.

For this shell only:

	source <(chatcmpl completion bash)

For every new shell:

	mkdir -p ~/.local/share/bash-completion/completions
	chatcmpl completion bash > ~/.local/share/bash-completion/completions/chatcmpl`
	case "zsh":
		return `Prints a completion script for zsh.

If completion is not switched on yet:

	echo "autoload -U compinit; compinit" >> ~/.zshrc

For this shell only:

	source <(chatcmpl completion zsh)

For every new shell, in a directory of $fpath:

	chatcmpl completion zsh > "${fpath[1]}/_chatcmpl"`
	case "fish":
		return `Prints a completion script for fish.

For this shell only:

	chatcmpl completion fish | source

For every new shell:

	chatcmpl completion fish > ~/.config/fish/completions/chatcmpl.fish`
	}
	return `Prints a completion script for PowerShell.

For this shell only; in your profile, for every new shell:

	chatcmpl completion powershell | Out-String | Invoke-Expression`
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
		if c.has&option.Programs != 0 {
			c.ValidArgsFunction = p.completeProgram
		}
		complete(c.Command, c.Flags())
	}
}

// completeProgram completes a file of exchanges, then the name of a program, then whatever its arguments may be.
func (p *program) completeProgram(_ *cobra.Command, words []string, typed string) ([]string, cobra.ShellCompDirective) {
	words = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return strings.HasPrefix(w, "-") })
	switch {
	case len(words) == 0:
		return []string{"jsonl"}, cobra.ShellCompDirectiveFilterFileExt
	case len(words) == 1 && typed != "" && !strings.ContainsRune(typed, filepath.Separator):
		return p.programsOnPath(typed), cobra.ShellCompDirectiveDefault
	}
	return nil, cobra.ShellCompDirectiveDefault
}

// programsOnPath returns the names of the programs that begin with some letters.
func (p *program) programsOnPath(prefix string) []string {
	var found []string
	for _, dir := range filepath.SplitList(p.getenv("PATH")) {
		// A directory of the path may be missing.
		entries, _ := os.ReadDir(dir)
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), prefix) && !e.IsDir() {
				found = append(found, e.Name())
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
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
