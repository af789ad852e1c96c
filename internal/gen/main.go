// Command gen writes the shell completions and the man pages from the command tree, for go generate.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/chatcmpl/chatcmpl/internal/cli"
)

func main() {
	log.SetFlags(0)
	root, err := moduleRoot()
	if err == nil {
		err = write(root)
	}
	if err != nil {
		log.Fatalf("gen: %v", err)
	}
}

// moduleRoot looks for go.mod upwards, so that a go:generate line works from any package.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	for {
		_, err := os.Stat(filepath.Join(dir, "go.mod"))
		if err == nil {
			return dir, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("find the module: %w", err)
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		return "", fmt.Errorf("find the module: no go.mod here or above: %w", err)
	}
}

// write replaces completions/ and man/ under root: a page of a command that is gone goes too.
func write(root string) error {
	parts := []struct {
		dir   string
		write func(tree *cobra.Command, dir string) error
	}{
		{"completions", writeCompletions},
		{"man", writeMan},
	}
	for _, part := range parts {
		dir := filepath.Join(root, part.dir)
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("clear %s: %w", part.dir, err)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("make %s: %w", part.dir, err)
		}
		if err := part.write(cli.NewRoot(), dir); err != nil {
			return fmt.Errorf("write %s: %w", part.dir, err)
		}
	}
	return nil
}

func writeCompletions(tree *cobra.Command, dir string) error {
	shells := []struct {
		file  string
		write func(file string) error
	}{
		{"chatcmpl.bash", func(file string) error { return tree.GenBashCompletionFileV2(file, true) }},
		{"_chatcmpl", tree.GenZshCompletionFile},
		{"chatcmpl.fish", func(file string) error { return tree.GenFishCompletionFile(file, true) }},
		{"chatcmpl.ps1", tree.GenPowerShellCompletionFileWithDesc},
	}
	for _, shell := range shells {
		if err := shell.write(filepath.Join(dir, shell.file)); err != nil {
			return fmt.Errorf("%s: %w", shell.file, err)
		}
	}
	return nil
}

func writeMan(tree *cobra.Command, dir string) error {
	// Cobra adds these only when the command runs.
	tree.InitDefaultCompletionCmd()
	tree.InitDefaultVersionFlag()
	tree.DisableAutoGenTag = true
	prepare(tree)

	// A fixed date and no version: the pages change when the commands do.
	date := time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)
	header := doc.GenManHeader{Section: "1", Date: &date, Source: "chatcmpl", Manual: "chatcmpl manual"}
	if err := doc.GenManTree(tree, &header, dir); err != nil {
		return fmt.Errorf("man pages: %w", err)
	}
	return nil
}

// prepare makes a command and those below it fit for cobra's man pages, which are made by way of Markdown.
func prepare(cmd *cobra.Command) {
	// Cobra has no page for a help topic, which is a command that does nothing; now it does something.
	if cmd.IsAdditionalHelpTopicCommand() {
		cmd.DisableFlagsInUseLine = true
		cmd.Run = func(*cobra.Command, []string) {}
	}
	cmd.Short = escape(cmd.Short)
	cmd.Long = markdown(cmd.Long)
	for _, child := range cmd.Commands() {
		prepare(child)
	}
}

// markdown keeps the form of a help text: a line in capitals is a heading, an indented line stays as it stands.
func markdown(help string) string {
	heading := regexp.MustCompile(`^[A-Z][A-Z ]+:?$`)
	var out strings.Builder
	inBlock := false
	for line := range strings.Lines(help) {
		line = strings.TrimRight(line, " \t\r\n")
		indented := strings.HasPrefix(line, "  ") || strings.HasPrefix(line, "\t")
		if line != "" && indented != inBlock {
			out.WriteByte('\n')
			inBlock = indented
		}
		switch {
		case indented:
			out.WriteString("    " + line)
		case heading.MatchString(line):
			out.WriteString("# " + strings.TrimSuffix(line, ":") + "\n")
		default:
			out.WriteString(escape(line))
		}
		out.WriteByte('\n')
	}
	return strings.TrimSpace(out.String())
}

// escape keeps Markdown from reading a meaning into plain words such as <file> or max_tokens.
func escape(text string) string {
	return regexp.MustCompile("[\\\\`*_<>\\[\\]#|]").ReplaceAllString(text, `\$0`)
}
