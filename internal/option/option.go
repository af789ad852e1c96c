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
	// Short is the flag's letter; empty where it has none.
	Short string
	// Arg names the value in help; empty for a switch.
	Arg string
	// Help describes the option on one line.
	Help string
	// Group is the heading under which help lists it.
	Group Group
	// Commands are the commands that have it.
	Commands Commands
	// Global makes it a flag of every command, so that it may stand before the command's name. A command that is not among
	// Commands refuses it.
	Global bool
	Type   Type
	Range  Range
	// Words are the values of Word and Words, and suggestions for the shell's completion of other types.
	Words []string
	// Extensions are those of the files that the shell offers.
	Extensions []string
	// Hint says what to do about a value that can't be used; empty where the error says it.
	Hint string
	// Default is the value where nothing sets it.
	Default string
	// Alone is the value of a flag that stands without one; empty where it needs one.
	Alone string
	// Most is the number of values that it keeps, if it may repeat; 0 keeps the last one.
	Most int
	// Once refuses a second value on the command line: what the first one names would be dropped in silence.
	Once bool
	// Exact keeps the white space at the ends of a value: it is text that is sent, or the name of a file that is.
	Exact bool
	// Field is the field of the request that it sets; empty where it sets none.
	Field string
	// Source says where its value may come from.
	Source Source
	// OneServer says what of a config file's value is meant for that file's server alone.
	OneServer OneServer
	// Secret says how `config` shows the value.
	Secret Secrecy
	// Conflicts are the options that it does not go with.
	Conflicts []Conflict
	// Needs are the options without which the flag means nothing.
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
	Endpoint   Group = "Endpoint"
	Connection Group = "Connection"
	Testing    Group = "Testing"
	Notes      Group = "Notes"
)

// Groups returns all groups in their order.
func Groups() []Group {
	return []Group{Messages, Input, Request, Reply, Records, Limits, Output, Endpoint, Connection, Testing, Notes}
}

// Commands is a set of commands.
type Commands uint

// The commands that have options, and sets of them.
const (
	Chat Commands = 1 << iota
	Stream
	Batch
	Image
	Models
	Serve
	Config
	Version

	Conversations = Chat | Stream | Batch | Image
	Sending       = Conversations | Models
	Connecting    = Sending | Config
)

// Source says where a value may come from.
type Source int

// Most options say how to connect, pace or print, and may come from everywhere. Those that say what is sent come from the
// command line only.
const (
	Everywhere Source = iota
	CommandLine
)

// OneServer says what of a config file's value is meant for the server that the file names.
type OneServer int

// Nothing, the whole value, or those values that carry secrets.
const (
	AnyServer OneServer = iota
	WholeValue
	SecretsOnly
)

// Secrecy says how a value is shown.
type Secrecy int

// The ways to show a value.
const (
	Plain      Secrecy = iota
	URLSecret          // without the secrets of a URL
	HeaderLine         // 'Name: value', without the value of a secret header
	FirstWord          // a command, whose arguments may hold the key
)

// Conflict is an option that another one does not go with.
type Conflict struct {
	With string
	// GivesWay lets the one that was set by a lower source give way to the other: a flag wins over a variable. Without it
	// the two are refused wherever they come from.
	GivesWay bool
	// Tie says which of the two holds if not both come from the command line.
	Tie Tie
	// Words say what is wrong, with %s for what the user calls the other option. Empty is "--a and --b don't go together".
	Words string
	Hint  string
}

// Tie says which of two options holds.
type Tie int

// Neither refuses the two together; This is the option with the conflict, Other the one that it names.
const (
	Neither Tie = iota
	This
	Other
)

// Need is an option that a flag goes with.
type Need struct {
	Option string
	// Shown is what a message calls the other option.
	Shown string
}

// many is more values than anybody gives.
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

// Find returns the option of a name; nil if there is none.
func Find(rows []*Option, name string) *Option {
	if i := slices.IndexFunc(rows, func(o *Option) bool { return o.Name == name }); i >= 0 {
		return rows[i]
	}
	return nil
}
