//go:build unix

package testscripts

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/help"
	"github.com/chatcmpl/chatcmpl/internal/topics"
)

// TestBatchAPIRecipes runs what the help says of the provider's Batch API against the embedded endpoint: each block of commands leaves
// every record done, and nothing else.
func TestBatchAPIRecipes(t *testing.T) {
	t.Parallel()
	if os.Getenv(nested) != "" {
		return
	}
	url := serveBatches(t, t.TempDir())
	below, count := false, 0
	for _, b := range topics.Page("bulk") {
		below = below || b.Kind == help.KindHeading && b.Text == "The provider's Batch API"
		if !below || b.Kind != help.KindCode {
			continue
		}
		count++
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "requests.jsonl"), []byte("\"a\"\n\"b\"\n\"c\"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", strings.Join(b.Lines, "\n"))
		cmd.Dir, cmd.Env = dir, append(cleanEnviron(), "CHATCMPL_BASE_URL="+url, "CHATCMPL_MODEL=echo", "CHATCMPL_POLL_INTERVAL=50ms", "CHATCMPL_QUIET=1", "HOME="+dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s\n%v: %s", b.Lines, err, out)
		}
		raw, err := os.ReadFile(filepath.Join(dir, "results.jsonl"))
		if err != nil || strings.Count(string(raw), `"error":null`) != 3 {
			t.Errorf("%s\n%v: %s", b.Lines, err, raw)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
			t.Errorf("%s\nleaves %v, %v", b.Lines, left, err)
		}
	}
	if count != 5 {
		t.Errorf("%d blocks of commands", count)
	}
}
