package results_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/lock"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// openAndContinue prepares a file with the given text for appending. before and after describe the file of that name,
// before and after the call of Continue.
func openAndContinue(t *testing.T, text string) (name string, before, after os.FileInfo) {
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
	r, err := f.Scan(results.Retryable)
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
	// On Windows, os.SameFile opens the file by name at the first comparison, so compare before the file is replaced.
	os.SameFile(info, info)
	return info
}

const (
	goodLine = `{"custom_id":"a","response":{"status_code":200,"body":{}},"error":null}` + "\n"
	tornLine = `{"id":"`
)

// TestContinueInPlace checks that a file whose results are all kept, which may be large, is not copied.
func TestContinueInPlace(t *testing.T) {
	t.Parallel()
	_, before, after := openAndContinue(t, goodLine+tornLine)
	if !os.SameFile(before, after) || after.Size() != int64(len(goodLine)) {
		t.Errorf("the file was replaced, or its incomplete end is left: %d bytes", after.Size())
	}
}

// TestContinueReplaces checks that a file with a dropped result is replaced by a new one, which is locked as well.
func TestContinueReplaces(t *testing.T) {
	t.Parallel()
	name, before, after := openAndContinue(t, goodLine+goodLine)
	if os.SameFile(before, after) || after.Size() != int64(len(goodLine)) {
		t.Errorf("the file was not replaced, or has a result twice: %d bytes", after.Size())
	}
	if _, err := results.OpenFile(name, true, false, nil); !errors.Is(err, lock.ErrHeld) {
		t.Errorf("the lock of the new file: %v", err)
	}
}

// TestSyncReachesTheFile checks that Sync really calls the system, which returns an error for a closed file.
func TestSyncReachesTheFile(t *testing.T) {
	t.Parallel()
	f, err := results.OpenFile(filepath.Join(t.TempDir(), "out.jsonl"), false, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Write([]byte(goodLine)), f.Sync(), f.Write([]byte(goodLine)), f.Close()); err != nil {
		t.Fatal(err)
	}
	if err := f.Sync(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a closed file is safe: %v", err)
	}
}

// TestAppendedTo lets another process append, before a result and behind the last one: the results are whole in another file.
func TestAppendedTo(t *testing.T) {
	t.Parallel()
	theirs := strings.Repeat("theirs\n", 100)
	for after := range 3 {
		name := filepath.Join(t.TempDir(), "out.jsonl")
		f, err := results.OpenFile(name, false, false, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			err = errors.Join(err, f.Write([]byte(goodLine)))
			if i == after {
				appendTo(t, name, theirs)
			}
		}
		lost, ok := errors.AsType[*results.LostError](f.Sync())
		if !ok || err != nil {
			t.Fatalf("after %d: %v, %v", after, lost, err)
		}
		expectText(t, name+".saved", strings.Repeat(goodLine, 3))
		expectText(t, name, strings.Repeat(goodLine, after+1)+theirs)
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			t.Errorf("after %d: %v", after, err)
		}
	}
}

func expectText(t *testing.T, name, want string) {
	t.Helper()
	if text, err := os.ReadFile(name); err != nil || string(text) != want {
		t.Errorf("%s: %v, %q", name, err, text)
	}
}

func appendTo(t *testing.T, name, text string) {
	t.Helper()
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}
