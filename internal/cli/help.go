package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/help"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/topics"
)

// newHelp returns the help command. Unlike cobra's, it returns an error for an unknown topic.
func newHelp(p *program) *cobra.Command {
	return &cobra.Command{
		Use:                   "help [COMMAND|TOPIC]",
		DisableFlagsInUseLine: true,
		Short:                 "explain a command or a topic",
		GroupID:               groupSetUp,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			names := slices.DeleteFunc(commandNames(p.root), func(name string) bool { return strings.HasPrefix(name, "__") })
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, words []string) error {
			cmd, rest, err := p.root.Find(words)
			if err != nil || len(rest) > 0 || cmd == nil {
				hint := "the topics are " + strings.Join(topicNames(), ", ")
				if near := option.Nearest(strings.Join(words, " "), commandNames(p.root)); near != "" {
					hint = "did you mean chatcmpl help " + near + "?"
				}
				return failure.BadUsage(hint, "there is no help about %q", strings.Join(words, " "))
			}
			p.showHelp(cmd, cmd != p.root)
			return nil
		},
	}
}

// topicNames returns the names of the topics. The page of the command config is one, too.
func topicNames() []string {
	var names []string
	for _, t := range topics.All() {
		names = append(names, t.Name)
	}
	return append(names, "config")
}

// topicCommands returns the help topics, which are not commands.
func topicCommands() []*cobra.Command {
	var commands []*cobra.Command
	for _, t := range topics.All() {
		commands = append(commands, &cobra.Command{Use: t.Name, Short: t.Short})
	}
	return commands
}

// Page returns the description of a command or a topic. Cobra's own commands keep their text.
func Page(cmd *cobra.Command) []help.Block {
	switch {
	case !cmd.HasParent():
		return topics.Page("")
	case !cmd.Parent().HasParent():
		if page := topics.Page(cmd.Name()); page != nil {
			return page
		}
	}
	return cobraPage(cmd.Long)
}

// cobraPage reads the text of one of cobra's own commands: paragraphs, and code that is indented by a tab or follows a #.
func cobraPage(text string) []help.Block {
	var blocks []help.Block
	for part := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		switch {
		case strings.TrimSpace(part) == "":
		case strings.HasPrefix(part, "#"):
			blocks = append(blocks, help.Paragraph(strings.Trim(part, "# ")))
		case strings.HasPrefix(strings.TrimLeft(part, "\n"), "\t"):
			blocks = append(blocks, help.Code(strings.ReplaceAll(part, "\t", "")))
		default:
			blocks = append(blocks, help.Paragraph(part))
		}
	}
	return blocks
}

// Variables returns the environment variables that set options of a command, in the order of the table; nil if it reads none.
func Variables(cmd *cobra.Command) []string {
	p := newProgram(nil, nil, nil)
	for _, c := range p.commands {
		if c.Name() != cmd.Name() || c.has == option.Version || c.has == option.Config {
			continue
		}
		var names []string
		for _, o := range append(p.own(c.has), globals(p.rows)...) {
			if name := o.Variable(); name != "" {
				names = append(names, name)
			}
		}
		return names
	}
	return nil
}
