package testscripts

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// nested is set where the README's own test command runs, started by the tests: the scripts
// run in the outer run already.
const nested = "CHATCMPL_TEST_NESTED"

// block is a fenced block of the README that a reader may run.
type block struct {
	text  string
	reply string // what the model answers; empty is the embedded endpoint
}

// lacks is a program that the block needs and that this machine does not have.
func (b block) lacks() string {
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
	for _, m := range regexp.MustCompile("(?s)(?:<!-- reply: ([^\n]*) -->\n)?```sh\n(.*?)```").FindAllStringSubmatch(string(readme), -1) {
		blocks = append(blocks, block{text: m[2], reply: m[1]})
	}
	return blocks
}

// TestReadme runs every command that the README shows: the two that set up, where a clone
// has them, and each pipeline among the files that it speaks of.
func TestReadme(t *testing.T) {
	if os.Getenv(nested) != "" {
		return
	}
	blocks := readmeBlocks(t)
	if len(blocks) < 12 {
		t.Fatalf("%d blocks", len(blocks))
	}
	for i, b := range blocks {
		t.Run(strconv.Itoa(i+1), func(t *testing.T) {
			if tool := b.lacks(); tool != "" {
				t.Logf("not run: this machine has no %s", tool)
				return
			}
			cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", b.text)
			cmd.Env = append(cleanEnviron(), nested+"=1")
			if b.reply == "" {
				cmd.Env = append(cmd.Env, "CHATCMPL_OFFLINE=1")
			} else {
				cmd.Env = append(cmd.Env, "CHATCMPL_MODEL=test", "CHATCMPL_BASE_URL="+answering(t, b.reply))
			}
			if i < 2 {
				cmd.Dir = ".."
			} else {
				cmd.Dir = fixtures(t)
				cmd.Env = append(cmd.Env, "XDG_CONFIG_HOME="+cmd.Dir)
			}
			if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "chatcmpl: ") {
				t.Errorf("%s\n%v\n%s", b.text, err, out)
			}
		})
	}
}

// cleanEnviron is the environment without the settings of whoever runs the tests.
func cleanEnviron() []string {
	return slices.DeleteFunc(os.Environ(), func(pair string) bool {
		return strings.HasPrefix(pair, "CHATCMPL_") || strings.HasPrefix(pair, "XAI_API_KEY=")
	})
}

// answering is the base URL of a server that always gives one answer, in which \n is a newline.
func answering(t *testing.T, content string) string {
	t.Helper()
	content = strings.ReplaceAll(content, `\n`, "\n")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"choices":[{"index":0,"message":{"role":"assistant","content":%q},"finish_reason":"stop"}]}`, content)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/v1"
}

// fixtures is a directory with the files that the README's pipelines read.
func fixtures(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"tickets.txt": "It crashes.\nPlease add colors.\n", "app.log": "started\nfailed\n", "notes.md": "# Notes\n\nHello.\n",
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
		"git commit -qm first", "echo '// more' >>main.c", "git add main.c", "echo '// and more' >>main.c",
	}, " && ")
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}
