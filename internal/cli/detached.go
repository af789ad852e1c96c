package cli

import (
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/option"
)

// noteDetached notes each word that follows a flag whose value must be attached by "=", if it may have been meant as that value:
// it is a word of its own. It returns an error if the word is one of those that the flag takes.
func (p *program) noteDetached(options []*option.Option) error {
	for args := p.args; len(args) > 1 && args[0] != "--"; args = args[1:] {
		last := lastFlag(options, args[0])
		switch {
		case last == nil:
		case !last.StandsAlone():
			args = args[1:]
		case last.Type == option.Word && last.MayMean(args[1]):
			return failure.BadUsage("write --"+last.Name+"="+args[1], "%q is not the value of --%s, but a word of its own", args[1], last.Name)
		case last.MayMean(args[1]):
			p.con.Note("%q is not the value of --%s; to make it so, write --%s=%s", args[1], last.Name, last.Name, args[1])
		}
	}
	return nil
}

// lastFlag returns the option of the last flag in an argument, which the next argument may belong to; nil if the argument is not
// a flag, or has a value of its own.
func lastFlag(options []*option.Option, arg string) *option.Option {
	if name, ok := strings.CutPrefix(arg, "--"); ok {
		return option.Find(options, name)
	}
	letters, ok := strings.CutPrefix(arg, "-")
	for ok && letters != "" {
		o := findShort(options, letters[:1])
		if letters = letters[1:]; o == nil || letters == "" {
			return o
		}
		ok = o.StandsAlone() && letters[0] != '='
	}
	return nil
}

func findShort(options []*option.Option, letter string) *option.Option {
	for _, o := range options {
		if o.Short == letter {
			return o
		}
	}
	return nil
}
