package sdktest

import (
	"os"
	"os/exec"
	"testing"
)

// TestNode lets OpenAI's official SDK for Node send requests to the endpoint. It needs node and npm; without them it is skipped.
func TestNode(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	// Nothing is installed into the repository.
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("node")); err != nil {
		t.Fatal(err)
	}
	run(t, dir, nil, "npm", "ci", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts")
	run(t, dir, []string{"CHATCMPL_TEST_URL=" + serve(t), "CHATCMPL_TEST_KEY=" + key}, "node", "--test")
}

// run runs a program in a directory, and fails with what it printed.
func run(t *testing.T, dir string, environ []string, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), environ...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}
