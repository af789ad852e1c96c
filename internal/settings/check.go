package settings

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/chatcmpl/chatcmpl/internal/option"
)

// check returns an error for entries that are no setting of any command, and for conflicting entries in one table.
// Values are checked only when they are used.
func (f *File) check(options []*option.Option, all func() []*option.Option) error {
	complete := false
	for _, e := range f.entries {
		if !e.misplaced && !e.isKnown(options) && !complete {
			// It may be a setting of another command.
			options, complete = all(), true
		}
		if e.misplaced || !e.isKnown(options) {
			return e.unknown(options)
		}
		if err := f.checkConflicts(e, options); err != nil {
			return err
		}
	}
	return nil
}

// checkConflicts returns an error if an entry conflicts with an earlier one in the same table.
func (f *File) checkConflicts(e *entry, options []*option.Option) error {
	for _, o := range options {
		for _, c := range o.Conflicts {
			other := c.With
			if other == e.name {
				other = o.Name
			} else if o.Name != e.name {
				continue
			}
			before := f.find(e.profile, other)
			if before == nil || before == e || before.line > e.line || !before.isOn() || !e.isOn() {
				continue
			}
			return e.wrong("", "%s and %s don't go together", o.Name, c.With)
		}
	}
	return nil
}

func (e *entry) isKnown(options []*option.Option) bool {
	if e.name == "profile" {
		return false
	}
	o := option.Find(options, e.name)
	return e.name == "default-profile" && e.profile == "" || o != nil && o.Source != option.CommandLine
}

// unknown returns the error for an entry that is no setting.
func (e *entry) unknown(options []*option.Option) error {
	const tables = "a profile's settings go below [profile.NAME], all others above it"
	plain := strings.TrimPrefix(strings.ReplaceAll(strings.ToLower(e.name), "_", "-"), "chatcmpl-")
	switch {
	case e.misplaced && e.kind == unstable.InlineTable:
		hint := tables
		if word, rest, _ := strings.Cut(e.name, "."); rest != "" && option.Nearest(word, []string{"profile"}) != "" {
			hint = "did you mean [profile." + rest + "]?"
		}
		return e.wrong(hint, "there is no table [%s]", e.name)
	case e.misplaced:
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
	if near := option.Nearest(plain, settingNames(options)); near != "" {
		hint = "did you mean " + near + "?"
	}
	return e.wrong(hint, "there is no setting %s", e.name)
}

func settingNames(options []*option.Option) []string {
	names := []string{"default-profile"}
	for _, o := range options {
		if o.Name != "profile" && o.Source != option.CommandLine {
			names = append(names, o.Name)
		}
	}
	return names
}

// refuseCommand returns an error if the file sets a key command, at the top level or in any profile, and other users can write the
// file.
func (f *File) refuseCommand() error {
	if f.openTo == "" {
		return nil
	}
	for _, e := range f.entries {
		if e.name == "api-key-command" {
			return e.wrong(f.hint, "%s may not run a command: %s", e.name, f.openTo)
		}
	}
	return nil
}

// fits returns an error if the value of an entry has another type than the option.
func (e *entry) fits(o *option.Option) error {
	want, example := "a string", ""
	kinds := []unstable.Kind{unstable.String}
	switch o.Type {
	case option.Switch:
		want, kinds = "true or false", []unstable.Kind{unstable.Bool}
	case option.Integer, option.Number:
		want, kinds = "a number", []unstable.Kind{unstable.Integer, unstable.Float}
	case option.Duration:
		example = fmt.Sprintf("such as %s = \"90s\"", e.name)
	default:
		if o.Repeats() {
			want = "a string or an array of strings"
		}
	}
	is := kindName(e.kind)
	if e.list && !o.Repeats() {
		is = "an array"
	} else if slices.Contains(kinds, e.kind) {
		return nil
	}
	return e.wrong(example, "%s must be %s, not %s", e.name, want, is)
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
