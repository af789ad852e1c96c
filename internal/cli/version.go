package cli

import (
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/render"
)

// version is the version that the Go tool stamped into the binary; "dev" where it did not.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "dev"
	}
	return info.Main.Version
}

func newVersion(a *app) command {
	return command{&cobra.Command{
		Use:   "version",
		Short: "print the version",
		Long:  "Prints the version of this binary.",
		RunE: func(_ *cobra.Command, words []string) error {
			if len(words) > 0 {
				return usage("", "version takes no words")
			}
			w := render.Writer{Out: a.env.stdout}
			return w.Text("chatcmpl version " + version())
		},
	}, func() {}}
}
