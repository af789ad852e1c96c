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

// TestPagesAreClean checks that the two programs that display man pages report no warnings.
func TestPagesAreClean(t *testing.T) {
	dir := filepath.Join("..", "..", "man")
	for _, viewer := range [][]string{{"man", "--warnings", "-E", "UTF-8", "-l"}, {"mandoc", "-T", "lint"}} {
		t.Run(viewer[0], func(t *testing.T) {
			if isMissing(t.Context(), viewer[0]) {
				if os.Getenv("CI") != "" {
					t.Fatal("the gate installs it")
				}
				t.Skip("this machine has no " + viewer[0])
			}
			for _, name := range files(t, dir) {
				cmd := exec.CommandContext(t.Context(), viewer[0], append(viewer[1:], filepath.Join(dir, name))...)
				cmd.Env = append(cmd.Environ(), "LC_ALL=C.UTF-8", "MANWIDTH=80")
				var output bytes.Buffer
				cmd.Stderr = &output
				out, err := cmd.Output()
				if viewer[0] == "mandoc" {
					output.Write(out)
				}
				if err != nil || output.Len() > 0 {
					t.Errorf("%s: %v\n%s", name, err, &output)
				}
			}
		})
	}
}

// isMissing reports whether a viewer is missing. The man of macOS counts as missing, because it lacks these options.
func isMissing(ctx context.Context, viewer string) bool {
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

// TestCaskHasAllPages compares the list of pages in the configuration of releases with man/.
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
