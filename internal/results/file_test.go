package results_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/lock"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// resumed opens a file that holds a text and makes it ready to be appended to. The name now
// means what after tells, and before what it meant.
func resumed(t *testing.T, text string) (name string, before, after os.FileInfo) {
	t.Helper()
	name = filepath.Join(t.TempDir(), "out.jsonl")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	before = stat(t, name)
	f, err := results.OpenFile(name, true, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	r, err := f.Scan(false)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Continue(r); err != nil {
		t.Fatal(err)
	}
	return name, before, stat(t, name)
}

func stat(t *testing.T, name string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

const (
	stays = `{"custom_id":"a","response":{"status_code":200,"body":{}},"error":null}` + "\n"
	torn  = `{"id":"`
)

// TestContinueInPlace keeps a file whose results all stay: it may be large.
func TestContinueInPlace(t *testing.T) {
	t.Parallel()
	_, before, after := resumed(t, stays+torn)
	if !os.SameFile(before, after) || after.Size() != int64(len(stays)) {
		t.Errorf("another file, or its torn end is left: %d bytes", after.Size())
	}
}

// TestContinueReplaces gives the name to a new file where a result is dropped, and that
// file is as locked as the old one was.
func TestContinueReplaces(t *testing.T) {
	t.Parallel()
	name, before, after := resumed(t, stays+stays)
	if os.SameFile(before, after) || after.Size() != int64(len(stays)) {
		t.Errorf("the same file, or a result is there twice: %d bytes", after.Size())
	}
	if _, err := results.OpenFile(name, true, false, nil); !errors.Is(err, lock.ErrHeld) {
		t.Errorf("the lock of the new file: %v", err)
	}
}

// TestSyncReachesTheFile has a closed file to make safe, which none but the system refuses.
func TestSyncReachesTheFile(t *testing.T) {
	t.Parallel()
	f, err := results.OpenFile(filepath.Join(t.TempDir(), "out.jsonl"), false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Write([]byte(stays)), f.Sync(), f.Write([]byte(stays)), f.Close()); err != nil {
		t.Fatal(err)
	}
	if err := f.Sync(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a closed file is safe: %v", err)
	}
}
