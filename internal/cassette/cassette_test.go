package cassette

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

// server answers requests in this process.
type server func(*http.Request) (*http.Response, error)

func (s server) RoundTrip(req *http.Request) (*http.Response, error) { return s(req) }

// reply returns the same response for every request.
func reply(status int, kind string, body io.Reader) server {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {kind}, "X-Other": {"x"}}, Body: io.NopCloser(body), ContentLength: -1}, nil
	}
}

func unreachable(*http.Request) (*http.Response, error) { return nil, errors.New("no route") }

// cassetteOf returns a cassette for a file. Replies that begin with "good" are cacheable.
func cassetteOf(name string, mode Mode, next server) *Cassette {
	return &Cassette{
		Name: name, Mode: mode, Base: "/v1", Next: next, Cause: error.Error,
		Redact:    func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("secret-key"), []byte("*****")) },
		Cacheable: func(_ string, _, body []byte) bool { return bytes.HasPrefix(body, []byte(`"good`)) },
		Answered:  func(*http.Response, error) {},
		Skipped:   func(int) {},
	}
}

func request(ctx context.Context, t *testing.T, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://server/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// ask sends a request and returns the status and the body of the response, and an error of sending or reading.
func ask(t *testing.T, c *Cassette, body string) (string, error) {
	t.Helper()
	resp, err := c.RoundTrip(request(t.Context(), t, body))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	return fmt.Sprintf("%d %s", resp.StatusCode, read), err
}

// file makes an empty file.
func file(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "exchanges.jsonl")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func written(t *testing.T, name, text string) string {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func content(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(text)
}

// TestRoundTrip records responses of every form and replays them.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	const live = "data: {\"a\":1}\n\ndata: [DONE]\n\n"
	for name, c := range map[string]struct {
		status           int
		kind, body, want string // want is empty if the body is replayed unchanged
		cut              bool
		field            string
	}{
		"json":     {200, "application/json", "{\n \"a\" : [1, 2.50]\n}\n", `{"a":[1,2.50]}`, false, `"body":{"a":[1,2.50]}`},
		"error":    {500, "text/plain", "no\tgood\r\n\u2028<&>\x00", "", false, `"text":`},
		"empty":    {204, "", "", "", false, `"headers":`},
		"bytes":    {200, "image/png", "\x89PNG\xff\x00", "", false, `"base64":`},
		"events":   {200, "text/event-stream", live, "", false, `"pieces":["data: {\"a\":1}\n\n","data: [DONE]\n\n"]`},
		"crlf":     {200, "text/event-stream; charset=utf-8", strings.ReplaceAll(live, "\n", "\r\n"), "", false, `\r\n\r\n","data: [DONE]\r\n\r\n"]`},
		"cr":       {200, "text/event-stream", strings.ReplaceAll(live, "\n", "\r"), "", false, `\r\r","data`},
		"open":     {200, "text/event-stream", "data: 1\n\ndata: 2", "", false, `"pieces":["data: 1\n\n","data: 2"]`},
		"binary":   {200, "text/event-stream", "data: \xff\n\n", "", false, `"base64":`},
		"cut":      {200, "application/json", `{"a":1}`, "", true, `"text":"{\"a\":1}","cut":true`},
		"cut live": {200, "text/event-stream", "data: 1\n\nda", "", true, `"pieces":["data: 1\n\n","da"],"cut":true`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			name := file(t)
			body := io.Reader(strings.NewReader(c.body))
			if c.cut {
				body = io.MultiReader(body, iotest.ErrReader(errors.New("reset")))
			}
			if _, err := ask(t, cassetteOf(name, Record, reply(c.status, c.kind, body)), `{"x":1}`); (err != nil) != c.cut {
				t.Fatal(err)
			}
			line := content(t, name)
			if strings.Count(line, "\n") != 1 || !strings.Contains(line, c.field) || strings.Contains(line, "X-Other") {
				t.Errorf("%s", line)
			}
			got, err := ask(t, cassetteOf(name, Replay, unreachable), `{"x":1}`)
			if c.want == "" {
				c.want = c.body
			}
			if want := fmt.Sprintf("%d %s", c.status, c.want); got != want || (err != nil) != c.cut {
				t.Errorf("%q, %v, want %q", got, err, want)
			}
		})
	}
}

