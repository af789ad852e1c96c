//go:build unix

package testscripts

import (
	"os"
	"os/exec"
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
	for _, topic := range topics.Names() {
		for i, script := range topicScripts(topic) {
			t.Run(topic+"/"+strconv.Itoa(i+1), func(t *testing.T) {
				t.Parallel()
				block{text: script}.run(t, fixtures(t))
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

// run runs a block in a directory. It must succeed and print no error.
func (b block) run(t *testing.T, dir string) {
	t.Helper()
	if tool := b.missingTool(); tool != "" {
		t.Skipf("this machine has no %s", tool)
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", b.text)
	cmd.Dir, cmd.Env = dir, append(cleanEnviron(), nested+"=1", "XDG_CONFIG_HOME="+t.TempDir())
	if b.reply == "" {
		cmd.Env = append(cmd.Env, "CHATCMPL_OFFLINE=1")
	} else {
		cmd.Env = append(cmd.Env, "CHATCMPL_MODEL=test", "CHATCMPL_BASE_URL="+replyServer(t, b.reply))
	}
	if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "chatcmpl: ") {
		t.Errorf("%s\n%v\n%s", b.text, err, out)
	}
}
