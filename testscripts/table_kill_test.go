//go:build unix

package testscripts

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestKillTable kills a run that makes a table, again and again, and resumes it: the table is there only when it is whole, it is
// then that of a run that nobody killed, and nothing else is left.
func TestKillTable(t *testing.T) {
	t.Parallel()
	if os.Getenv(nested) != "" {
		return
	}
	server := &countingServer{}
	fake := httptest.NewServer(server)
	defer fake.Close()
	untilKilled(t, func(dir string) int {
		server.forget()
		return killTable(t, dir, fake.URL)
	})
}

// killTable kills runs at random times and then lets one finish. It returns the number of killed runs.
func killTable(t *testing.T, dir, url string) (killed int) {
	t.Helper()
	var in, want bytes.Buffer
	in.WriteString("id,text\n")
	want.WriteString("id,text,reply,error\n")
	for i := range killRecords {
		fmt.Fprintf(&in, "%d,\"a, b\nc%d\"\n", i, i)
		fmt.Fprintf(&want, "%d,\"a, b\nc%d\",\"a, b\nc%d\",\n", i, i, i)
	}
	if err := os.WriteFile(filepath.Join(dir, "in.csv"), in.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range kills {
		if runTable(t, dir, url, time.Duration(5+random.IntN(60))*time.Millisecond) {
			killed++
		}
		table, err := os.ReadFile(filepath.Join(dir, "out.csv"))
		if err == nil && !bytes.Equal(table, want.Bytes()) {
			t.Fatalf("a table that is not whole: %q", table)
		}
	}
	runTable(t, dir, url, time.Minute)
	table, err := os.ReadFile(filepath.Join(dir, "out.csv"))
	if err != nil || !bytes.Equal(table, want.Bytes()) {
		t.Errorf("%v: %q", err, table)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Errorf("left over: %v, %v", left, err)
	}
	return killed
}

// runTable runs the batch for so long and returns whether it was killed.
func runTable(t *testing.T, dir, url string, long time.Duration) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	cmd := exec.CommandContext(ctx, "chatcmpl", "batch", "-i", "in.csv", "{{text}}", "--id", "id", "-o", "out.csv", "--resume", "-j", fmt.Sprint(killJobs), "-m", "m", "--quiet", "--base-url", url)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME=", "GORACE=atexit_sleep_ms=0")
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return true
	}
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return false
}
