package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/cli"
	"github.com/chatcmpl/chatcmpl/internal/help"
	"github.com/chatcmpl/chatcmpl/internal/topics"
)

// manDate is the date of all pages. It is constant, so that the same source always yields the same bytes; it is updated
// for each release.
const manDate = "2026-11-22"

// manual writes the pages of a command tree.
type manual struct{ root *cobra.Command }

// writeMan writes a page for root, for each command and for each topic into dir.
func writeMan(root *cobra.Command, dir string) error {
	// Otherwise Cobra adds the flag only when the command runs.
	root.InitDefaultVersionFlag()
	m := &manual{root: root}
	return m.write(root, dir)
}

func (m *manual) write(cmd *cobra.Command, dir string) error {
	file := pageName(cmd) + "." + section(cmd)
	if err := os.WriteFile(filepath.Join(dir, file), []byte(m.page(cmd)), 0o644); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for _, child := range cmd.Commands() {
		if err := m.write(child, dir); err != nil {
			return err
		}
	}
	return nil
}

func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// section returns the section of a page. A topic can't be run, so its page belongs in section 7, with conventions and
// overviews.
func section(cmd *cobra.Command) string {
	if cmd.IsAdditionalHelpTopicCommand() {
		return "7"
	}
	return "1"
}

// page returns the source of a page.
func (m *manual) page(cmd *cobra.Command) string {
	r := &roff{}
	// The first line makes man run tbl.
	r.WriteString("'\\\" t\n.\\\" Written by go generate.\n")
	fmt.Fprintf(&r.Builder, ".TH %s %s %s chatcmpl \"chatcmpl manual\"\n", escape(strings.ToUpper(pageName(cmd))), section(cmd), manDate)
	r.WriteString(".nh\n.ad l\n")
	r.section("NAME")
	r.fill(escape(pageName(cmd) + " - " + cmd.Short))
	r.section("SYNOPSIS")
	r.WriteString(strings.Join(synopsis(cmd), "\n.br\n") + "\n")
	r.section("DESCRIPTION")
	r.blocks(cli.Page(cmd))
	if section(cmd) == "1" {
		m.children(r, cmd)
		options(r, cmd)
		r.section("EXIT STATUS")
		r.blocks([]help.Block{topics.ExitCodes(), help.Paragraph("See " + m.root.Name() + " help exit-codes for more.")})
		m.environment(r, cmd)
		m.files(r)
	}
	if cmd.HasExample() {
		r.section("EXAMPLES")
		r.code(exampleLines(cmd.Example))
	}
	r.section("SEE ALSO")
	r.fill(strings.Join(m.related(cmd), ", "))
	return r.String()
}

// exampleLines returns the lines of an example without their indentation.
func exampleLines(example string) []string {
	lines := strings.Split(strings.TrimSpace(example), "\n")
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], "  ")
	}
	return lines
}

// synopsis returns the usage lines of a page.
func synopsis(cmd *cobra.Command) []string {
	switch {
	case section(cmd) == "7":
		return []string{formatUsage(cmd.Root().Name() + " help " + cmd.Name())}
	case !cmd.HasParent():
		name := cmd.Name()
		return []string{formatUsage(name + " COMMAND [flags] [WORDS...]"), formatUsage(name + " help [COMMAND|TOPIC]"), formatUsage(name + " --version")}
	case cmd.HasSubCommands():
		return []string{formatUsage(cmd.CommandPath() + " COMMAND [flags]")}
	}
	return []string{formatUsage(cmd.UseLine())}
}

// formatUsage formats a usage line: placeholders in italics, the rest in bold.
func formatUsage(line string) string {
	part := regexp.MustCompile(`\b[A-Z]{2,}\b(\\&\.[a-z]+)?|\b[N]\b|\bflags\b|[a-z]+|(\\-)+[a-z]+`)
	return part.ReplaceAllStringFunc(escape(line), func(word string) string {
		if strings.ToUpper(word) == word || word == "flags" {
			return `\fI` + word + `\fR`
		}
		return `\fB` + word + `\fR`
	})
}

// children lists the commands and the topics below a command.
func (m *manual) children(r *roff, cmd *cobra.Command) {
	for _, kind := range []struct{ section, title string }{{"1", "COMMANDS"}, {"7", "TOPICS"}} {
		var rows [][]string
		for _, child := range cmd.Commands() {
			if section(child) == kind.section {
				rows = append(rows, []string{child.Name(), child.Short})
			}
		}
		if rows != nil {
			r.section(kind.title)
			r.list(rows)
		}
	}
}

// options lists the flags of a command with the texts of the help.
func options(r *roff, cmd *cobra.Command) {
	r.section("OPTIONS")
	for _, b := range cli.Flags(cmd) {
		if b.Kind == help.KindTitle {
			r.heading("SS", b.Text)
		}
		for _, row := range b.Rows {
			r.item(7, flagNames(strings.TrimSpace(row[0])), row[1])
		}
	}
}

// flagNames formats the names of a flag in bold and the type of its value in italics.
func flagNames(names string) string {
	words := strings.Fields(names)
	for i, word := range words {
		font := `\fI`
		if strings.HasPrefix(word, "-") {
			font = `\fB`
		}
		words[i] = font + escape(strings.TrimSuffix(word, ",")) + `\fR`
		if strings.HasSuffix(word, ",") {
			words[i] += ","
		}
	}
	return strings.Join(words, " ")
}

// environment lists the environment variables that a command reads.
func (m *manual) environment(r *roff, cmd *cobra.Command) {
	names := cli.Variables(cmd)
	if names == nil && cmd.HasParent() {
		return
	}
	r.section("ENVIRONMENT")
	r.list(topics.EnvironmentList().Rows)
	if names != nil {
		r.paragraph("These set the flags of their names; a flag wins over its variable.")
		r.paragraph(strings.Join(names, ", "))
	}
	r.paragraph("See " + m.root.Name() + "-environment(7) for more.")
}

// files lists the files that are read without a flag.
func (m *manual) files(r *roff) {
	r.section("FILES")
	if config, _, err := m.root.Find([]string{"config"}); err == nil && config != m.root {
		r.item(7, `\fI`+escape("${XDG_CONFIG_HOME:-~/.config}/chatcmpl/config.toml")+`\fR`, "settings and profiles; see "+pageName(config)+"("+section(config)+")")
	}
	r.paragraph("Files are written only where a flag or its variable names them.")
}

// related returns the pages for SEE ALSO: those above and below a command, and the topics.
func (m *manual) related(cmd *cobra.Command) []string {
	pages := cmd.Commands()
	for _, topic := range m.root.Commands() {
		if section(topic) == "7" && topic != cmd {
			pages = append(pages, topic)
		}
	}
	cmd.VisitParents(func(parent *cobra.Command) { pages = append(pages, parent) })
	slices.SortFunc(pages, func(a, b *cobra.Command) int {
		return cmp.Or(cmp.Compare(section(a), section(b)), cmp.Compare(pageName(a), pageName(b)))
	})
	var names []string
	for _, page := range slices.Compact(pages) {
		names = append(names, `\fB`+escape(pageName(page))+`\fR(`+section(page)+")")
	}
	return names
}
