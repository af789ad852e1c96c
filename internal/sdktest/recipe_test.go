package sdktest

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestNodeRecipe follows the recipe for a Node script in "chatcmpl help testing" as it stands.
func TestNodeRecipe(t *testing.T) {
	t.Parallel()
	r := newRecipe(t)
	upstream := httptest.NewServer(slowUpstream(t, filepath.Join(r.dir, "gist.txt")))
	t.Cleanup(upstream.Close)
	r.check(t, r.record, 0, "", "OPENAI_BASE_URL="+upstream.URL+"/v1", "OPENAI_API_KEY="+key)
	if got := r.read(t, "gist.txt"); got != "Fruit is sweet." {
		t.Errorf("recorded %q", got)
	}
	if strings.Contains(r.read(t, "gist.jsonl"), key) {
		t.Error("the recording holds the key")
	}

	// A replay needs neither the API nor a key.
	upstream.Close()
	r.check(t, r.replay, 0, "")
	r.check(t, "chatcmpl replay --strict gist.jsonl -- node -e 0", 4, "1 exchange never requested")

	// The SDK throws, and node ends with 1. Only a 0 is turned into 4.
	r.write(t, "summarize.mjs", strings.Replace(r.script, "one sentence", "two sentences", 1))
	const difference = `recorded "Sum up in one sentence: Apples`
	r.check(t, r.replay, 1, difference)
	r.check(t, "chatcmpl replay --strict gist.jsonl -- bash -c 'node summarize.mjs || true'", 4, difference)
}

// recipe is the recipe of the page, in a directory with the SDK.
type recipe struct {
	dir, path              string
	script, record, replay string
}

func newRecipe(t *testing.T) recipe {
	t.Helper()
	r := recipe{dir: nodeProject(t), path: filepath.Dir(build(t))}
	page, err := exec.CommandContext(t.Context(), filepath.Join(r.path, "chatcmpl"), "help", "testing").Output()
	if err != nil {
		t.Fatal(err)
	}
	// Code is indented on the page.
	code := regexp.MustCompile(`(?m)^    `).ReplaceAllString(string(page), "")
	parts := regexp.MustCompile(`(?s)\n(// summarize\.mjs:.*?\n)\n(chatcmpl record [^\n]*)\n(chatcmpl replay [^\n]*\n +diff [^\n]*)\n`).FindStringSubmatch(code)
	if parts == nil {
		t.Fatalf("no recipe for Node in\n%s", page)
	}
	r.script, r.record, r.replay = parts[1], parts[2], parts[3]
	r.write(t, "summarize.mjs", r.script)
	r.write(t, "article.txt", "Apples are sweet. Pears are sweet.\n")
	return r
}

// check runs a command line in bash, and compares its exit code and a part of what it prints. Without that part, it must
// print nothing.
func (r recipe) check(t *testing.T, line string, code int, part string, environ ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", line)
	cmd.Dir = r.dir
	cmd.Env = append(r.environ(), environ...)
	out, err := cmd.CombinedOutput()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != code || !bytes.Contains(out, []byte(part)) || part == "" && len(out) > 0 {
		t.Errorf("%s: exit code %d, want %d and %q\n%s", line, got, code, part, out)
	}
}

// environ returns the environment without settings and keys.
func (r recipe) environ() []string {
	own := slices.DeleteFunc(os.Environ(), func(pair string) bool {
		return strings.HasPrefix(pair, "CHATCMPL_") || strings.HasPrefix(pair, "OPENAI_") || strings.HasPrefix(pair, "XAI_")
	})
	return append(own, "XDG_CONFIG_HOME="+r.dir, "PATH="+r.path+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func (r recipe) read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(r.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func (r recipe) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// slowUpstream returns an API that sends each word of a stream only after the program has printed the word before into a
// file: a stream that is buffered on its way fails the test.
func slowUpstream(t *testing.T, printed string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer "+key {
			t.Errorf("received %s with %q", r.URL.Path, r.Header.Get("Authorization"))
		}
		w.Header().Set("Content-Type", "text/event-stream")
		sent := ""
		for _, word := range []string{"Fruit", " is", " sweet."} {
			fmt.Fprintf(w, `data: {"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":%q}}]}`+"\n\n", word)
			_ = http.NewResponseController(w).Flush()
			sent += word
			if !holds(printed, sent) {
				t.Errorf("%q was not printed before the next word", sent)
				break
			}
		}
		fmt.Fprint(w, `data: {"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}`+"\n\n"+
			"data: [DONE]\n\n")
	}
}

// holds waits until a file holds a text, and reports whether it came.
func holds(file, text string) bool {
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if b, err := os.ReadFile(file); err == nil && string(b) == text {
			return true
		}
	}
	return false
}
