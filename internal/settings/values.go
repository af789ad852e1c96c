package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Given is an option on the command line with one value.
type Given struct {
	Option *option.Option
	Text   string
	// JSON is the value as Option.Parse returned it.
	JSON json.RawMessage
}

// Value is the value of an option and its source.
type Value struct {
	// Texts holds the values as written; several if the option repeats.
	Texts []string
	// JSON holds the same values as JSON.
	JSON []json.RawMessage
	Source
}

// OfField returns the JSON of a request field: the last value, or a list if the option repeats.
func (v Value) OfField(o *option.Option) json.RawMessage {
	if !o.Repeats() {
		return v.JSON[len(v.JSON)-1]
	}
	return rawjson.Array(v.JSON)
}

// isOn reports whether the value is anything but false.
func (v Value) isOn() bool { return len(v.JSON) > 0 && string(v.JSON[len(v.JSON)-1]) != "false" }

// Level is the kind of source of a value.
type Level int

// The levels, in ascending order of precedence.
const (
	Default Level = iota
	InFile
	Variable
	Flag
)

// Source describes the source of a value.
type Source struct {
	Level    Level
	variable string
	entry    *entry
}

// called returns the name of an option as written in this source.
func (s Source) called(name string) string {
	switch s.Level {
	case InFile:
		return s.entry.position() + ": " + s.entry.name
	case Variable:
		return s.variable
	}
	return "--" + name
}

// String returns "flag", the name of the variable, FILE:LINE, or "default".
func (s Source) String() string {
	switch s.Level {
	case InFile:
		place := fmt.Sprintf("%s:%d", s.entry.file, s.entry.line)
		if s.entry.profile != "" {
			place += " [" + s.entry.profile + "]"
		}
		return place
	case Variable:
		return s.variable
	case Flag:
		return "flag"
	}
	return "default"
}

// Values holds the options of a command and their values.
type Values struct {
	// File is the config file; nil for a command that reads no settings.
	File *File

	options []*option.Option
	given   []Given
	set     map[string]Value
	// otherServer maps options whose value in the config file is meant for another server to a reason that says so.
	otherServer map[string]string
}

// Options returns the options of the command, set or not.
func (v *Values) Options() []*option.Option { return v.options }

// Get returns the value of an option; its default, which may be empty, if nothing sets it.
func (v *Values) Get(name string) Value {
	if value, ok := v.set[name]; ok {
		return value
	}
	if o := option.Find(v.options, name); o != nil && o.Default != "" {
		return Value{Texts: []string{o.Default}}
	}
	return Value{}
}

// IsSet reports whether something other than the default sets an option.
func (v *Values) IsSet(name string) bool { return v.set[name].Level != Default }

// ByFlag reports whether the command line sets an option.
func (v *Values) ByFlag(name string) bool { return v.set[name].Level == Flag }

// Called returns what the user calls an option: its flag, or the variable or the entry of the config file that sets it.
func (v *Values) Called(name string) string { return v.set[name].called(name) }

// Text returns the last value; empty if there is none.
func (v *Values) Text(name string) string {
	texts := v.Get(name).Texts
	if len(texts) == 0 {
		return ""
	}
	return texts[len(texts)-1]
}

// Texts returns all values of an option that repeats.
func (v *Values) Texts(name string) []string { return v.Get(name).Texts }

// Words returns the words in all values, which are comma-separated lists.
func (v *Values) Words(name string) []string {
	var words []string
	for _, text := range v.Texts(name) {
		words = append(words, strings.Split(text, ",")...)
	}
	return words
}

// On reports whether a switch is on.
func (v *Values) On(name string) bool { return v.IsSet(name) && v.set[name].isOn() }

// Int returns a whole number; otherwise if there is no value.
func (v *Values) Int(name string, otherwise int) int {
	n, err := strconv.Atoi(v.Text(name))
	if err != nil {
		return otherwise
	}
	return n
}

// Number returns a decimal number; 0 if there is no value.
func (v *Values) Number(name string) float64 {
	// Its syntax was checked.
	n, _ := strconv.ParseFloat(v.Text(name), 64)
	return n
}

// Duration returns a duration; 0 if there is no value.
func (v *Values) Duration(name string) time.Duration {
	d, _ := option.ParseDuration(v.Text(name)) // checked, as above
	return d
}

// Money returns a sum in units of 10^-10 USD; 0 if there is no value.
func (v *Values) Money(name string) int64 {
	ticks, _ := option.ParseMoney(v.Text(name)) // checked, as above
	return ticks
}

// Shard returns K and N; 0 and 0 if there is no value.
func (v *Values) Shard(name string) (k, n int64) {
	k, n, _ = option.ParseShard(v.Text(name)) // checked, as above
	return k, n
}

// Share returns a share of all; nil if there is no value.
func (v *Values) Share(name string) *big.Rat {
	share, _ := option.ParseShare(v.Text(name)) // checked, as above
	return share
}

// Character returns one character; 0 if there is no value.
func (v *Values) Character(name string) rune {
	c, _ := option.ParseCharacter(v.Text(name)) // checked, as above
	return c
}

// Filter returns a jq filter: "." if it is set to the empty string, and empty if it is not set.
func (v *Values) Filter(name string) string {
	if v.IsSet(name) && v.Text(name) == "" {
		return "."
	}
	return v.Text(name)
}

// InOrder returns the values of the named options on the command line, in order.
func (v *Values) InOrder(names ...string) []Given {
	return slices.DeleteFunc(slices.Clone(v.given), func(g Given) bool { return !slices.Contains(names, g.Option.Name) })
}

// ForOtherServer returns the reason why an option's value in the config file is not used, such as "config.toml:3:1:
// api-key-file is for localhost:8080"; empty if there is no such value.
func (v *Values) ForOtherServer(name string) string { return v.otherServer[name] }

// Name returns err with the name of an option replaced by its name in the source of the value: "--proxy: …" becomes
// "CHATCMPL_PROXY: …" or "config.toml:3:1: proxy: …".
func (v *Values) Name(err error) error {
	about, ok := errors.AsType[*failure.OptionError](err)
	if !ok || v.set[about.Option].Level == Default || v.ByFlag(about.Option) {
		return err
	}
	return &namedError{strings.Replace(err.Error(), "--"+about.Option, v.Called(about.Option), 1), err}
}

// namedError wraps an error with another text.
type namedError struct {
	words string
	err   error
}

func (e *namedError) Error() string { return e.words }
func (e *namedError) Unwrap() error { return e.err }
