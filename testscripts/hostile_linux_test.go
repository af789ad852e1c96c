package testscripts

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// maxPeak is the maximum memory of chatcmpl in MiB for any reply: a few times the limit of 64 MiB for a reply.
const maxPeak = 400

// flood writes an endless reply: head, then text repeatedly.
func flood(kind, head, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.Copy(io.Discard, req.Body)
		w.Header().Set("Content-Type", kind)
		_, _ = io.WriteString(w, head)
		block := strings.Repeat(text, 1+1<<16/len(text))
		for req.Context().Err() == nil {
			if _, err := io.WriteString(w, block); err != nil {
				return
			}
		}
	}
}

// numbered writes a stream of a million chunks that differ only in a number.
func numbered(format string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 1 << 20 {
			if _, err := fmt.Fprintf(w, "data: "+format+"\n\n", i); err != nil {
				return
			}
		}
	}
}

// full writes a reply of almost the maximum size: head, then text repeatedly, then end. It does not hold the reply in
// memory, because the peak memory of a child process includes that of this process at the fork.
func full(head, text, end string) http.HandlerFunc {
	return repeated(60<<20/len(text), head, text, end)
}

func repeated(count int, head, text, end string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		out := bufio.NewWriter(w)
		_, _ = out.WriteString(head)
		for range count {
			if _, err := out.WriteString(text); err != nil {
				return
			}
		}
		_, _ = out.WriteString(end)
		_ = out.Flush()
	}
}

func bomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Encoding", "gzip")
	zip := gzip.NewWriter(w)
	zeros := make([]byte, 1<<20)
	for range 1 << 12 {
		if _, err := zip.Write(zeros); err != nil {
			return
		}
	}
	_ = zip.Close()
}

// TestHostileReplies checks the limits of time and memory for endless replies and replies with huge numbers of parts.
func TestHostileReplies(t *testing.T) {
	switch {
	case os.Getenv(nested) != "":
		return
	case testing.Short(), isRace():
		t.Skip("it takes a minute, and measures memory, of which the race detector takes several times as much")
	}
	const event, whole = "text/event-stream", "application/json"
	for name, c := range map[string]struct {
		reply http.HandlerFunc
		args  []string
		exit  int
	}{
		"white space":                 {flood(whole, "", " \n"), []string{"chat"}, 8},
		"white space in a stream":     {flood(event, "", "\n"), []string{"stream"}, 8},
		"comments":                    {flood(event, "", ": ping\n\n"), []string{"stream"}, 8},
		"one event":                   {flood(event, "data: ", "x"), []string{"stream"}, 8},
		"one event in lines":          {flood(event, "", "data: x\n"), []string{"stream"}, 8},
		"an error":                    {flood("text/plain", "", "no "), []string{"chat"}, 8},
		"compressed zeros":            {bomb, []string{"chat"}, 8},
		"choices, each new":           {numbered(`{"choices":[{"index":%d,"delta":{"content":"a"}}]}`), []string{"stream", "--json"}, 8},
		"texts of many choices":       {numbered(`{"choices":[{"index":%d,"delta":{"content":"` + strings.Repeat("a", 4000) + `"}}]}`), []string{"stream", "--json", "-c", "talk"}, 8},
		"tool calls, each new":        {numbered(`{"choices":[{"index":0,"delta":{"tool_calls":[{"id":"c%d","function":{"name":"f","arguments":"{}"}}]}}]}`), []string{"stream", "-c", "talk"}, 8},
		"pieces of one tool call":     {numbered(`{"choices":[{"index":0,"delta":{"tool_calls":[{"function":{"name":"f","arguments":"%d}"}}]}}]}`), []string{"stream"}, 8},
		"fields, each new":            {numbered(`{"choices":[{"index":0,"delta":{"f%d":"a"}}]}`), []string{"stream", "-c", "talk"}, 8},
		"details, each with an index": {numbered(`{"choices":[{"index":0,"delta":{"details":[{"index":%d,"text":"a"}]}}]}`), []string{"stream", "-c", "talk"}, 8},
		"beginnings of the key":       {full(`data: {"choices":[{"index":0,"delta":{`, `"a":"sk-t",`, `"b":"a"},"finish_reason":"stop"}]}`+"\n\n"), []string{"stream"}, 8},
		"choices of a whole reply":    {full(`{"choices":[`, `{},`, `{}]}`), []string{"chat", "--retries", "0"}, 8},
		"no choices, many fields":     {full(`{"error":{"message":"",`, `"a":1,`, `"b":1},"choices":[]}`), []string{"chat", "--retries", "0"}, 6},
		"tool calls of a whole reply": {full(`{"choices":[{"message":{"content":"a","tool_calls":[`, `{},`, `{}]},"finish_reason":"stop"}]}`), []string{"chat", "-c", "talk"}, 0},
		"parts of a text":             {full(`{"choices":[{"message":{"content":[`, `"a",`, `"a"]},"finish_reason":"stop"}]}`), []string{"chat"}, 0},
		"deep":                        {repeated(1<<20, "", `{"a":`, "1"), []string{"chat", "--retries", "0"}, 8},
		"deep in a stream":            {repeated(1<<20, "data: ", `[`, "\n\n"), []string{"stream", "--retries", "0"}, 8},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(c.reply)
			t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
			peak, exit := hostile(t, append(c.args, "--retries", "0", "--timeout", "2m", "--base-url", server.URL+"/v1", "hi"))
			t.Logf("exit %d, %d MiB", exit, peak)
			if exit != c.exit || peak > maxPeak {
				t.Errorf("exit %d, want %d; %d MiB", exit, c.exit, peak)
			}
		})
	}
}

func isRace() bool {
	info, ok := debug.ReadBuildInfo()
	return ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}

// hostile runs chatcmpl and returns its peak memory in MiB and its exit code.
func hostile(t *testing.T, args []string) (peak int64, exit int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "chatcmpl", args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "HOME="+cmd.Dir, "XDG_CONFIG_HOME=", "CHATCMPL_MODEL=m", "CHATCMPL_API_KEY=sk-test-key-12345")
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		t.Fatal(err)
	}
	t.Logf("%.200s", out[max(0, len(out)-200):])
	return usage.Maxrss >> 10, cmd.ProcessState.ExitCode()
}
