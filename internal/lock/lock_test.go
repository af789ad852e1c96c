package lock_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/lock"
)

func open(t *testing.T, name string) (*os.File, error) {
	t.Helper()
	f, err := lock.Open(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		t.Cleanup(func() { _ = f.Close() })
	}
	return f, err
}

func TestOneHolder(t *testing.T) {
	name := filepath.Join(t.TempDir(), "f")
	first, err := open(t, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(t, name); !errors.Is(err, lock.ErrHeld) {
		t.Errorf("second: %v", err)
	}
	if _, err := first.WriteString("x"); err != nil {
		t.Error(err)
	}
	_ = first.Close()
	if _, err := open(t, name); err != nil {
		t.Errorf("after the first: %v", err)
	}
}

// waiting reports whether a goroutine has opened a file and is acquiring its lock.
func waiting() bool {
	stacks := make([]byte, 1<<20)
	return bytes.Contains(stacks[:runtime.Stack(stacks, true)], []byte("internal/lock.acquire("))
}

// TestReplaced replaces a file while its lock is held: what waits must append to the new file.
func TestReplaced(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows replaces no file that is open")
	}
	name := filepath.Join(t.TempDir(), "f")
	old, err := open(t, name)
	if err != nil {
		t.Fatal(err)
	}
	appended := make(chan error)
	go func() { appended <- lock.Append(name, []byte("line\n")) }()
	for !waiting() {
		time.Sleep(time.Millisecond)
	}
	if err := os.WriteFile(name+".new", []byte("new\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name+".new", name); err != nil {
		t.Fatal(err)
	}
	_ = old.Close()
	if err := <-appended; err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(name); err != nil || string(text) != "new\nline\n" {
		t.Errorf("%q, %v", text, err)
	}
}
