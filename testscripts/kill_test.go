//go:build unix

package testscripts

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	killRecords = 400
	killJobs    = 8
	kills       = 20
)

// countingServer answers after a few milliseconds. It counts the good replies to each prompt, and the connections,
// except those that it breaks itself. If faults is set, every fifth request fails in one of five ways.
type countingServer struct {
	faults bool

	mu        sync.Mutex
	requests  int
	connCount int
	good      map[string]int
}

// countConn counts new connections; it is the ConnState of an http.Server.
func (c *countingServer) countConn(_ net.Conn, state http.ConnState) {
	if state == http.StateNew {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.connCount++
	}
}

// forget begins to count anew.
func (c *countingServer) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests, c.good = 0, map[string]int{}
}

func (c *countingServer) connected() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.connCount
}

func (c *countingServer) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	var body struct {
		Messages []struct{ Content string } `json:"messages"`
	}
	raw, err := io.ReadAll(req.Body)
	if err != nil || json.Unmarshal(raw, &body) != nil || len(body.Messages) != 1 {
		return
	}
	c.mu.Lock()
	c.requests++
	fault := 0
	if c.faults && c.requests%5 == 0 {
		fault = c.requests/5%5 + 1
		if fault == 3 || fault == 4 {
			c.connCount--
		}
	} else {
		c.good[body.Messages[0].Content]++
	}
	wait := time.Duration(1+c.requests%7) * time.Millisecond
	c.mu.Unlock()
	time.Sleep(wait)
	reply := fmt.Sprintf(`{"choices":[{"index":0,"message":{"role":"assistant","content":%q},"finish_reason":"stop"}]}`, body.Messages[0].Content)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Retry-After", "0")
	switch fault {
	case 0:
		_, _ = io.WriteString(w, reply)
	case 1:
		w.WriteHeader(http.StatusTooManyRequests)
	case 2:
		w.WriteHeader(http.StatusServiceUnavailable)
	case 3:
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0)
			}
			_ = conn.Close()
		}
	case 4:
		_, _ = io.WriteString(w, reply[:len(reply)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case 5:
		_, _ = io.WriteString(w, "what?")
	}
}

// TestKill repeatedly kills a run and resumes it. In the end each record must be in the file exactly once, and no kill
// may have repeated more requests than were in flight.
func TestKill(t *testing.T) {
	t.Parallel()
	if os.Getenv(nested) != "" {
		return
	}
	for _, faults := range []bool{false, true} {
		t.Run(fmt.Sprintf("faults=%v", faults), func(t *testing.T) {
			t.Parallel()
			server := &countingServer{faults: faults}
			fake := httptest.NewUnstartedServer(server)
			fake.Config.ConnState = server.countConn
			fake.Start()
			defer fake.Close()
			untilKilled(t, func(dir string) int {
				server.forget()
				killed := killAndResume(t, dir, fake.URL, server)
				exactlyOnce(t, dir)
				repeated := 0
				for _, n := range server.good {
					repeated += n - 1
				}
				t.Logf("%d kills, %d requests for %d records, %d good ones repeated", killed, server.requests, killRecords, repeated)
				if repeated > killed*killJobs {
					t.Errorf("%d good requests repeated after %d kills", repeated, killed)
				}
				return killed
			})
		})
	}
}

// untilKilled calls round with new folders until the rounds have killed enough runs: how many one kills depends on the machine.
func untilKilled(t *testing.T, round func(dir string) (killed int)) {
	t.Helper()
	for left, rounds := kills, 0; left > 0; rounds++ {
		if rounds == kills {
			t.Fatalf("%d kills too few in %d rounds", left, rounds)
		}
		left -= round(t.TempDir())
	}
}

// killAndResume kills runs at random times and then lets one finish. It returns the number of killed runs.
func killAndResume(t *testing.T, dir, url string, server *countingServer) (killed int) {
	t.Helper()
	var in bytes.Buffer
	for i := range killRecords {
		fmt.Fprintf(&in, "{\"custom_id\":\"r%d\",\"prompt\":\"p%d\"}\n", i, i)
	}
	if err := os.WriteFile(filepath.Join(dir, "in.jsonl"), in.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range kills {
		if run(t, dir, url, server, time.Duration(5+random.IntN(60))*time.Millisecond) {
			killed++
		}
		wellFormed(t, dir)
	}
	// Failed records are left to the next run.
	for range 10 {
		run(t, dir, url, server, time.Minute)
		if lines(t, dir, `"error":null`) == killRecords {
			break
		}
	}
	return killed
}

// run runs the batch for at most the given duration and reports whether it was killed. With faults there are no
// retries, so that the next run has results to drop. Connections are reused, so there must be only one per job, plus a
// few of the previous run that are counted late.
func run(t *testing.T, dir, url string, server *countingServer, limit time.Duration) bool {
	t.Helper()
	before := server.connected()
	defer func() {
		if n := server.connected() - before; n > killJobs+4 {
			t.Errorf("%d connections for %d jobs", n, killJobs)
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "chatcmpl", "batch", "-i", "in.jsonl", "-o", "out.jsonl", "--resume", "-j", fmt.Sprint(killJobs), "-m", "m", "--quiet", "--base-url", url)
	if server.faults {
		cmd.Args = append(cmd.Args, "--retries", "0")
	}
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME=", "GORACE=atexit_sleep_ms=0")
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return true
	}
	if err != nil && !strings.Contains(string(out), "failed") {
		t.Fatalf("%v: %s", err, out)
	}
	return false
}

// wellFormed checks the file after a kill: all lines but the last must be complete.
func wellFormed(t *testing.T, dir string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "out.jsonl"))
	if err != nil {
		return
	}
	for line := range bytes.Lines(text) {
		if bytes.HasSuffix(line, []byte("\n")) && !json.Valid(line) {
			t.Fatalf("no whole line: %q", line)
		}
	}
}

func exactlyOnce(t *testing.T, dir string) {
	t.Helper()
	if left, err := filepath.Glob(filepath.Join(dir, ".out.jsonl.*")); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
	f, err := os.Open(filepath.Join(dir, "out.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	seen := map[string]int{}
	for scan := bufio.NewScanner(f); scan.Scan(); {
		var result struct {
			CustomID string `json:"custom_id"`
			Error    any    `json:"error"`
			Response struct {
				Body struct {
					Choices []struct{ Message struct{ Content string } }
				}
			}
		}
		if err := json.Unmarshal(scan.Bytes(), &result); err != nil {
			t.Fatal(err)
		}
		seen[result.CustomID]++
		if choices := result.Response.Body.Choices; result.Error != nil || len(choices) != 1 || choices[0].Message.Content != "p"+result.CustomID[1:] {
			t.Errorf("the result of %s: %s", result.CustomID, scan.Bytes())
		}
	}
	for i := range killRecords {
		if n := seen[fmt.Sprintf("r%d", i)]; n != 1 {
			t.Errorf("record %d is there %d times", i, n)
		}
	}
	if len(seen) != killRecords {
		t.Errorf("%d records of %d", len(seen), killRecords)
	}
}

func lines(t *testing.T, dir, substring string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "out.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(text, []byte(substring))
}
