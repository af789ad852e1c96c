//go:build unix

package testscripts

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"
)

// shown lists the commands in the README's picture.
var shown = []string{ //nolint:gochecknoglobals // a table of a test
	`chatcmpl chat "What is 2 + 2?"`,
	`git log -1 --format=%s | chatcmpl chat "Rate this commit message:"`,
	`chatcmpl chat --schema 'name:string, age:int' "Who?" | jq .age`,
	`printf '%s\n' red green blue | chatcmpl batch --quiet --lines -i - -q '[.line, .response.body.usage.total_tokens]'`,
	`chatcmpl chat --max-tokens 2 "one two three"; echo "exit code $?"`,
	`chatcmpl chat --base-url 'offline:?status=503&first=1&retry-after=0.1' -v "Still there?" 2>&1 | grep -v '^[<>]'`,
}

// TestTerminal compares the README's picture with the output of the commands in it. -update redraws it.
func TestTerminal(t *testing.T) {
	if os.Getenv(nested) != "" {
		return
	}
	for _, tool := range []string{"bash", "git", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("this machine has no %s", tool)
		}
	}
	lines := []string{"$ export CHATCMPL_OFFLINE=1   # no key, no network: the endpoint in the binary"}
	dir := t.TempDir()
	commandOutput(t, dir, `git init -q . && git -c user.name=a -c user.email=a@b commit -q --allow-empty -m "Fix the flaky test"`)
	for _, command := range shown {
		lines = append(lines, "$ "+command)
		out := strings.TrimRight(commandOutput(t, dir, command), "\n")
		lines = append(lines, strings.Split(out, "\n")...)
	}
	const name = "../.github/terminal.svg"
	picture := drawTerminal(lines)
	if *update {
		if err := os.WriteFile(name, picture, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if kept, err := os.ReadFile(name); err != nil || !bytes.Equal(kept, picture) {
		t.Errorf("%s is stale (%v): go test ./testscripts -run TestTerminal -update", name, err)
	}
}

// commandOutput returns the output of a command on stdout and stderr, as on a terminal.
func commandOutput(t *testing.T, dir, command string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-c", command)
	cmd.Dir, cmd.Env = dir, append(cleanEnviron(), "CHATCMPL_OFFLINE=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
	return string(out)
}

// drawTerminal draws lines in a window. Lines that begin with a dollar sign are commands.
func drawTerminal(lines []string) []byte {
	const row, top, left, letter = 22, 56, 20, 9 // a letter of 14 pixels is slightly narrower
	width := 0
	for _, line := range lines {
		width = max(width, 2*left+letter*utf8.RuneCountInString(line))
	}
	var svg bytes.Buffer
	height := top + row*len(lines)
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="chatcmpl in a terminal">`+"\n", width, height, width, height)
	fmt.Fprintf(&svg, `<rect width="%d" height="%d" rx="10" fill="#15181e"/>`+"\n", width, height)
	for i, color := range []string{"#ff5f57", "#febc2e", "#28c840"} {
		fmt.Fprintf(&svg, `<circle cx="%d" cy="22" r="6" fill="%s"/>`+"\n", left+6+20*i, color)
	}
	fmt.Fprintf(&svg, `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">`+"\n")
	for i, line := range lines {
		color := "#a9b4c2"
		switch {
		case strings.HasPrefix(line, "$ "):
			color = "#e8edf3"
		case strings.Contains(line, "chatcmpl: "), strings.HasPrefix(line, "hint: "), strings.HasPrefix(line, "note: "):
			color = "#f0a36b"
		}
		var text bytes.Buffer
		// Writing to a buffer never fails.
		_ = xml.EscapeText(&text, []byte(line))
		escaped := text.String()
		if command, isTyped := strings.CutPrefix(escaped, "$ "); isTyped {
			escaped = `<tspan fill="#7ee787">$</tspan> ` + command
		}
		fmt.Fprintf(&svg, `<text x="%d" y="%d" fill="%s">%s</text>`+"\n", left, top+row*i, color, escaped)
	}
	svg.WriteString("</g>\n</svg>\n")
	return svg.Bytes()
}
