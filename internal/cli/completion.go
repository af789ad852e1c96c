package cli

import (
	"strings"

	"github.com/spf13/cobra"
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
