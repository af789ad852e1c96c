package topics

import (
	"github.com/chatcmpl/chatcmpl/internal/help"
	"github.com/chatcmpl/chatcmpl/internal/option"
)

// Flags returns options in their groups, each with its range and its default.
func Flags(options []*option.Option) []help.Block {
	var blocks []help.Block
	for _, group := range option.Groups() {
		var rows [][]string
		for _, o := range options {
			if o.Group == group {
				rows = append(rows, []string{o.Usage(), o.Description()})
			}
		}
		if group == option.Notes {
			rows = append(rows, []string{"-h, --help", "show the flags used most (-h), or all of them (--help)"})
		}
		if rows != nil {
			blocks = append(blocks, help.Title(string(group)), help.List(rows...))
		}
	}
	return blocks
}

// CommonFlags returns the options that people use most with a command, one a line.
func CommonFlags(options []*option.Option, command option.Commands) []help.Block {
	var rows [][]string
	for _, group := range option.Groups() {
		for _, o := range options {
			if o.Group == group && o.Common&command != 0 {
				rows = append(rows, []string{o.Usage(), o.Summary()})
			}
		}
	}
	if rows == nil {
		return nil
	}
	return []help.Block{help.Title("Flags used most"), help.List(rows...)}
}
