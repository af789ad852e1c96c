package cli

import (
	"os"
	"path/filepath"
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

// noEnv marks flags that say what is sent, not how: no environment variable sets them, and
// no config file.
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

// source is where a setting came from that the command line does not give: a variable or
// an entry of the config file.
type source struct {
	variable string
	entry    *entry
	values   []string
}

// called is what the user calls the setting.
func (s source) called() string {
	if s.entry != nil {
		return s.entry.place() + ": " + s.entry.name
	}
	return s.variable
}

// layer is a place below the command line where settings come from.
type layer struct {
	// get is what it says of a flag; false where it says nothing.
	get func(*pflag.Flag) (source, bool)
	// home is the base URL that its keys are for; empty where that is the one in force.
	home string
}

func (e *env) layer() layer {
	return layer{get: func(f *pflag.Flag) (source, bool) {
		s := source{variable: variable(f)}
		given := e.get(s.variable)
		s.values = []string{given}
		if _, list := f.Value.(pflag.SliceValue); list {
			s.values = strings.Split(given, "\n")
		}
		return s, given != ""
	}}
}

// layer is a profile of the file, or its top level.
func (c *configFile) layer(profile string) layer {
	return layer{home: c.home(profile), get: func(f *pflag.Flag) (source, bool) {
		found := c.find(profile, f.Name)
		if f.Name == "profile" {
			found = c.find("", "default-profile")
		}
		if found == nil {
			return source{}, false
		}
		s := source{entry: found, values: slices.Clone(found.values)}
		for i, v := range s.values {
			s.values[i] = c.located(f, v)
		}
		return s, true
	}}
}

// located is a value with its file's name, where it has one, as the process finds it: a
// config file's own directory is what its names are relative to, and ~/ is the home.
func (c *configFile) located(f *pflag.Flag, text string) string {
	name, at := text, ""
	if kind, _ := pflag.UnquoteUsage(f); kind != "file" {
		var isFile bool
		if name, isFile = strings.CutPrefix(text, "@"); !isFile || !strings.Contains(f.Usage, "@FILE") {
			return text
		}
		at = "@"
	}
	below, inHome := strings.CutPrefix(name, "~/")
	home, err := os.UserHomeDir()
	switch {
	case name == "" || name == "-" || filepath.IsAbs(name):
	case inHome && err == nil:
		name = filepath.Join(home, below)
	default:
		name = filepath.Join(filepath.Dir(c.path), name)
	}
	return at + name
}

// applySettings sets the flags that the command line does not set: from the environment,
// from the profile, from the rest of the config file. They don't count as changed: a file
// of messages may say otherwise.
func (a *app) applySettings(flags []*pflag.Flag) error {
	if err := a.take(flags, a.env.layer()); err != nil {
		return err
	}
	file, err := readConfig(configPath(a.env))
	if err != nil {
		return err
	}
	a.config = file
	if err := a.check(file, flags); err != nil {
		return err
	}
	rest := file.layer("")
	if err := a.take(named(flags, "profile"), rest); err != nil {
		return err
	}
	layers := []layer{rest}
	if a.profile != "" {
		if !slices.Contains(file.profiles, a.profile) {
			return a.noProfile(file)
		}
		layers = []layer{file.layer(a.profile), rest}
	}
	// Whose keys may be used is known when it is known where requests go.
	if err := a.take(named(flags, "base-url", "offline"), layers...); err != nil {
		return err
	}
	return a.take(flags, layers...)
}

// named are the flags of these names.
func named(flags []*pflag.Flag, names ...string) []*pflag.Flag {
	var found []*pflag.Flag
	for _, f := range flags {
		if slices.Contains(names, f.Name) {
			found = append(found, f)
		}
	}
	return found
}

// take sets the flags that nothing has set yet from layers, each of which gives way to
// those before it.
func (a *app) take(flags []*pflag.Flag, layers ...layer) error {
	for _, l := range layers {
		var gives []*pflag.Flag
		for _, f := range flags {
			if !f.Changed && !a.env.has(f.Name) && !a.excluded(flags, f) {
				gives = append(gives, f)
			}
		}
		for _, f := range gives {
			from, given := l.get(f)
			if !given || a.astray(l, from, f) {
				continue
			}
			if err := a.env.set(f, from); err != nil {
				return err
			}
		}
	}
	return nil
}

// set sets a flag from below the command line.
func (e *env) set(f *pflag.Flag, from source) error {
	if from.entry != nil {
		if err := from.entry.fits(f); err != nil {
			return err
		}
	}
	e.settingsFrom[f.Name] = from
	for _, v := range from.values {
		if err := f.Value.Set(v); err != nil {
			return usage("", "%s %q: %w", from.called(), v, plainValue(f, err))
		}
	}
	return nil
}

// has says whether something below the command line set a flag.
func (e *env) has(flag string) bool {
	_, set := e.settingsFrom[flag]
	return set
}

// called is what the user calls a flag: by itself, or by what set it.
func (e *env) called(flag string) string {
	if e.has(flag) {
		return e.settingsFrom[flag].called()
	}
	return "--" + flag
}

// rivals are flags that don't go together.
func rivals() [][2]string {
	return [][2]string{{"json", "jq"}, {"offline", "base-url"}, {"api-key-file", "api-key-command"}, {"record", "replay"}, {"record", "cache"}, {"replay", "cache"}}
}

// excluded says whether a flag that this one does not go with is set: then all below gives
// way to it.
func (a *app) excluded(flags []*pflag.Flag, f *pflag.Flag) bool {
	for _, pair := range rivals() {
		if !slices.Contains(pair[:], f.Name) {
			continue
		}
		for _, rival := range named(flags, pair[0], pair[1]) {
			if rival != f && (rival.Changed || a.env.has(rival.Name)) && rival.Value.String() != "false" {
				return true
			}
		}
	}
	return false
}

// settable are the flags that something below the command line may set, one of each name.
func settable(sets ...*pflag.FlagSet) []*pflag.Flag {
	var flags []*pflag.Flag
	for _, set := range sets {
		set.VisitAll(func(f *pflag.Flag) {
			if variable(f) != "" && len(named(flags, f.Name)) == 0 {
				flags = append(flags, f)
			}
		})
	}
	return flags
}

// allSettable is what settable finds in a whole tree.
func allSettable(root *cobra.Command) []*pflag.Flag {
	sets := []*pflag.FlagSet{root.PersistentFlags()}
	for _, c := range root.Commands() {
		sets = append(sets, c.Flags())
	}
	return settable(sets...)
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
