package cli

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Variables are the environment variables that set flags of a command, in the order of the
// flags; nil where it reads none.
func Variables(cmd *cobra.Command) []string {
	if !readsSettings(cmd) {
		return nil
	}
	var names []string
	add := func(f *pflag.Flag) {
		if name := variable(f); name != "" {
			names = append(names, name)
		}
	}
	cmd.LocalFlags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	return names
}
