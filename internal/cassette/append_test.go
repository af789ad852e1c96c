package cassette

import (
	"os"
	"strings"
	"sync/atomic"
	"testing"
)

// TestSynced checks that lines are in the file at once, that one sync covers many, and that its failure is told.
func TestSynced(t *testing.T) {
	t.Parallel()
	var syncs, failures atomic.Int32
	a := &Appender{Name: file(t), Synced: func(err error) {
		syncs.Add(1)
		if err != nil {
			failures.Add(1)
		}
	}}
	const lines = 20
	for n := 1; n <= lines; n++ {
		if err := a.Append([]byte("line\n")); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(a.Name); err != nil || strings.Count(string(text), "line\n") != n {
			t.Fatalf("%q, %v, want %d lines", text, err, n)
		}
	}
	a.Wait()
	if n := syncs.Load(); n == 0 || n == lines || failures.Load() > 0 {
		t.Errorf("%d syncs of %d lines, %d failures", n, lines, failures.Load())
	}
	if err := a.Append([]byte("line\n")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(a.Name); err != nil {
		t.Fatal(err)
	}
	a.Wait()
	if failures.Load() != 1 {
		t.Error("a file that is gone is synced")
	}
}
