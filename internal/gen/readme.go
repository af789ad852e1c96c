package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/topics"
)

// writeReadme replaces the tables between markers in the README. Without a README it does nothing.
func writeReadme(file string) error {
	old, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	text := string(old)
	if text, err = replaceTable(text, "exit codes", topics.ExitTable().Rows); err != nil {
		return fmt.Errorf("README.md: %w", err)
	}
	if text == string(old) {
		return nil
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

// replaceTable replaces the rows between the markers of a table.
func replaceTable(text, name string, rows [][]string) (string, error) {
	begin, end := "<!-- "+name+": written by go generate -->\n", "<!-- end of "+name+" -->\n"
	before, rest, found := strings.Cut(text, begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		return "", fmt.Errorf("the marks of the table %q are missing", name)
	}
	return before + begin + table(rows) + end + after, nil
}

// table returns rows as a Markdown table. The first row is the header.
func table(rows [][]string) string {
	var out strings.Builder
	for i, row := range rows {
		line := "| " + strings.Join(row, " | ") + " |\n"
		out.WriteString(strings.ReplaceAll(line, "|  |", "| |"))
		if i == 0 {
			out.WriteString(strings.Repeat("|---", len(row)) + "|\n")
		}
	}
	return out.String()
}
