//go:build unix

package testscripts

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// columns is the width of the terminal in the README's picture. A phone can show it.
const columns = 66

// shot is a command in the README's picture.
type shot struct {
	command   string
	interrupt bool // by ^C, while it runs
}

func shots() []shot {
	return []shot{
		{command: `git diff | chatcmpl chat "Review this diff. Real bugs only."`},
		{command: `chatcmpl batch -i tickets.jsonl -o results.jsonl`, interrupt: true},
		{command: `chatcmpl batch -i tickets.jsonl -o results.jsonl --resume`},
		{command: "chatcmpl batch -i new.csv '{{title}}' --quiet \\\n    --schema 'kind:(bug|feature)' --csv"},
		{command: `chatcmpl chat --max-tokens 4 "Is it safe?"; echo "exit code $?"`},
	}
}

// TestTerminal compares the README's picture with what the commands in it print on a terminal, except for the figures of
// the batch. -update redraws it.
func TestTerminal(t *testing.T) {
	if os.Getenv(nested) != "" {
		return
	}
	for _, tool := range []string{"bash", "git", "stty"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("this machine has no %s", tool)
		}
	}
	if err := exec.CommandContext(t.Context(), "script", "-qec", "true", os.DevNull).Run(); err != nil {
		t.Skip("this machine has no script(1) of util-linux")
	}
	dir := fixtures(t)
	var tickets strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&tickets, "{\"prompt\": \"Ticket %d\"}\n", i+1)
	}
	writeFile(t, dir+"/tickets.jsonl", tickets.String())
	writeFile(t, dir+"/new.csv", "id,title\n71,It crashes at start\n72,Please add a dark mode\n")
	var lines []string
	for _, s := range shots() {
		lines = append(lines, s.lines(t, dir)...)
	}
	const name = "../.github/terminal.svg"
	picture := drawTerminal(lines)
	if *update {
		writeFile(t, name, string(picture))
	}
	figures := regexp.MustCompile(`\[[= \x{a0}]*\][ \x{a0}]*|, \d+ tokens|[0-9.]+(m[0-9]+)?s?`)
	plain := func(svg []byte) []byte { return figures.ReplaceAll(svg, nil) }
	kept, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(string(plain(kept)), "\n")
	for i, line := range strings.Split(string(plain(picture)), "\n") {
		if i >= len(want) || line != want[i] {
			t.Fatalf("%s is stale: go test ./testscripts -run TestTerminal -update\nline %d is now %q", name, i+1, line)
		}
	}
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// lines runs the command on a terminal and returns what is seen of it.
func (s shot) lines(t *testing.T, dir string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "script", "-qec", fmt.Sprintf("stty cols %d; %s", columns, s.command), os.DevNull)
	cmd.Dir = dir
	cmd.Env = append(cleanEnviron(), "SHELL=/bin/bash", "TERM=xterm", "GIT_PAGER=cat",
		"CHATCMPL_BASE_URL=offline:?latency=50ms", "CHATCMPL_REPLIES="+modelReplies(t))
	out := screen{halfDone: make(chan struct{})}
	cmd.Stdout = &out
	keyboard, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	if s.interrupt {
		select {
		case <-out.halfDone:
		case <-ctx.Done():
			t.Fatalf("%s: no progress bar:\n%s", s.command, out.text.String())
		}
		_, _ = keyboard.Write([]byte{3})
	}
	// The exit code is part of what is seen.
	_ = cmd.Wait()
	return append(strings.Split("$ "+s.command, "\n"), seen(out.text.String())...)
}

// screen keeps what is written, and closes halfDone when a progress bar has passed the half.
type screen struct {
	text     bytes.Buffer
	halfDone chan struct{}
	closed   bool
}

// Write implements io.Writer.
func (s *screen) Write(p []byte) (int, error) {
	if !s.closed && regexp.MustCompile(`[5-9]\d%`).Match(p) {
		close(s.halfDone)
		s.closed = true
	}
	return s.text.Write(p)
}

