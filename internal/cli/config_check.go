package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
	"github.com/spf13/pflag"
)

// check refuses what no command has a setting for, and settings that don't go together.
// The values are checked where they are used.
func (a *app) check(file *configFile, flags []*pflag.Flag) error {
	all := false
	for _, e := range file.entries {
		if !e.stray && !known(e, flags) && !all {
			// Another command may have it.
			flags, all = a.allFlags(), true
		}
		if e.stray || !known(e, flags) {
			return unknown(e, flags)
		}
		for _, pair := range rivals() {
			first := file.find(e.profile, pair[0])
			if e.name == pair[1] && first != nil && first.says() && e.says() {
				return e.wrong("", "%s and %s don't go together", pair[0], pair[1])
			}
		}
	}
	return nil
}

// says is false for a setting that turns something off.
func (e *entry) says() bool { return e.kind != unstable.Bool || e.values[0] == "true" }

func known(e *entry, flags []*pflag.Flag) bool {
	if e.name == "profile" {
		return false
	}
	return e.name == "default-profile" && e.profile == "" || len(named(flags, e.name)) > 0
}

// unknown words what is wrong with an entry that sets nothing.
func unknown(e *entry, flags []*pflag.Flag) error {
	plain := strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(e.name), "_", "-"), "chatcmpl-")
	var names []string
	for _, f := range flags {
		if f.Name != "profile" {
			names = append(names, f.Name)
		}
	}
	const tables = "a profile's settings stand below [profile.NAME], all others before it"
	switch {
	case e.stray && e.kind == unstable.InlineTable:
		hint := tables
		if word, rest, _ := strings.Cut(e.name, "."); rest != "" && nearest(word, []string{"profile"}) != "" {
			hint = "did you mean [profile." + rest + "]?"
		}
		return e.wrong(hint, "there is no table [%s]", e.name)
	case e.stray:
		return e.wrong(tables, "there is no setting %s", e.name)
	case e.name == "default-profile":
		return e.wrong(tables, "there is no setting default-profile in a profile")
	case e.name == "profile":
		return e.wrong(defaultProfileHint, "there is no setting profile")
	case slices.Contains([]string{"api-key", "apikey", "key", "token"}, plain) || strings.HasSuffix(plain, "-api-key"):
		return e.wrong("api-key-file names a file that holds it, api-key-command is a command that prints it",
			"there is no setting %s: a key does not belong in this file", e.name)
	}
	hint := "chatcmpl config lists the settings"
	if near := nearest(plain, append(names, "default-profile")); near != "" {
		hint = "did you mean " + near + "?"
	}
	return e.wrong(hint, "there is no setting %s", e.name)
}

// noProfile words that the profile in force is not in the file.
func (a *app) noProfile(file *configFile) error {
	called := a.env.called("profile")
	if !file.exists {
		return usage("", "%s %q: there is no config file %s", called, a.profile, file.path)
	}
	hint := "[profile." + a.profile + "] would begin it"
	if near := nearest(a.profile, file.profiles); near != "" {
		hint = "did you mean " + near + "?"
	} else if len(file.profiles) > 0 {
		hint = "the profiles are " + strings.Join(file.profiles, ", ")
	}
	return usage(hint, "%s %q: there is no such profile in %s", called, a.profile, file.path)
}

// fits says whether a flag takes a value of the entry's type.
func (e *entry) fits(f *pflag.Flag) error {
	want, example := "a string", ""
	kinds := []unstable.Kind{unstable.String}
	switch kind := f.Value.Type(); {
	case kind == "bool":
		want, kinds = "true or false", []unstable.Kind{unstable.Bool}
	case isNumber(f):
		want, kinds = "a number", []unstable.Kind{unstable.Integer, unstable.Float}
	case kind == "duration":
		example = fmt.Sprintf("such as %s = \"90s\"", e.name)
	case repeats(f):
		want = "a string or an array of strings"
	}
	is := kindName(e.kind)
	if e.list && !repeats(f) {
		is = "an array"
	} else if slices.Contains(kinds, e.kind) {
		return nil
	}
	return e.wrong(example, "%s must be %s, not %s", e.name, want, is)
}

func isNumber(f *pflag.Flag) bool {
	return slices.Contains([]string{"number", "int", "int64", "uint", "uint16", "float64"}, f.Value.Type())
}

// repeats says whether a flag may be given more than once, and keeps all values.
func repeats(f *pflag.Flag) bool {
	switch v := f.Value.(type) {
	case pflag.SliceValue:
		return true
	case *param:
		return v.repeat
	case *value:
		return v.repeats
	}
	return false
}

func kindName(kind unstable.Kind) string {
	switch kind {
	case unstable.String:
		return "a string"
	case unstable.Integer, unstable.Float:
		return "a number"
	case unstable.Bool:
		return "true or false"
	case unstable.Array:
		return "an array"
	case unstable.InlineTable:
		return "a table"
	}
	return "a date or time"
}
