package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/cli"
)

const powerShellFile = "../../completions/chatcmpl.ps1"

func TestPowerShellBalances(t *testing.T) {
	if left := unbalanced(string(read(t, powerShellFile))); left != "" {
		t.Errorf("%s: unbalanced before %.80q", powerShellFile, left)
	}
	for _, script := range []string{"}", "(]", "{", "'", `"`, "@'\nx'@", "@\"\n", "<# x", "\"$(\"", `"a$("b"`, "'''"} {
		if unbalanced(script) == "" {
			t.Errorf("%q counts as balanced", script)
		}
	}
	for _, script := range []string{"`{", "'{'''", "\"`\"{\"\"\"", "# it's {", "@'\nit's {\n'@", "@\"\n\"{\n\"@", "<# { #>", `"a$("b" + '(')"`, "$x[0]", "a#{}"} {
		if left := unbalanced(script); left != "" {
			t.Errorf("%q counts as unbalanced before %q", script, left)
		}
	}
}

func TestPowerShellCompletesEveryCommand(t *testing.T) {
	if !bytes.Contains(read(t, powerShellFile), []byte(`"$Program `+cobra.ShellCompRequestCmd+` $Arguments"`)) {
		t.Fatal("the script does not call " + cobra.ShellCompRequestCmd)
	}
	root := cli.NewRoot()
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetArgs([]string{cobra.ShellCompRequestCmd, ""})
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() && !strings.Contains("\n"+out.String(), "\n"+c.Name()+"\t"+c.Short+"\n") {
			t.Errorf("%s is not offered", c.Name())
		}
	}
}

func TestPowerShellParses(t *testing.T) {
	pwsh, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("no pwsh")
	}
	file, err := filepath.Abs(powerShellFile)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), pwsh, "-NoProfile", "-NonInteractive", "-Command",
		`$errors = $null; [void][System.Management.Automation.Language.Parser]::ParseFile($env:SCRIPT, [ref]$null, [ref]$errors); $errors; exit $errors.Count`)
	cmd.Env = append(os.Environ(), "SCRIPT="+file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// unbalanced returns the rest of a PowerShell script from the first quote or bracket without a partner; empty if there is
// none.
func unbalanced(script string) string {
	rest, _ := code(script, 0)
	return rest
}

// code skips code up to the bracket that closes it, or to the end if closing is 0. It returns the text after it; if the
// code is unbalanced, the text from the quote or bracket without a partner.
func code(s string, closing byte) (rest string, ok bool) {
	for before := byte(' '); s != ""; {
		c := s[0]
		skip := skipper(s, before)
		switch {
		case skip != nil:
			if rest, ok = skip(s); !ok {
				return s, false
			}
			s = rest
		case c == closing:
			return s[1:], true
		case strings.IndexByte(")]}", c) >= 0:
			return s, false
		default:
			s = s[1:]
		}
		before = c
	}
	return "", closing == 0
}

// skipper returns the function that skips what begins at s: a string, a comment, an escape or a bracket; nil for other code.
func skipper(s string, before byte) func(string) (string, bool) {
	switch {
	case s[0] == '`':
		return func(s string) (string, bool) { return s[min(2, len(s)):], len(s) > 1 }
	case strings.HasPrefix(s, "@'\n"), strings.HasPrefix(s, "@\"\n"):
		return func(s string) (string, bool) { return after(s[2:], "\n"+s[1:2]+"@") }
	case strings.HasPrefix(s, "<#"):
		return func(s string) (string, bool) { return after(s, "#>") }
	case s[0] == '#' && strings.IndexByte(" \t\n;(){}|&", before) >= 0:
		return func(s string) (string, bool) { return s[len(strings.SplitN(s, "\n", 2)[0]):], true }
	case s[0] == '\'':
		return func(s string) (string, bool) { return after(s[1:], "'") }
	case s[0] == '"':
		return expandable
	}
	if i := strings.IndexByte("([{", s[0]); i >= 0 {
		return func(s string) (string, bool) { return code(s[1:], ")]}"[i]) }
	}
	return nil
}

// after returns what follows a mark. A quote that is doubled ends one string and begins another, which balances alike.
func after(s, mark string) (string, bool) {
	_, rest, ok := strings.Cut(s, mark)
	return rest, ok
}

// expandable skips a string in double quotes, in which a backquote escapes and $( begins code.
func expandable(s string) (rest string, ok bool) {
	for s = s[1:]; s != ""; {
		switch {
		case s[0] == '"':
			return s[1:], true
		case s[0] == '`':
			s = s[min(2, len(s)):]
		case strings.HasPrefix(s, "$("):
			if s, ok = code(s[2:], ')'); !ok {
				return s, false
			}
		default:
			s = s[1:]
		}
	}
	return "", false
}
