// Package option holds the table of everything that can be set: a row for each flag, from which its environment variable,
// its entry in the config file, its help, its completion and its checks follow. A new option is a row here and its use.
package option

import (
	"slices"
	"strings"
	"unicode"
)

// Option is a row of the table.
type Option struct {
	// Name is the long name: the flag, the entry of the config file and, in capitals after CHATCMPL_, the variable.
	Name string
	// Short is the flag's letter; empty if it has none.
	Short string
	// Arg names the value in help; empty for a switch.
	Arg string
	// Help describes the option in a few words, without its range and its default.
	Help string
	// More continues Help in the full help; empty if Help is enough.
	More string
	// Common are the commands whose short help shows the option.
	Common Commands
	// Group is the heading under which help lists it.
	Group Group
	// Commands are the commands that accept the option.
	Commands Commands
	// Global makes the option a flag of every command, so that it may precede the command's name. Commands that are not
	// in Commands refuse it.
	Global bool
	Type   Type
	Range  Range
	// Words are the values of Word and Words, and suggestions for the shell's completion of other types.
	Words []string
	// Extensions are the file extensions for the shell's completion.
	Extensions []string
	// Hint says what to do about an invalid value; empty if the error does.
	Hint string
	// Default is the value if the option is not set.
	Default string
	// Alone is the value if the flag is given without one; empty if the flag requires a value.
	Alone string
	// Most is the maximum number of values of an option that repeats; 0 keeps only the last value.
	Most int
	// Once refuses a second value on the command line, because the first one would be silently ignored.
	Once bool
	// Exact keeps white space at the ends of a value, because the value is sent, or names a file that is sent.
	Exact bool
	// Stdin lets "-" stand for standard input where the option names a file.
	Stdin bool
	// Field is the request field that the option sets; empty if it sets none.
	Field string
	// Source restricts the sources of the value.
	Source Source
	// OneServer selects the part of a config file's value that is meant only for the server in that file.
	OneServer OneServer
	// Secret selects how `config` shows the value.
	Secret Secrecy
	// Conflicts are the options that are mutually exclusive with this one.
	Conflicts []Conflict
	// Needs are the options that the flag requires.
	Needs []Need
}

// Group is a heading in help.
type Group string

// The groups, in the order in which help shows them.
const (
	Messages   Group = "Messages"
	Input      Group = "Input"
	Request    Group = "Request"
	Reply      Group = "Reply"
	Records    Group = "Batch"
	Limits     Group = "Pace and limits"
	Output     Group = "Output"
	Connection Group = "Connection"
	Testing    Group = "Testing"
	Notes      Group = "Notes"
)

// Groups returns all groups in their order.
func Groups() []Group {
	return []Group{Messages, Input, Request, Reply, Records, Limits, Output, Connection, Testing, Notes}
}

// Commands is a set of commands.
type Commands uint

// The commands with options, and sets of commands.
const (
	Chat Commands = 1 << iota
	Stream
	Batch
	Image
	Models
	Serve
	Config
	Version
	Record
	Replay
	Forwarding // serve --upstream

	Conversations = Chat | Stream | Batch | Image
	Sending       = Conversations | Models
	Connecting    = Sending | Config
	Programs      = Record | Replay
)

// Source restricts the sources of a value.
type Source int

// Options about connecting, pacing and printing may be set everywhere; options about the content of requests only on
// the command line.
const (
	Everywhere Source = iota
	CommandLine
)

// OneServer selects the part of a config file's value that is meant only for the server in that file.
type OneServer int

// No part, the whole value, or only the values that are secret.
const (
	AnyServer OneServer = iota
	WholeValue
	SecretsOnly
)

// Secrecy selects how a value is shown.
type Secrecy int

// The ways to show a value.
const (
	Plain      Secrecy = iota
	URLSecret          // without the secrets of a URL
	HeaderLine         // 'Name: value', without the value of a secret header
	FirstWord          // only the first word of a command, whose arguments may contain the key
)

// Conflict describes an option that is mutually exclusive with another.
type Conflict struct {
	With string
	// GivesWay unsets the option from the source of lower precedence: a flag wins over a variable. Without it, setting
	// both is an error.
	GivesWay bool
	// Tie selects the option that wins if both are set, but not both on the command line.
	Tie Tie
	// Words is the error message, with %s for the other option as the user wrote it. The default is "--a and --b don't
	// go together".
	Words string
	Hint  string
}

// Tie selects which of two conflicting options wins.
type Tie int

// Neither makes setting both an error; This is the option with the Conflict, Other is Conflict.With.
const (
	Neither Tie = iota
	This
	Other
)

// Need describes an option that a flag requires.
type Need struct {
	Option string
	// Shown is the name of the other option in messages.
	Shown string
}

// many makes the number of values practically unlimited.
const many = 1 << 30

// Variable returns the name of the environment variable; empty for an option that only the command line sets.
func (o *Option) Variable() string {
	if o.Source == CommandLine {
		return ""
	}
	return "CHATCMPL_" + strings.ToUpper(strings.ReplaceAll(o.Name, "-", "_"))
}

// Repeats reports whether the option keeps several values.
func (o *Option) Repeats() bool { return o.Most > 0 }

// StandsAlone reports whether the flag needs no value, and takes one only if it is attached by "=".
func (o *Option) StandsAlone() bool { return o.Type == Switch || o.Alone != "" }

// MayMean reports whether the word after a flag that stands alone may have been meant as its value.
func (o *Option) MayMean(word string) bool {
	if o.Type == Switch {
		return word == "true" || word == "false"
	}
	if o.Type == Word {
		return slices.Contains(o.Words, word)
	}
	const longest = 20 // bytes of the name of a language
	isLetter := func(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
	return word != "" && len(word) <= longest && isLetter(word[0]) && !strings.ContainsFunc(word, func(r rune) bool {
		return r > unicode.MaxASCII || !isLetter(byte(r)) && !strings.ContainsRune("0123456789+#-_", r)
	})
}

// Of returns the options of some commands, in the order of the table.
func Of(rows []Option, commands Commands) []*Option {
	var found []*Option
	for i := range rows {
		if rows[i].Commands&commands != 0 {
			found = append(found, &rows[i])
		}
	}
	return found
}

// Find returns the option with a name; nil if there is none.
func Find(rows []*Option, name string) *Option {
	if i := slices.IndexFunc(rows, func(o *Option) bool { return o.Name == name }); i >= 0 {
		return rows[i]
	}
	return nil
}
