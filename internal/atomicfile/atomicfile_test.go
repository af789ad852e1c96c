package atomicfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/atomicfile"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	old, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = old.Close() }()
	if runtime.GOOS == "windows" {
		// Windows can't replace an open file.
		_ = old.Close()
	}
	if err := atomicfile.Write(name, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(name); err != nil || string(text) != "new" {
		t.Errorf("%q, %v", text, err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o640 && runtime.GOOS != "windows" {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	text := make([]byte, 4)
	if n, _ := old.Read(text); runtime.GOOS != "windows" && string(text[:n]) != "old" {
		t.Errorf("a reader of the old file reads %q", text[:n])
	}
	expectFiles(t, filepath.Dir(name), 1)
}

func TestWriteFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := atomicfile.Write(filepath.Join(dir, "missing", "file"), nil); err == nil {
		t.Error("there is no such folder")
	}
	if err := atomicfile.Check(filepath.Join(dir, "missing")); err == nil {
		t.Error("there is no such folder to check")
	}
	if err := atomicfile.Check(dir); err != nil {
		t.Error(err)
	}
	expectFiles(t, dir, 0)
	// No temporary file is left if it can't be renamed.
	if err := os.MkdirAll(filepath.Join(dir, "taken", "full"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(filepath.Join(dir, "taken"), []byte("text")); err == nil {
		t.Error("it is a folder that is not empty")
	}
	expectFiles(t, dir, 1)
}

// TestFallback saves what a missing directory or a taken name can't hold.
func TestFallback(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	save := func(name string) error { return atomicfile.WriteNew(name, []byte("text")) }
	missing := filepath.Join(dir, "no", "such", "dir")
	for _, want := range []string{"file.saved", "file.saved.2", "file.saved.3"} {
		got, err := atomicfile.Fallback(filepath.Join(missing, "file"), missing, save)
		if err != nil || got != filepath.Join(dir, want) {
			t.Errorf("%s: %s, %v", want, got, err)
		}
		if text, err := os.ReadFile(got); err != nil || string(text) != "text" {
			t.Errorf("%s: %q, %v", got, text, err)
		}
	}
	expectFiles(t, dir, 3)
	if _, err := atomicfile.Fallback("file", missing, func(string) error { return os.ErrPermission }); !errors.Is(err, os.ErrPermission) {
		t.Errorf("no file can be written: %v", err)
	}
}

func expectFiles(t *testing.T, dir string, count int) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != count {
		t.Errorf("%v, %v", files, err)
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for from, to := range map[string]string{"link": "file", "dangling": "new", "chain": "dangling", "loop": "loop"} {
		if err := os.Symlink(to, at(from)); err != nil {
			t.Skip(err)
		}
	}
	if err := os.WriteFile(at("file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(at("file"), at("hard")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"file", "file", true},
		{"file", "link", true},
		{"hard", "link", true},
		{"new", "./new", true},
		{"dangling", "new", true},
		{"chain", "dangling", true},
		{"file", "new", false},
		{"new", "file", false},
		{"new", "newer", false},
		{"no/new", "no/new", false},
		{"loop", "new", false},
	} {
		if got := atomicfile.Same(at(c.a), at(c.b)); got != c.want {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}
