package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

const hint = "run go generate ./..."

func TestCommittedFilesAreFresh(t *testing.T) {
	fresh := t.TempDir()
	if err := write(fresh); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"completions", "man"} {
		t.Run(dir, func(t *testing.T) {
			compare(t, filepath.Join("..", "..", dir), filepath.Join(fresh, dir))
		})
	}
}

func TestReadmeTablesAreFresh(t *testing.T) {
	committed := read(t, filepath.Join("..", "..", "README.md"))
	fresh := filepath.Join(t.TempDir(), "README.md")
	if err := os.WriteFile(fresh, committed, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writeReadme(fresh); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(read(t, fresh), committed) {
		t.Error("a table of README.md is stale: " + hint)
	}
}

func TestWriteClearsStaleFiles(t *testing.T) {
	root := t.TempDir()
	stale := filepath.Join(root, "man", "chatcmpl-gone.1")
	if err := os.MkdirAll(filepath.Dir(stale), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(stale, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := write(root); err != nil {
		t.Fatal(err)
	}
	if slices.Contains(files(t, filepath.Dir(stale)), filepath.Base(stale)) {
		t.Errorf("%s is still there", stale)
	}
}

// compare checks that both directories have the same files with the same content.
func compare(t *testing.T, committed, fresh string) {
	t.Helper()
	got, want := files(t, committed), files(t, fresh)
	for _, name := range got {
		if !slices.Contains(want, name) {
			t.Errorf("%s is no longer made: %s", filepath.Join(committed, name), hint)
		}
	}
	for _, name := range want {
		if !slices.Contains(got, name) {
			t.Errorf("%s is missing: %s", filepath.Join(committed, name), hint)
			continue
		}
		if !bytes.Equal(read(t, filepath.Join(committed, name)), read(t, filepath.Join(fresh, name))) {
			t.Errorf("%s is stale: %s", filepath.Join(committed, name), hint)
		}
	}
}

// files lists the files below dir; none if dir does not exist.
func files(t *testing.T, dir string) []string {
	t.Helper()
	if _, err := os.Stat(dir); os.IsNotExist(err) {
		return nil
	}
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
