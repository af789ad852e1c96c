package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/offline"
)

// strictCompletion adds cobra's completion command, but one that refuses what it can't
// complete for: cobra's own prints its help then, with exit code 0.
func strictCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	cmd, _, err := root.Find([]string{"completion"})
	if err != nil || cmd == root {
		return
	}
	for _, shell := range cmd.Commands() {
		shell.Args = func(_ *cobra.Command, words []string) error {
			if len(words) > 0 {
				return usage("", "%s takes no words", shell.CommandPath())
			}
			return nil
		}
	}
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(*cobra.Command, []string) error {
		return usage("such as "+cmd.CommandPath()+" bash", "completion needs the name of a shell: %s", strings.Join(commandNames(cmd), ", "))
	}
}

// completeValues says how flags and words complete themselves, for the shells' requests
// alone: nothing here takes time when a command runs. Nothing is ever asked of a server.
func (p *program) completeValues() {
	// The file may be wrong; what could be read of it is good enough.
	file, _ := readConfig(configPath(p.app.env))
	dynamic := map[string]cobra.CompletionFunc{
		"model":   cobra.FixedCompletions(modelNames(file), cobra.ShellCompDirectiveNoFileComp),
		"profile": cobra.FixedCompletions(file.profiles, cobra.ShellCompDirectiveNoFileComp),
	}
	for flag, extensions := range map[string][]string{
		"file": {"jsonl", "json"}, "input": {"jsonl", "json"}, "continue": {"jsonl", "json"},
		"record": {"jsonl"}, "replay": {"jsonl"}, "cache": {"jsonl"}, "replies": {"jsonl"},
		"attach": pictureExtensions(), "cacert": {"pem", "crt"}, "schema": {"json"}, "tools": {"json"},
	} {
		dynamic[flag] = filesOf(extensions)
	}
	p.root.ValidArgsFunction = cobra.NoFileCompletions
	completeFlags(p.root, p.root.PersistentFlags(), dynamic)
	for _, c := range p.commands {
		c.ValidArgsFunction = cobra.NoFileCompletions
		if c.Name() == "image" {
			c.ValidArgsFunction = filesOf(pictureExtensions())
		}
		completeFlags(c.Command, c.Flags(), dynamic)
	}
}

// completeFlags adds what the flags of a command do not have yet. What takes no file must
// not offer any.
func completeFlags(cmd *cobra.Command, flags *pflag.FlagSet, dynamic map[string]cobra.CompletionFunc) {
	flags.VisitAll(func(f *pflag.Flag) {
		complete := dynamic[f.Name]
		if kind, _ := pflag.UnquoteUsage(f); complete == nil && kind != "file" {
			complete = cobra.NoFileCompletions
		}
		if complete != nil {
			// It fails where the flag completes itself already.
			_ = cmd.RegisterFlagCompletionFunc(f.Name, complete)
		}
	})
}

func filesOf(extensions []string) cobra.CompletionFunc {
	return cobra.FixedCompletions(extensions, cobra.ShellCompDirectiveFilterFileExt)
}

func pictureExtensions() []string { return []string{"png", "jpg", "jpeg"} }

// modelNames are the models that this tool knows by name and those of the config file.
func modelNames(file *configFile) []string {
	names := slices.Concat(offline.Models(), api.Models())
	for _, e := range file.entries {
		if e.name == "model" && len(e.values) == 1 && !slices.Contains(names, e.values[0]) {
			names = append(names, e.values[0])
		}
	}
	return names
}