// seen returns the lines that a terminal shows in the end, and of a progress bar its last state.
func seen(output string) []string {
	output = regexp.MustCompile(`\x1b\[[0-9;]*[A-Za-z]`).ReplaceAllString(output, "\r")
	var lines []string
	isBar := regexp.MustCompile(`^(\[[= ]*\])? *\d+%  `)
	bar := -1
	for _, line := range strings.FieldsFunc(output, func(c rune) bool { return c == '\r' || c == '\n' }) {
		line, interrupted := strings.CutSuffix(strings.TrimRight(line, " "), "^C")
		line = strings.TrimRight(line, " ")
		switch {
		case isBar.MatchString(line) && bar < 0:
			bar = len(lines)
			lines = append(lines, line)
		case isBar.MatchString(line):
			lines[bar] = line
		case line != "":
			lines = append(lines, wrapLine(line)...)
		}
		if interrupted {
			lines = append(lines, "^C")
		}
	}
	return lines
}

// wrapLine breaks a line between words, where a terminal would break it anywhere.
func wrapLine(line string) []string {
	for i := columns; len(line) > columns && i > 0; i-- {
		if line[i] == ' ' {
			return append([]string{line[:i]}, wrapLine("    "+line[i+1:])...)
		}
	}
	return []string{line}
}

// drawTerminal draws lines in a window, dark or light as the reader prefers. Lines that begin with a dollar sign are
// commands.
func drawTerminal(lines []string) []byte {
	const row, top, left, letter = 21, 54, 18, 86 // tenths of a pixel, of which a letter of 14 pixels takes slightly less
	width := 2*left + letter*columns/10
	var svg, body bytes.Buffer
	y, class := top, ""
	for i, line := range lines {
		switch {
		case strings.HasPrefix(line, "    "): // goes on with the line above
		case strings.HasPrefix(line, "$ "):
			class = "typed"
			if i > 0 {
				y += row / 2
			}
		case strings.Contains(line, "chatcmpl: "), strings.HasPrefix(line, "hint: "), strings.HasPrefix(line, "note: "):
			class = "note"
		default:
			class = "out"
		}
		fmt.Fprintf(&body, `<text x="%d" y="%d" class="%s">%s</text>`+"\n", left, y, class, marked(line))
		y += row
	}
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="chatcmpl in a terminal">`+"\n", width, y, width, y)
	svg.WriteString(terminalStyle)
	fmt.Fprintf(&svg, `<rect x="0.5" y="0.5" width="%d" height="%d" rx="10" class="window"/>`+"\n", width-1, y-1)
	for i, color := range []string{"#ff5f57", "#febc2e", "#28c840"} {
		fmt.Fprintf(&svg, `<circle cx="%d" cy="22" r="6" fill="%s"/>`+"\n", left+6+20*i, color)
	}
	fmt.Fprintf(&svg, `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">`+"\n%s</g>\n</svg>\n", &body)
	return svg.Bytes()
}

const terminalStyle = `<style>
.window { fill: #15181e; stroke: #30363d } .out { fill: #a9b4c2 } .typed { fill: #e8edf3 } .note { fill: #f0a36b } .prompt { fill: #7ee787 }
@media (prefers-color-scheme: light) {
  .window { fill: #ffffff; stroke: #d0d7de } .out { fill: #424a53 } .typed { fill: #1f2328 } .note { fill: #9a4600 } .prompt { fill: #1a7f37 }
}
</style>
`

// marked returns a line as XML, with the dollar sign of a prompt in a color of its own.
func marked(line string) string {
	// Some viewers fold spaces.
	line = strings.ReplaceAll(line, "  ", "\u00a0\u00a0")
	var text bytes.Buffer
	// Writing to a buffer never fails.
	_ = xml.EscapeText(&text, []byte(line))
	if command, isTyped := strings.CutPrefix(text.String(), "$ "); isTyped {
		return `<tspan class="prompt">$</tspan> ` + command
	}
	return text.String()
}
