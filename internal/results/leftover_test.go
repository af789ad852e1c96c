package results_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/lock"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// TestLeftovers checks that OpenFile removes only temporary files whose results are all in the opened file.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	first, second := line("a", nil), line("b", &failure.Report{Kind: failure.Refused})
	const written = "out.jsonl"
	for _, c := range []struct {
		name, text string
		removed    bool
	}{
		{".out.jsonl.1", "", true},
		{".out.jsonl.4294967295", first, true},
		{".out.jsonl.2", second, true},
		{".out.jsonl.3", first + second, true},
		{".out.jsonl.4", first + second[:40], true},
		{".out.jsonl.5", first + line("c", nil), false},
		{".out.jsonl.6", second + first, false},
		{".out.jsonl.7", first + first, false},
		{".out.jsonl.8", "my notes", false},
		{".out.jsonl.9a", first, false},
		{".out.jsonl.", first, false},
		{".out.jsonl", first, false},
		{"out.jsonl.1", first, false},
		{".other.jsonl.1", first, false},
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, written), first+second)
		name := filepath.Join(dir, c.name)
		write(t, name, c.text)
		open(t, filepath.Join(dir, written))
		if _, err := os.Lstat(name); errors.Is(err, os.ErrNotExist) != c.removed {
			t.Errorf("%s with %q: %v", c.name, c.text, err)
		}
	}
}

// TestLeftoverOfOthers checks that OpenFile removes neither a file locked by another process nor a directory.
func TestLeftoverOfOthers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	held, folder := filepath.Join(dir, ".out.jsonl.1"), filepath.Join(dir, ".out.jsonl.2")
	f, err := lock.Open(held, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	open(t, filepath.Join(dir, "out.jsonl"))
	stat(t, held)
	stat(t, folder)
}

// TestLeftoverWithoutFile checks that OpenFile keeps a temporary file whose results are not in the opened file.
func TestLeftoverWithoutFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, ".out.jsonl.1")
	write(t, name, strings.Repeat(line("a", nil), 3))
	open(t, filepath.Join(dir, "out.jsonl"))
	stat(t, name)
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, name string) {
	t.Helper()
	f, err := results.OpenFile(name, true, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
}
