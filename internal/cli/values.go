package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// value is a flag's value that a function reads.
type value struct {
	kind string
	text string
	set  func(string) error
	// repeats keeps all values, not the last one.
	repeats bool
}

func (v *value) String() string { return v.text }
func (v *value) Type() string   { return v.kind }

func (v *value) Set(s string) error {
	if err := v.set(s); err != nil {
		return err
	}
	v.text = s
	return nil
}

// seconds is a flag for a length of time, 0 or more: Go's notation, or a bare number of
// seconds as curl takes it.
func seconds(into *time.Duration, standard time.Duration) *value {
	*into = standard
	return &value{kind: "duration", text: short(standard), set: func(s string) error {
		d, err := time.ParseDuration(s)
		if n, bad := strconv.ParseFloat(s, 64); bad == nil {
			d, err = time.Duration(n*float64(time.Second)), nil
		}
		if err != nil || d < 0 {
			return errors.New("must be a length of time, such as 90s or 1h")
		}
		*into = d
		return nil
	}}
}

// count is a flag for a whole number, 0 or more.
func count(into *int, standard int) *value {
	*into = standard
	return &value{kind: "int", text: strconv.Itoa(standard), set: func(s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			return errors.New("must be a whole number, 0 or more")
		}
		*into = n
		return nil
	}}
}

// short writes a duration without the zeros that Go leaves in it.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// oneOf is a flag that takes one of some words.
func oneOf(into *string, kind string, words ...string) *value {
	return &value{kind: kind, text: *into, set: func(s string) error {
		if !slices.Contains(words, s) {
			return fmt.Errorf("must be one of %s", strings.Join(words, ", "))
		}
		*into = s
		return nil
	}}
}

// someOf is a flag that takes some of some words, joined by commas; it may repeat.
func someOf(into *[]string, kind string, words ...string) *value {
	return &value{kind: kind, repeats: true, set: func(s string) error {
		for word := range strings.SplitSeq(s, ",") {
			if !slices.Contains(words, word) {
				return fmt.Errorf("must be some of %s", strings.Join(words, ", "))
			}
			*into = append(*into, word)
		}
		return nil
	}}
}

// completes makes a flag complete itself from a fixed list of words.
func completes(cmd *cobra.Command, flag string, words ...string) {
	// It fails only for a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// completesList makes a flag complete the last of some words that are joined by commas.
func completesList(cmd *cobra.Command, flag string, words ...string) {
	complete := func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		before := typed[:strings.LastIndexByte(typed, ',')+1]
		var found []string
		for _, word := range words {
			if !slices.Contains(strings.Split(before, ","), word) {
				found = append(found, before+word)
			}
		}
		return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
	// It fails only for a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc(flag, complete)
}

// number reads a decimal number in a range as the JSON that is sent: the user's own
// digits where they are JSON already.
func number(lowest, highest float64, openLow bool, what string) func(string) (json.RawMessage, error) {
	return func(s string) (json.RawMessage, error) {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil || math.IsNaN(f) || f < lowest || f > highest || openLow && f == lowest {
			return nil, errors.New("must be a number " + what)
		}
		if json.Valid([]byte(s)) {
			return json.RawMessage(s), nil
		}
		return json.RawMessage(strconv.FormatFloat(f, 'g', -1, 64)), nil
	}
}

// integer reads a whole number in a range.
func integer(lowest, highest int64, what string) func(string) (json.RawMessage, error) {
	return func(s string) (json.RawMessage, error) {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n < lowest || n > highest {
			return nil, errors.New("must be a whole number " + what)
		}
		return strconv.AppendInt(nil, n, 10), nil
	}
}

// flagError says in the tool's voice what is wrong with a command line.
func flagError(cmd *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		invalid *pflag.InvalidValueError
		missing *pflag.ValueRequiredError
	)
	switch {
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		dashes := "--"
		if unknown.GetSpecifiedShortnames() != "" {
			dashes = "-"
		}
		return usage(nearestFlag(cmd, name), "there is no flag %s%s for %s", dashes, name, cmd.CommandPath())
	case errors.As(err, &invalid):
		return usage("", "--%s %s: %w", invalid.GetFlag().Name, strconv.Quote(invalid.GetValue()), plainValue(invalid.GetFlag(), invalid.Unwrap()))
	case errors.As(err, &missing):
		return usage("", "--%s needs a value", missing.GetFlag().Name)
	}
	return usage("see "+cmd.CommandPath()+" --help", "%w", err)
}

// plainValue is what is wrong with a value, without the names of Go's functions.
func plainValue(f *pflag.Flag, err error) error {
	if _, ok := errors.AsType[*strconv.NumError](err); ok && f.Value.Type() == "bool" {
		return errors.New("must be true or false")
	}
	return err
}

func nearestFlag(cmd *cobra.Command, name string) string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := nearest(name, names); near != "" {
		return "did you mean --" + near + "?"
	}
	return "see " + cmd.CommandPath() + " --help; words that begin with a dash go after --"
}

// nearest is the one of names that word was most likely meant to be; empty where none is
// near.
func nearest(word string, names []string) string {
	if len(word) < 3 {
		return ""
	}
	best, least := "", max(2, len(word)/3)+1
	for _, name := range names {
		d := distance(word, name)
		if strings.HasPrefix(name, word) {
			d = min(d, 1)
		}
		if d < least {
			best, least = name, d
		}
	}
	return best
}

// distance is the number of letters to put in, leave out or change between two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		left := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := left
			if a[i] != b[j] {
				change++
			}
			left = row[j+1]
			row[j+1] = min(change, row[j]+1, left+1)
		}
	}
	return row[len(b)]
}
