// Command gen writes the shell completions, the man pages and the README's table of exit codes, for go generate. Its sources
// are the command tree and the table of options.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

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

// moduleRoot searches for go.mod upwards from the working directory, so that a go:generate line works in any package.
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

// write replaces completions/ and man/ under root, which also removes the pages of former commands, and the table of
// README.md.
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
	return writeReadme(filepath.Join(root, "README.md"))
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
