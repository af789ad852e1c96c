package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// Environment variables that are no flags: a key is never one, for argv is public.
const (
	xaiKeyVariable = "XAI_API_KEY"
	keyVariable    = "CHATCMPL_API_KEY"
)

// noEnvMark is the annotation of flags that no environment variable sets.
const noEnvMark = "no-env"

// noEnv marks flags that say what is sent, not how: no environment variable sets them.
func noEnv(fs *pflag.FlagSet, names ...string) {
	for _, name := range names {
		// It fails only for a flag that does not exist.
		_ = fs.SetAnnotation(name, noEnvMark, []string{"true"})
	}
}

// variable is the name of the environment variable of a flag; empty where it has none.
func variable(f *pflag.Flag) string {
	if f.Annotations[noEnvMark] != nil || f.Name == "help" || f.Name == "version" {
		return ""
	}
	return "CHATCMPL_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
}

// applyEnv sets the flags that the command line does not set from the environment. They
// don't count as changed: a file of messages may say otherwise.
func applyEnv(e *env, cmd *cobra.Command) error {
	var failed error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name := variable(f)
		if f.Changed || failed != nil || name == "" || excluded(cmd, f) {
			return
		}
		given := e.get(name)
		if given == "" {
			return
		}
		values := []string{given}
		if _, list := f.Value.(pflag.SliceValue); list {
			values = strings.Split(given, "\n")
		}
		e.settingsFrom[f.Name] = name
		for _, v := range values {
			if err := f.Value.Set(v); err != nil {
				failed = usage("", "%s %q: %w", name, v, plainValue(f, err))
			}
		}
	})
	return failed
}

// called is what the user calls a flag: by itself, or by the variable that set it.
func (e *env) called(flag string) string {
	if name := e.settingsFrom[flag]; name != "" {
		return name
	}
	return "--" + flag
}

// excluded says whether the command line has a flag that this one does not go with: the
// environment gives way to it.
func excluded(cmd *cobra.Command, f *pflag.Flag) bool {
	switch f.Name {
	case "json":
		return cmd.Flags().Changed("jq")
	case "jq":
		return cmd.Flags().Changed("json")
	case "offline":
		return cmd.Flags().Changed("base-url")
	case "base-url":
		return cmd.Flags().Changed("offline")
	case "record", "replay", "cache":
		return slices.ContainsFunc(cassetteNames(), cmd.Flags().Changed)
	}
	return false
}

// publicEnviron is the environment without the variables that hold secrets, for jq.
func (e *env) publicEnviron() []string {
	var public []string
	for _, pair := range e.environ {
		if name, _, _ := strings.Cut(pair, "="); !secret.Named(name) {
			public = append(public, pair)
		}
	}
	return public
}
