//go:build unix

package testscripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/topics"
)

// TestTopics runs each shell script in the topics of help in a directory with the files that it reads. The recipes of the
// topic tables have a test of their own.
func TestTopics(t *testing.T) {
	t.Parallel()
	if os.Getenv(nested) != "" {
		return
	}
	for _, topic := range topics.All() {
		for i, script := range topicScripts(topic.Name) {
			t.Run(topic.Name+"/"+strconv.Itoa(i+1), func(t *testing.T) {
				t.Parallel()
				block{text: script}.run(t, "bash", fixtures(t))
			})
		}
	}
}

// topicScripts returns the shell scripts of a topic that work as they stand.
func topicScripts(topic string) (scripts []string) {
	for _, b := range topics.Page(topic) {
		if b.Runs {
			scripts = append(scripts, strings.Join(b.Lines, "\n"))
		}
	}
	return scripts
}

// run runs a block by a shell in a directory and returns its output. It must succeed and print no error. The embedded
// endpoint answers; if a rule of testdata/replies.jsonl matches, like a model.
func (b block) run(t *testing.T, shell, dir string) string {
	t.Helper()
	if tool := b.missingTool(); tool != "" {
		t.Skipf("this machine has no %s", tool)
	}
	cmd := exec.CommandContext(t.Context(), shell, "-euo", "pipefail", "-c", b.text)
	cmd.Dir, cmd.Env = dir, append(cleanEnviron(), nested+"=1", "XDG_CONFIG_HOME="+t.TempDir(), "CHATCMPL_OFFLINE=1")
	if !strings.Contains(b.text, "BASE_URL") && !strings.Contains(b.text, "--base-url http") {
		cmd.Env = append(cmd.Env, "CHATCMPL_REPLIES="+modelReplies(t))
	}
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Contains(string(out), "chatcmpl: ") {
		t.Errorf("%s: %s\n%v\n%s", shell, b.text, err, out)
	}
	return string(out)
}

// modelReplies returns the name of the file of rules that answer as a model would.
func modelReplies(t *testing.T) string {
	t.Helper()
	name, err := filepath.Abs("testdata/replies.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return name
}
