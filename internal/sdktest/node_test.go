package sdktest

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestNode lets OpenAI's official SDK for Node send requests to the endpoint.
func TestNode(t *testing.T) {
	t.Parallel()
	dir := nodeProject(t)
	run(t, dir, []string{"CHATCMPL_TEST_URL=" + serve(t), "CHATCMPL_TEST_KEY=" + key}, "node", "--test")
}

// nodeProject returns a new directory with the official SDK for Node. Without node or npm the test is skipped; in CI, node
// without npm is an error.
func nodeProject(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("node is not installed")
	}
	if _, err := exec.LookPath("npm"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("npm is not installed")
	}
	// Nothing is installed into the repository.
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("node")); err != nil {
		t.Fatal(err)
	}
	run(t, dir, nil, "npm", "ci", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts")
	return dir
}

// build builds chatcmpl and returns its path.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "chatcmpl")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "./cmd/chatcmpl")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return binary
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
