//go:build unix

package results_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"

	"github.com/chatcmpl/chatcmpl/internal/results"
)

// TestOneWritePerResult lets two runs write to one pipe, which never mixes the data of single writes.
func TestOneWritePerResult(t *testing.T) {
	t.Parallel()
	const count = 5000
	name := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	pipe, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pipe.Close() }()
	var writers errgroup.Group
	lines := []string{strings.Repeat("a", 100), strings.Repeat("b", 100)}
	for _, line := range lines {
		f, err := results.OpenFile(name, false, true, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.Close() }()
		writers.Go(func() error {
			for range count {
				if err := f.Write([]byte(line + "\n")); err != nil {
					return err
				}
			}
			return nil
		})
	}
	mixed, scan := 0, bufio.NewScanner(pipe)
	for n := 0; n < len(lines)*count && scan.Scan(); n++ {
		if scan.Text() != lines[0] && scan.Text() != lines[1] {
			mixed++
		}
	}
	if err := writers.Wait(); err != nil || scan.Err() != nil || mixed > 0 {
		t.Errorf("%d lines of two results; writing: %v, reading: %v", mixed, err, scan.Err())
	}
}
