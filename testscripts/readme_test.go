//go:build unix

package testscripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// nested is set in the environment of README commands. One of them runs the tests; it must not run the scripts again.
const nested = "CHATCMPL_TEST_NESTED"

// block is a fenced block of the README that a reader may run.
type block struct {
	text string
	want string // what it prints, as the README shows it; lines of ... stand for any others
}

// missingTool returns a program that the block needs and this machine lacks, or "".
func (b block) missingTool() string {
	for _, tool := range []string{"git", "jq", "parallel"} {
		if _, err := exec.LookPath(tool); err != nil && strings.Contains(b.text, tool+" ") {
			return tool
		}
	}
	return ""
}

func readmeBlocks(t *testing.T) []block {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []block
	for _, m := range regexp.MustCompile("(?s)```sh\n(.*?)```\n(?:\n```text\n(.*?)```)?").FindAllStringSubmatch(string(readme), -1) {
		blocks = append(blocks, block{text: m[1], want: m[2]})
	}
	return blocks
}

// checkOutput checks that the output has each line that the README shows, except for times.
func (b block) checkOutput(t *testing.T, output string) {
	t.Helper()
	plain := func(text string) string {
		return strings.Join(strings.Fields(regexp.MustCompile(`[0-9.]+s$|\(cached\)`).ReplaceAllString(text, "")), " ")
	}
	lines := map[string]bool{"": true, "...": true}
	for line := range strings.Lines(output) {
		lines[plain(strings.TrimSpace(line))] = true
	}
	for line := range strings.Lines(b.want) {
		if !lines[plain(strings.TrimSpace(line))] {
			t.Errorf("%s\nprints no line %q:\n%s", b.text, line, output)
		}
	}
}

// TestReadme runs every command in the README, by bash and by zsh. The first two blocks, which set up chatcmpl, run in the
// repository, and each pipeline runs in a directory with the files that it reads.
func TestReadme(t *testing.T) {
	if os.Getenv(nested) != "" {
		return
	}
	blocks := readmeBlocks(t)
	if len(blocks) < 10 {
		t.Fatalf("%d blocks", len(blocks))
	}
	for i, b := range blocks {
		t.Run(strconv.Itoa(i+1), func(t *testing.T) {
			dir := ".."
			if i >= 2 {
				dir = fixtures(t)
			}
			b.checkOutput(t, b.run(t, "bash", dir))
			if zsh, err := exec.LookPath("zsh"); err == nil && i >= 2 {
				b.run(t, zsh, fixtures(t))
			}
		})
	}
}

// cleanEnviron returns the environment without the user's settings.
func cleanEnviron() []string {
	return slices.DeleteFunc(os.Environ(), func(pair string) bool {
		return strings.HasPrefix(pair, "CHATCMPL_") || strings.HasPrefix(pair, "XAI_API_KEY=")
	})
}

// fixtures returns a directory with the files that the README's pipelines read.
func fixtures(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"tickets.txt": "It crashes.\nPlease add colors.\n", "tickets.csv": "id,title\n1,It crashes.\n2,Please add colors.\n", "app.log": "started\nfailed\n", "notes.md": "# Notes\n\nHello.\n",
		"all.json":      `[{"id":"t1","title":"It crashes."},{"id":"t2","title":"Please add colors."}]`,
		"review.sh":     "git diff HEAD^ | chatcmpl chat 'Name real bugs only.'\n",
		"main.c":        "int main() { return 0; }\n",
		"tools.json":    `[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]`,
		"tools/weather": "#!/bin/sh\njq -r '\"12 degrees in \" + .city'\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	cat, err := draw("cat.jpg", 32, 32)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "cat.jpg"), cat, 0o666); err != nil {
		t.Fatal(err)
	}
	script := strings.Join([]string{
		"git init -q .", "git config user.name test", "git config user.email test@example.com", "git add main.c",
		"git commit -qm first", "echo '// a' >>main.c", "git commit -qam second",
		"echo '// more' >>main.c", "git add main.c", "echo '// and more' >>main.c",
	}, " && ")
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}
