//go:build unix

package testscripts

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestKillQueue kills a run through the Batch API of the embedded endpoint again and again, just after it has written something, and
// resumes it. In the end each record must be in the file exactly once, and the endpoint must have run none of them twice.
func TestKillQueue(t *testing.T) {
	t.Parallel()
	if os.Getenv(nested) != "" {
		return
	}
	for _, dialect := range []string{"xai", "openai"} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			untilKilled(t, func(dir string) int {
				killed := killQueue(t, dir, dialect)
				exactlyOnce(t, dir)
				ranOnce(t, dir)
				if left, err := filepath.Glob(filepath.Join(dir, "*.batch.jsonl")); err != nil || left != nil {
					t.Errorf("left over: %v, %v", left, err)
				}
				return killed
			})
		})
	}
}

// killQueue kills runs at random times until one finishes. It returns the number of killed runs.
func killQueue(t *testing.T, dir, dialect string) (killed int) {
	t.Helper()
	url := serveBatches(t, dir)
	var in bytes.Buffer
	for i := range killRecords {
		fmt.Fprintf(&in, "{\"custom_id\":\"r%d\",\"prompt\":\"p%d\"}\n", i, i)
	}
	if err := os.WriteFile(filepath.Join(dir, "in.jsonl"), in.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(5, 6))
	for killed < kills && runQueue(t, dir, url, dialect, 1+random.IntN(3), time.Duration(random.IntN(8))*time.Millisecond) {
		killed++
		wellFormed(t, dir)
	}
	runQueue(t, dir, url, dialect, 1<<30, 0)
	return killed
}

// serveBatches starts the embedded endpoint and returns its base URL. Its log has a line for each record that it runs.
func serveBatches(t *testing.T, dir string) (url string) {
	t.Helper()
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "chatcmpl", "serve", "--addr", "127.0.0.1:0", "--batch-latency", "150ms")
	cmd.Dir, cmd.Stderr = dir, log
	cmd.Env = append(cleanEnviron(), "HOME="+dir, "GORACE=atexit_sleep_ms=0")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Wait()
		_ = log.Close()
	})
	if _, err := fmt.Fscanln(out, &url); err != nil {
		t.Fatal(err)
	}
	return url
}

// runQueue runs the batch, and kills it a while after it has written to the results or to the state a number of times. It reports
// whether it was killed.
func runQueue(t *testing.T, dir, url, dialect string, writes int, while time.Duration) bool {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "chatcmpl", "batch", "-i", "in.jsonl", "-o", "out.jsonl", "--resume", "--batch-api="+dialect,
		"--batch-size", "100", "--poll-interval", "20ms", "-m", "echo", "--quiet", "--base-url", url)
	cmd.Dir = dir
	cmd.Env = append(cleanEnviron(), "HOME="+dir, "XDG_CONFIG_HOME=", "GORACE=atexit_sleep_ms=0")
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	tick := time.NewTicker(300 * time.Microsecond)
	defer tick.Stop()
	for was := written(dir); ; {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("%v: %s", err, out.String())
			}
			return false
		case <-tick.C:
		}
		if now := written(dir); now != was {
			was = now
			writes--
		}
		if writes <= 0 {
			time.Sleep(while)
			_ = cmd.Process.Kill()
			return <-ended != nil
		}
	}
}

// written returns the sizes of the files that a run writes.
func written(dir string) (sizes [2]int64) {
	for i, name := range []string{"out.jsonl", "out.jsonl.batch.jsonl"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil {
			sizes[i] = info.Size()
		}
	}
	return sizes
}

// ranOnce checks that the endpoint has run every record once, as the log tells: those of batches, and those sent one by one.
func ranOnce(t *testing.T, dir string) {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	ran := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m) record (r\d+) `).FindAllSubmatch(log, -1) {
		ran[string(m[1])]++
	}
	for id, count := range ran {
		if count != 1 {
			t.Errorf("%s ran %d times", id, count)
		}
	}
	alone := bytes.Count(log, []byte("POST /v1/chat/completions 200"))
	t.Logf("%d records ran in batches, %d by themselves", len(ran), alone)
	if len(ran)+alone < killRecords || alone > kills+1 {
		t.Errorf("%d records ran in batches, %d by themselves", len(ran), alone)
	}
}