// exchangeLine returns a line of the file with a number as the request and a text as the reply.
func exchangeLine(request int, answer string) string {
	x := &exchange{method: http.MethodPost, path: "/chat/completions", sent: fmt.Append(nil, request), status: 200, body: []byte(answer)}
	return string(x.line())
}

// TestLines replays a file that was edited and that a crash has damaged.
func TestLines(t *testing.T) {
	t.Parallel()
	stale := strings.Replace(exchangeLine(90, "edited"), `"body":90`, `"body": 9`, 1)
	noKey := `{"request":{"method":"POST","path":"/chat/completions","body":8},"response":{"status":200,"text":"no key"}}` + "\n"
	torn := exchangeLine(7, "torn")
	name := written(t, file(t), "\ufeff"+exchangeLine(1, "a")+exchangeLine(2, "b")+"\n \r\n"+exchangeLine(1, "c")+stale+noKey+"null\n12 {\n\x00\x00\n"+
		torn[:len(torn)-20]+"\n"+strings.TrimSpace(exchangeLine(3, "crlf"))+"\r\n"+
		strings.Replace(exchangeLine(5, "wrong"), `"status":200`, `"status":"200"`, 1)+strings.TrimSpace(exchangeLine(4, "last")))
	replay := cassetteOf(name, Replay, nil)
	passedOver := -1
	replay.Skipped = func(lines int) {
		if passedOver >= 0 {
			t.Error("reported twice")
		}
		passedOver = lines
	}
	for i, c := range []struct{ request, want string }{
		{"7", ""}, {"1", "a"}, {" 1\n", "c"}, {"1", "c"}, {"2", "b"}, {"2", "b"}, {"9", "edited"}, {"90", ""}, {"8", "no key"}, {"3", "crlf"}, {"4", "last"}, {"5", ""}, {"1", "c"},
	} {
		got, err := ask(t, replay, c.request)
		if c.want == "" {
			if _, missed := errors.AsType[*MissError](err); !missed {
				t.Errorf("%d: %q, %v", i, got, err)
			}
		} else if got != "200 "+c.want || err != nil {
			t.Errorf("%d: %q, %v, want %s", i, got, err, c.want)
		}
	}
	if passedOver != 5 {
		t.Errorf("%d lines passed over", passedOver)
	}
	if got, err := ask(t, cassetteOf(name, Replay, nil), "1"); got != "200 a" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// TestCache checks that only cacheable replies are returned or added, and that additions of other processes are seen.
func TestCache(t *testing.T) {
	t.Parallel()
	name := file(t)
	sent := 0
	next := `"bad"`
	cache := cassetteOf(name, Cache, func(req *http.Request) (*http.Response, error) {
		sent++
		return reply(200, "text/plain", strings.NewReader(next))(req)
	})
	if err := cache.Check(); err != nil {
		t.Fatal(err)
	}
	want := func(request, answer string, requests int) {
		t.Helper()
		if got, err := ask(t, cache, request); got != "200 "+answer || err != nil || sent != requests {
			t.Errorf("%q, %v, %d requests", got, err, sent)
		}
	}
	want("1", `"bad"`, 1)
	want("1", `"bad"`, 2)
	if content(t, name) != "" {
		t.Error("kept:", content(t, name))
	}
	next = `"good"`
	want("1", `"good"`, 3)
	next = `"good too"`
	want("1", `"good"`, 3)
	want("1", `"good"`, 3)
	if err := os.WriteFile(name, []byte(content(t, name)+exchangeLine(2, "bad")+exchangeLine(2, `"good 2"`)+strings.TrimSpace(exchangeLine(3, `"good 3"`))), 0o600); err != nil {
		t.Fatal(err)
	}
	want("2", `"good 2"`, 3)
	want("3", `"good 3"`, 3)
	want("4", `"good too"`, 4)
	want("3", `"good 3"`, 4)
	want("4", `"good too"`, 4)
}

func TestCheck(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, mode := range []Mode{Record, Replay, Cache} {
		if err := cassetteOf(dir, mode, nil).Check(); err == nil {
			t.Errorf("a directory, mode %d", mode)
		}
		name := filepath.Join(dir, fmt.Sprint(mode))
		err := cassetteOf(name, mode, nil).Check()
		info, missing := os.Stat(name)
		// Windows has no such permissions: a file has those of its folder.
		open := missing == nil && info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows"
		if (err != nil) != (mode == Replay) || (missing != nil) != (mode == Replay) || open {
			t.Errorf("mode %d: %v, %v", mode, err, info)
		}
	}
}
