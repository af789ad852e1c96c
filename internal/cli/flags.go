package cli

import (
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/settings"
)

// flag implements pflag.Value for an option.
type flag struct {
	*option.Option

	line *commandLine
	text string // the last value
}

func (f *flag) String() string { return f.text }

// Type implements pflag.Value. It returns the placeholder of the value in help.
func (f *flag) Type() string {
	if f.Option.Type == option.Switch {
		return "bool"
	}
	return f.Arg
}

// Set implements pflag.Value.
func (f *flag) Set(text string) error {
	text = f.Trim(text)
	already := 0
	for _, g := range f.line.given {
		if g.Option == f.Option {
			already++
		}
	}
	if f.Once && already > 0 {
		return errors.New("may be given only once")
	}
	raw, err := f.Parse(text, already)
	if err != nil {
		return err
	}
	f.text = text
	f.line.given = append(f.line.given, settings.Given{Option: f.Option, Text: text, JSON: raw})
	return nil
}

// commandLine collects the values of flags in the order of the command line.
type commandLine struct{ given []settings.Given }

// bind adds options as flags.
func (l *commandLine) bind(fs *pflag.FlagSet, options []*option.Option) {
	for _, o := range options {
		added := fs.VarPF(&flag{Option: o, line: l, text: o.Default}, o.Name, o.Short, o.Description())
		if added.NoOptDefVal = o.Alone; o.Type == option.Switch {
			added.NoOptDefVal = "true"
		}
	}
}

// wantsJSON reports whether errors are to be printed as JSON. It looks for --error-format before the flags are parsed,
// so that it applies to errors of parsing them.
func wantsJSON(getenv func(string) string, args []string) bool {
	form := getenv("CHATCMPL_ERROR_FORMAT")
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if value, ok := strings.CutPrefix(arg, "--error-format="); ok {
			form = value
		} else if arg == "--error-format" && i+1 < len(args) {
			form = args[i+1]
		}
	}
	return strings.TrimSpace(form) == "json"
}

// flagError replaces an error of pflag by one in chatcmpl's own words.
func (p *program) flagError(cmd *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		invalid *pflag.InvalidValueError
		missing *pflag.ValueRequiredError
	)
	switch {
	case errors.Is(err, pflag.ErrHelp):
		return err
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		dashes := "--"
		if unknown.GetSpecifiedShortnames() != "" {
			dashes = "-"
		}
		return failure.BadUsage(p.flagHint(cmd, name, dashes), "there is no flag %s%s for %s", dashes, name, cmd.CommandPath())
	case errors.As(err, &invalid):
		hint := ""
		if f, ok := invalid.GetFlag().Value.(*flag); ok {
			hint = f.Hint
		}
		return failure.BadUsage(hint, "--%s %s: %w", invalid.GetFlag().Name, strconv.Quote(invalid.GetValue()), plainValue(invalid.Unwrap()))
	case errors.As(err, &missing):
		return failure.BadUsage("", "--%s needs a value", missing.GetFlag().Name)
	}
	return failure.BadUsage("see "+cmd.CommandPath()+" --help", "%w", err)
}

// plainValue returns an error without the names of Go functions for an invalid value of one of cobra's switches.
func plainValue(err error) error {
	if _, ok := errors.AsType[*strconv.NumError](err); ok {
		return errors.New("must be true or false")
	}
	return err
}

// flagHint returns the hint for an unknown flag: the flag that was probably meant, or the commands that have it.
func (p *program) flagHint(cmd *cobra.Command, name, dashes string) string {
	if others := p.commandsWith(name, dashes); others != nil {
		return dashes + name + " is a flag of chatcmpl " + strings.Join(others, ", ")
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := option.Nearest(name, names); near != "" {
		return "did you mean --" + near + "?"
	}
	return "see " + cmd.CommandPath() + " --help; words that begin with a dash go after --"
}

// commandsWith returns the names of the commands that have a flag, or a flag with that letter.
func (p *program) commandsWith(name, dashes string) []string {
	p.bindAll()
	var names []string
	for _, c := range p.commands {
		// ShorthandLookup panics if the name is longer.
		isLetter := dashes == "-" && len(name) == 1
		if isLetter && c.Flags().ShorthandLookup(name) != nil || dashes == "--" && c.Flags().Lookup(name) != nil {
			names = append(names, c.Name())
		}
	}
	return names
}
