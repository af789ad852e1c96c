package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/chatcmpl/chatcmpl/internal/help"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/topics"
)

// The groups of commands in help, by purpose.
const (
	groupAsk   = "ask"
	groupTest  = "test"
	groupSetUp = "set-up"
)

func commandGroups() []*cobra.Group {
	return []*cobra.Group{
		{ID: groupAsk, Title: "Ask a model"},
		{ID: groupTest, Title: "Test without a network"},
		{ID: groupSetUp, Title: "Set up and look up"},
	}
}

// setUpHelp makes -h print the short help and --help the full one. pflag reports an undefined -h as pflag.ErrHelp, upon
// which cobra calls the help function, so only --help is defined.
func (p *program) setUpHelp() {
	p.root.AddGroup(commandGroups()...)
	p.root.SetCompletionCommandGroupID(groupSetUp)
	p.root.SetHelpCommand(newHelp(p))
	p.root.PersistentFlags().Bool("help", false, "show all flags; -h shows those used most")
	p.root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { p.showHelp(cmd, cmd.Flags().Changed("help")) })
}

// showHelp prints the help of a command or a topic.
func (p *program) showHelp(cmd *cobra.Command, full bool) {
	blocks := p.shortHelp(cmd)
	switch {
	case cmd.IsAdditionalHelpTopicCommand():
		blocks = Page(cmd)
	case full:
		blocks = p.fullHelp(cmd)
	}
	// A failure to write is kept by checkedWriter.
	_, _ = fmt.Fprintln(cmd.OutOrStdout(), help.Text(blocks))
}

// shortHelp returns help that fits on a screen: the purpose, the usage, the flags used most, an example, and where to find more.
func (p *program) shortHelp(cmd *cobra.Command) []help.Block {
	blocks := append(Page(cmd)[:1:1], usageOf(cmd)...)
	blocks = append(blocks, p.childrenOf(cmd)...)
	if cmd == p.root {
		blocks = append(blocks, topicList()...)
	} else if c := p.find(cmd); c != nil {
		blocks = append(blocks, topics.CommonFlags(p.accepted(c.has), c.has)...)
	}
	if cmd.HasExample() {
		first, _, _ := strings.Cut(cmd.Example, "\n")
		blocks = append(blocks, help.Title("Example"), help.Code(strings.TrimSpace(first)))
	}
	return append(blocks, p.moreHelp(cmd)...)
}

// fullHelp returns everything about a command. The flags come last, where a terminal shows them without scrolling back.
func (p *program) fullHelp(cmd *cobra.Command) []help.Block {
	page := Page(cmd)
	blocks := append(page[:1:1], usageOf(cmd)...)
	if cmd.HasExample() {
		blocks = append(blocks, help.Title("Examples"), help.Code(strings.ReplaceAll("\n"+cmd.Example, "\n  ", "\n")))
	}
	blocks = append(append(blocks, page[1:]...), help.Heading("Exit status"), topics.ExitCodes(), help.Paragraph("See chatcmpl help exit-codes for more."))
	blocks = append(append(blocks, p.childrenOf(cmd)...), p.flagsOf(cmd)...)
	if cmd == p.root {
		blocks = append(blocks, topicList()...)
	}
	return blocks
}

func usageOf(cmd *cobra.Command) []help.Block {
	line := cmd.UseLine()
	if cmd.HasAvailableSubCommands() {
		line = cmd.CommandPath() + " COMMAND [flags] [WORDS...]"
		if cmd.HasParent() {
			line = cmd.CommandPath() + " SHELL"
		}
	}
	return []help.Block{help.Title("Usage"), help.Code(line)}
}

// childrenOf lists the commands below a command, by their groups.
func (p *program) childrenOf(cmd *cobra.Command) []help.Block {
	children := slices.DeleteFunc(slices.Clone(cmd.Commands()), func(c *cobra.Command) bool { return c.IsAdditionalHelpTopicCommand() || c.Hidden })
	slices.SortStableFunc(children, func(a, b *cobra.Command) int { return cmp.Compare(p.rank(a), p.rank(b)) })
	var blocks []help.Block
	for _, group := range append(cmd.Groups(), &cobra.Group{Title: "Shells"}) {
		var rows [][]string
		for _, child := range children {
			if child.GroupID == group.ID {
				rows = append(rows, []string{child.Name(), child.Short})
			}
		}
		if rows != nil {
			blocks = append(blocks, help.Title(group.Title), help.List(rows...))
		}
	}
	return blocks
}

// rank returns the place of a command among the commands of this package. Those of cobra follow.
func (p *program) rank(cmd *cobra.Command) int {
	if i := slices.IndexFunc(p.commands, func(c *command) bool { return c.Command == cmd }); i >= 0 {
		return i
	}
	return len(p.commands)
}

func topicList() []help.Block {
	var rows [][]string
	for _, t := range topics.All() {
		rows = append(rows, []string{t.Name, t.Short})
	}
	rows = append(rows, []string{"config", "the config file and its profiles, and the command config"})
	return []help.Block{help.Title("Topics, by chatcmpl help TOPIC"), help.List(rows...)}
}

// Flags returns the flags of a command in their groups.
func Flags(cmd *cobra.Command) []help.Block { return newProgram(nil, nil, nil).flagsOf(cmd) }

// flagsOf lists all flags of a command: those of the table in their groups, and those of one of cobra's commands.
func (p *program) flagsOf(cmd *cobra.Command) []help.Block {
	if !cmd.HasParent() {
		version := []string{"    --version", "print the version"}
		return append(topics.Flags(globals(p.rows)), help.List(version))
	}
	if c := p.find(cmd); c != nil {
		return topics.Flags(p.accepted(c.has))
	}
	var rows [][]string
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) { rows = append(rows, []string{"    --" + f.Name, f.Usage}) })
	if rows == nil {
		return nil
	}
	return []help.Block{help.Title("Flags"), help.List(rows...)}
}

// moreHelp returns the block that says where to find more help.
func (p *program) moreHelp(cmd *cobra.Command) []help.Block {
	if cmd == p.root {
		return []help.Block{help.Paragraph("chatcmpl COMMAND -h shows the flags used most, chatcmpl COMMAND --help all.")}
	}
	topicRow := []string{"chatcmpl help TOPIC", strings.Join(topicNames(), ", ")}
	if cmd.Name() == "help" {
		return []help.Block{help.Title("More help"), help.List([]string{"chatcmpl help COMMAND", "all flags of a command, examples, exit codes"}, topicRow)}
	}
	return []help.Block{help.Title("More help"), help.List([]string{cmd.CommandPath() + " --help", "all flags, examples, exit codes"}, topicRow)}
}

// find returns the command that cobra knows as cmd; nil for one of cobra's own commands, of which another tree has copies.
func (p *program) find(cmd *cobra.Command) *command {
	i := slices.IndexFunc(p.commands, func(c *command) bool { return c.CommandPath() == cmd.CommandPath() })
	if i < 0 {
		return nil
	}
	return p.commands[i]
}

// accepted returns the options that a command accepts, in the order of the table.
func (p *program) accepted(has option.Commands) []*option.Option {
	if has == option.Serve {
		has |= option.Forwarding
	}
	options := option.Of(p.rows, has)
	if has == option.Record {
		describeForRecord(options)
	}
	return options
}
