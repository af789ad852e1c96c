//go:build unix

package testscripts

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestVersionOfRelease builds the binary like a release, whose version is set by the linker.
func TestVersionOfRelease(t *testing.T) {
	t.Parallel()
	binary := filepath.Join(t.TempDir(), "chatcmpl")
	flags := "-X 'github.com/chatcmpl/chatcmpl/internal/cli.release=v1.2.3 0a1b2c 2026-01-02T03:04:05Z'"
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-ldflags", flags, "-o", binary, "../cmd/chatcmpl")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	toolchain := runtime.Version() + "\nplatform: " + runtime.GOOS + "/" + runtime.GOARCH
	toolchainJSON := `"go":"` + runtime.Version() + `","os":"` + runtime.GOOS + `","arch":"` + runtime.GOARCH + `"`
	tests := map[string]string{
		"--version":      "chatcmpl version v1.2.3\n",
		"version":        "chatcmpl version v1.2.3\ncommit: 0a1b2c (2026-01-02T03:04:05Z)\ngo: " + toolchain + "\n",
		"version --json": `{"version":"v1.2.3","commit":"0a1b2c","commit_date":"2026-01-02T03:04:05Z","modified":false,` + toolchainJSON + "}\n",
	}
	for args, want := range tests {
		out, err := exec.CommandContext(t.Context(), binary, strings.Fields(args)...).Output()
		if err != nil || string(out) != want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", args, err, out, want)
		}
	}
}
