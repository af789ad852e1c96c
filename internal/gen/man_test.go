package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestPagesAreClean has both programs that show man pages complain about nothing.
func TestPagesAreClean(t *testing.T) {
	dir := filepath.Join("..", "..", "man")
	for _, viewer := range [][]string{{"man", "--warnings", "-E", "UTF-8", "-l"}, {"mandoc", "-T", "lint"}} {
		t.Run(viewer[0], func(t *testing.T) {
			if lacks(t.Context(), viewer[0]) {
				if os.Getenv("CI") != "" {
					t.Fatal("the gate installs it")
				}
				t.Skip("this machine has no " + viewer[0])
			}
			for _, name := range files(t, dir) {
				cmd := exec.CommandContext(t.Context(), viewer[0], append(viewer[1:], filepath.Join(dir, name))...)
				cmd.Env = append(cmd.Environ(), "LC_ALL=C.UTF-8", "MANWIDTH=80")
				var said bytes.Buffer
				cmd.Stderr = &said
				out, err := cmd.Output()
				if viewer[0] == "mandoc" {
					said.Write(out)
				}
				if err != nil || said.Len() > 0 {
					t.Errorf("%s: %v\n%s", name, err, &said)
				}
			}
		})
	}
}

// lacks says whether a viewer is missing: macOS has a man that knows no such options.
func lacks(ctx context.Context, viewer string) bool {
	if _, err := exec.LookPath(viewer); err != nil || viewer != "man" {
		return err != nil
	}
	out, err := exec.CommandContext(ctx, viewer, "--version").Output()
	return err != nil || !strings.HasPrefix(string(out), "man 2")
}

func TestPagesHaveTheirSections(t *testing.T) {
	dir := filepath.Join("..", "..", "man")
	wants := map[string][]string{
		"chatcmpl.1":            {"NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "TOPICS", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES", "SEE ALSO"},
		"chatcmpl-chat.1":       {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES", "SEE ALSO"},
		"chatcmpl-version.1":    {"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "FILES", "EXAMPLES", "SEE ALSO"},
		"chatcmpl-exit-codes.7": {"NAME", "SYNOPSIS", "DESCRIPTION", "SEE ALSO"},
	}
	for name, want := range wants {
		var got []string
		for line := range strings.Lines(string(read(t, filepath.Join(dir, name)))) {
			if title, ok := strings.CutPrefix(line, ".SH "); ok {
				got = append(got, strings.TrimSpace(title))
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s has %q, want %q", name, got, want)
		}
	}
}

// TestCaskHasAllPages holds the list of pages in the release's configuration to man/.
func TestCaskHasAllPages(t *testing.T) {
	config := string(read(t, filepath.Join("..", "..", ".goreleaser.yaml")))
	_, list, _ := strings.Cut(config, "    manpages:\n")
	var got []string
	for line := range strings.Lines(list) {
		name, ok := strings.CutPrefix(line, "      - man/")
		if !ok {
			break
		}
		got = append(got, strings.TrimSpace(name))
	}
	if want := files(t, filepath.Join("..", "..", "man")); !reflect.DeepEqual(got, want) {
		t.Errorf("manpages in .goreleaser.yaml has\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestParse(t *testing.T) {
	tests := map[string]struct {
		help string
		want []block
	}{
		"paragraphs": {"one\ntwo\n\nthree", []block{
			{kind: paragraph, lines: []string{"one", "two"}},
			{kind: paragraph, lines: []string{"three"}},
		}},
		"list": {"a:\n  k  one\n     two\n  LONG, LONGER\n          three", []block{
			{kind: paragraph, lines: []string{"a:"}},
			{kind: list, rows: [][]string{{"k", "one two"}, {"LONG, LONGER", "three"}}},
		}},
		"table": {"  a  b  c d\n  1  2", []block{
			{kind: table, rows: [][]string{{"a", "b", "c d"}, {"1", "2"}}},
		}},
		"code": {"so:\n\n  run  # a comment\n\n  [section]\n  k  = 1", []block{
			{kind: paragraph, lines: []string{"so:"}},
			{kind: code, lines: []string{"run  # a comment", "", "[section]", "k  = 1"}},
		}},
		"narrow list": {"  --schema FILE  one\n  --schema SHORT two\n  retry-after-time=N three", []block{
			{kind: list, rows: [][]string{{"--schema FILE", "one"}, {"--schema SHORT", "two"}, {"retry-after-time=N", "three"}}},
		}},
		"code in a list": {"RULES\n  rules  one of:\n    {}\n  more   two", []block{
			{kind: heading, lines: []string{"RULES"}},
			{kind: list, rows: [][]string{{"rules", "one of:"}}},
			{kind: code, lines: []string{"  {}"}},
			{kind: list, rows: [][]string{{"more", "two"}}},
		}},
		"code below a heading": {"FILE\n  {\n    1\n  }\n\n  Its form.", []block{
			{kind: heading, lines: []string{"FILE"}},
			{kind: code, lines: []string{"{", "  1", "}"}},
			{kind: paragraph, lines: []string{"Its form."}},
		}},
		"headings": {"PICTURES, -a\n  JPEG.\n  k  one\n  More.\n\nPNG is no heading.\n\n#### Linux:\n\n\tls", []block{
			{kind: heading, lines: []string{"PICTURES, -a"}},
			{kind: paragraph, lines: []string{"JPEG."}},
			{kind: list, rows: [][]string{{"k", "one"}}},
			{kind: paragraph, lines: []string{"More."}},
			{kind: paragraph, lines: []string{"PNG is no heading."}},
			{kind: heading, lines: []string{"Linux"}},
			{kind: code, lines: []string{"  ls"}},
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := parse(test.help); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestEmphasize(t *testing.T) {
	tests := map[string]string{
		`-s, --api-key and xAI's one-liner, -2 to 2; -0.`: `\fB\-s\fR, \fB\-\-api\-key\fR and xAI\(aqs one\-liner, \-2 to 2; \fB\-0\fR.`,
		`8×8 C:\n ~ ^ "`: `8\[u00D7]8 C:\(rsn \(ti \(ha \(dq`,
	}
	for text, want := range tests {
		if got := emphasize(text); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
