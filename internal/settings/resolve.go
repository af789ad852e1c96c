// Package settings determines the value of each option and its source. In order of precedence: the flag, the
// environment variable, the profile in the config file, the top level of the config file, and the default.
package settings

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/option"
)

// Input holds the options and the sources of their values.
type Input struct {
	// Options are those of the command.
	Options []*option.Option
	// All returns the options of every command, which a config file may set.
	All func() []*option.Option
	// Given holds the values on the command line, in order.
	Given []Given
	// Getenv looks up an environment variable; an empty one counts as missing.
	Getenv func(string) string
	// Path is the path of the config file; empty for none.
	Path string
}

// Resolve determines the value of each option. It returns an error for conflicting options and for invalid values; it
// does not check values that another one overrides.
func Resolve(in Input) (*Values, error) {
	r := &resolver{Values: fromFlags(in.Options, in.Given), all: in.All}
	if err := r.take(in.Options, environment(in.Getenv)); err != nil {
		return nil, err
	}
	file, err := Read(in.Path)
	if err != nil {
		return nil, err
	}
	r.File = file
	if err := file.check(in.Options, in.All); err != nil {
		return nil, err
	}
	layers, err := r.layers()
	if err != nil {
		return nil, err
	}
	// The server must be known first, because it determines which keys may be used.
	if err := r.take(named(in.Options, "base-url", "offline"), layers...); err != nil {
		return nil, err
	}
	if err := r.take(in.Options, layers...); err != nil {
		return nil, err
	}
	return r.Values, r.conflicts()
}

// fromFlags returns the values on the command line.
func fromFlags(options []*option.Option, given []Given) *Values {
	v := &Values{options: options, given: given, set: map[string]Value{}, otherServer: map[string]string{}}
	for _, g := range given {
		value := Value{Source: Source{Level: Flag}}
		if g.Option.Repeats() {
			value = v.set[g.Option.Name]
			value.Level = Flag
		}
		value.Texts, value.JSON = append(value.Texts, g.Text), append(value.JSON, g.JSON)
		v.set[g.Option.Name] = value
	}
	return v
}

// resolver sets values, the highest level first.
type resolver struct {
	*Values

	all func() []*option.Option
}

// layer is a source of values other than the command line.
type layer struct {
	// get returns the value of an option, without JSON; false if the layer does not set it.
	get func(*option.Option) (Value, bool)
	// server is the base URL for which the keys of the layer are meant; empty for any server.
	server string
}

func environment(getenv func(string) string) layer {
	return layer{get: func(o *option.Option) (Value, bool) {
		variable := o.Variable()
		if variable == "" {
			return Value{}, false
		}
		given := o.Trim(getenv(variable))
		value := Value{Texts: []string{given}, Source: Source{Level: Variable, variable: variable}}
		if o.Type == option.Header {
			value.Texts = strings.Split(given, "\n")
		}
		return value, given != ""
	}}
}

// layers returns the layers of the config file: the active profile, if there is one, and the top level.
func (r *resolver) layers() ([]layer, error) {
	rest := r.File.layer("")
	if err := r.take(named(r.options, "profile"), rest); err != nil {
		return nil, err
	}
	profile := r.Text("profile")
	if profile == "" {
		return []layer{rest}, r.File.refuseCommand()
	}
	if !slices.Contains(r.File.Profiles, profile) {
		return nil, r.noProfile(profile)
	}
	return []layer{r.File.layer(profile), rest}, r.File.refuseCommand()
}

// noProfile returns the error for a profile that is not in the file.
func (r *resolver) noProfile(profile string) error {
	called := r.Called("profile")
	if !r.File.Exists {
		return failure.BadUsage("", "%s %q: there is no config file %s", called, profile, r.File.Path)
	}
	hint := "add a table [profile." + profile + "] to it"
	if near := option.Nearest(profile, r.File.Profiles); near != "" {
		hint = "did you mean " + near + "?"
	} else if len(r.File.Profiles) > 0 {
		hint = "the profiles are " + strings.Join(r.File.Profiles, ", ")
	}
	return failure.BadUsage(hint, "%s %q: there is no such profile in %s", called, profile, r.File.Path)
}

// layer returns a profile of the file, or its top level.
func (f *File) layer(profile string) layer {
	return layer{server: f.server(profile), get: func(o *option.Option) (Value, bool) {
		found := f.find(profile, o.Name)
		if o.Name == "profile" {
			found = f.find("", "default-profile")
		}
		if found == nil || o.Source == option.CommandLine {
			return Value{}, false
		}
		value := Value{Texts: slices.Clone(found.values), Source: Source{Level: InFile, entry: found}}
		for i, text := range value.Texts {
			value.Texts[i] = f.locate(o, o.Trim(text))
		}
		return value, true
	}}
}

// locate resolves a file name in a value relative to the directory of the config file, and ~/ to the home directory.
func (f *File) locate(o *option.Option, text string) string {
	prefix, name, ok := o.File(text)
	if !ok {
		return text
	}
	below, inHome := strings.CutPrefix(filepath.ToSlash(name), "~/")
	home, err := os.UserHomeDir()
	switch {
	case name == "" || name == "-" || isRooted(name):
	case inHome && err == nil:
		name = filepath.Join(home, below)
	default:
		name = filepath.Join(filepath.Dir(f.Path), name)
	}
	return prefix + name
}

// isRooted reports whether a path is not relative to a directory. On Windows it may still be relative to a drive.
func isRooted(path string) bool {
	return filepath.VolumeName(path) != "" || os.IsPathSeparator(path[0])
}

func named(options []*option.Option, names ...string) []*option.Option {
	return slices.DeleteFunc(slices.Clone(options), func(o *option.Option) bool { return !slices.Contains(names, o.Name) })
}

// take sets options that are not set yet from layers, in order of precedence.
func (r *resolver) take(options []*option.Option, layers ...layer) error {
	for _, l := range layers {
		// Decide givesWay before the layer sets anything, so that its own values don't exclude each other.
		open := slices.DeleteFunc(slices.Clone(options), func(o *option.Option) bool { return r.IsSet(o.Name) || r.givesWay(o) })
		for _, o := range open {
			value, given := l.get(o)
			if !given || r.isForOtherServer(l, o, value) {
				continue
			}
			if err := r.put(o, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// put checks a value that does not come from the command line and sets it.
func (r *resolver) put(o *option.Option, value Value) error {
	if value.entry != nil {
		if err := value.entry.fits(o); err != nil {
			return err
		}
	}
	for i, text := range value.Texts {
		raw, err := o.Parse(text, i)
		if err != nil {
			return failure.BadUsage(o.Hint, "%s %q: %w", value.called(o.Name), text, err)
		}
		value.JSON = append(value.JSON, raw)
	}
	r.set[o.Name] = value
	return nil
}
