package cassette

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
)

// TestEnds holds what is kept to how a body is read.
func TestEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body   string
		length int64
		read   int
		ended  bool // the caller ends it
		want   string
	}{
		"exactly the length":   {"12345", 5, 5, false, `"body":12345}`},
		"the end mark":         {"data: 1\n\ndata: [DONE]\n\nmore", -1, 23, false, `[DONE]\n\n"}`},
		"closed before":        {"data: {\"a\":\"data: [DONE]\"}\n\n", -1, 10, false, `DONE]\"}\n\n"}`},
		"less than the length": {"12345", 6, 5, false, `"cut":true`},
		"broken off unread":    {"12345", 6, 3, false, `"text":"12345","cut":true`},
		"nothing to read":      {"", 0, 0, false, `"headers":{"Content-Type":"text/plain"}}`},
		"ended by the caller":  {"12345", -1, 3, true, ""},
		"ended afterwards":     {"12345", 5, 5, true, `"body":12345}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kept := file(t)
			body := io.Reader(strings.NewReader(c.body))
			if int64(len(c.body)) < c.length {
				body = io.MultiReader(body, iotest.ErrReader(io.ErrUnexpectedEOF))
			}
			answer := says(200, "text/plain", body)
			tape := cassetteOf(kept, Record, func(req *http.Request) (*http.Response, error) {
				resp, err := answer(req)
				resp.ContentLength = c.length
				return resp, err
			})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			resp, err := tape.RoundTrip(request(ctx, t, "not JSON"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(resp.Body, make([]byte, c.read)); err != nil {
				t.Fatal(err)
			}
			if c.ended {
				cancel()
			}
			_ = resp.Body.Close()
			got := content(t, kept)
			if c.want == "" && got != "" || !strings.Contains(got, c.want) || strings.Contains(c.want, "cut") != strings.Contains(got, "cut") {
				t.Errorf("%s", got)
			}
		})
	}
}

// TestFailures records failures of the network, but not what the caller ended.
func TestFailures(t *testing.T) {
	t.Parallel()
	kept := file(t)
	tape := cassetteOf(kept, Record, func(*http.Request) (*http.Response, error) { return nil, os.ErrDeadlineExceeded })
	_, _ = ask(t, tape, "1")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if resp, err := tape.RoundTrip(request(ctx, t, "2")); err == nil {
		t.Error(resp.Body.Close())
	}
	tape.Next = server(unreachable)
	_, _ = ask(t, tape, "3")
	_, _ = ask(t, cassetteOf(kept, Cache, unreachable), "4")
	if strings.Count(content(t, kept), "\n") != 2 || tape.Unwritten() != nil {
		t.Error(content(t, kept), tape.Unwritten())
	}
	replay := cassetteOf(kept, Replay, nil)
	var timeout interface{ Timeout() bool }
	if _, err := ask(t, replay, "1"); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Error(err)
	}
	if _, err := ask(t, replay, "3"); err == nil || err.Error() != "no route" || !errors.As(err, &timeout) || timeout.Timeout() {
		t.Error(err)
	}
}

// TestBounds records the caller's bounds of time, before a response and inside one, and gives
// them back as such.
func TestBounds(t *testing.T) {
	t.Parallel()
	bound := errors.New("idle timeout")
	for _, answer := range []server{unreachable, says(200, "text/plain", iotest.ErrReader(context.Canceled))} {
		kept := file(t)
		tape := cassetteOf(kept, Record, answer)
		tape.Bounds = []error{bound}
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(bound)
		if resp, err := tape.RoundTrip(request(ctx, t, "1")); err == nil {
			_, _ = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
		}
		replay := cassetteOf(kept, Replay, nil)
		replay.Bounds = tape.Bounds
		var timeout interface{ Timeout() bool }
		if _, err := ask(t, replay, "1"); !errors.Is(err, bound) || !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("%v\n%s", err, content(t, kept))
		}
	}
}

// TestTurns sends one of equal requests at a time to a cache's server: until a reply is good,
// then none.
func TestTurns(t *testing.T) {
	t.Parallel()
	var sent atomic.Int32
	tape := cassetteOf(written(t, file(t), ""), Cache, func(req *http.Request) (*http.Response, error) {
		switch sent.Add(1) {
		case 1:
			return unreachable(req)
		case 2:
			return says(500, "text/plain", strings.NewReader("bad"))(req)
		}
		return says(200, "application/json", strings.NewReader(`"good"`))(req)
	})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { _, _ = ask(t, tape, "1") })
	}
	all.Wait()
	if sent.Load() != 3 {
		t.Errorf("%d requests", sent.Load())
	}
	held, err := tape.RoundTrip(request(t.Context(), t, "2"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if resp, err := tape.RoundTrip(request(ctx, t, "2")); !errors.Is(err, context.Canceled) {
		t.Error(err, resp.Body.Close())
	}
	_ = held.Body.Close()
}

// TestUnwritten gives the reply all the same, and says that it was not kept.
func TestUnwritten(t *testing.T) {
	t.Parallel()
	tape := cassetteOf(filepath.Join(t.TempDir(), "none", "file"), Record, says(200, "text/plain", strings.NewReader("reply")))
	if got, err := ask(t, tape, "1"); got != "200 reply" || err != nil || !errors.Is(tape.Unwritten(), os.ErrNotExist) {
		t.Errorf("%q, %v, %v", got, err, tape.Unwritten())
	}
}

// TestTogether adds from many goroutines with two cassettes: each line is there, and whole.
func TestTogether(t *testing.T) {
	t.Parallel()
	kept := written(t, file(t), `{"key":"torn`)
	var both sync.WaitGroup
	for range 2 {
		tape := cassetteOf(kept, Record, func(req *http.Request) (*http.Response, error) {
			return says(200, "text/plain", req.Body)(req)
		})
		for i := range 50 {
			both.Go(func() {
				if _, err := ask(t, tape, fmt.Sprint(i)); err != nil {
					t.Error(err)
				}
			})
		}
	}
	both.Wait()
	replay := cassetteOf(kept, Replay, nil)
	for i := range 50 {
		if got, err := ask(t, replay, fmt.Sprint(i)); err != nil || got != fmt.Sprintf("200 %d", i) {
			t.Errorf("%d: %q, %v", i, got, err)
		}
	}
	if n := strings.Count(content(t, kept), "\n"); n != 101 {
		t.Errorf("%d lines", n)
	}
}

// TestScrub finds secrets in every form in which a server may send them back.
func TestScrub(t *testing.T) {
	t.Parallel()
	redact := cassetteOf("", Record, nil).Redact
	for body, want := range map[string]string{
		`{"a":"\n","b":1.0}`:                             `{"a":"\n","b":1.0}`,
		`{"a":"a secret-key."}`:                          `{"a":"a *****."}`,
		`{"a":["\u0073ecret\u002dkey\n"], "b" : 1.0}`:    `{"a":["*****\n"],"b":1.0}`,
		`not JSON secret-key`:                            `not JSON *****`,
		"data: {\"d\":\"x\"}\n\ndata: {\"d\":\"y\"}\n\n": "data: {\"d\":\"x\"}\n\ndata: {\"d\":\"y\"}\n\n",
		"data: {\"c\":[{\"index\":0,\"d\":\"a secr\"}]}\r\n\r\ndata: {\"c\":[{\"index\":1,\"d\":\"b\"}]}\r\n\r\ndata: {\"c\":[{\"index\":0,\"d\":\"et-key.\"}]}\r\n": "data: {\"c\":[{\"index\":0,\"d\":\"a *****.\"}]}\r\n\r\ndata: {\"c\":[{\"index\":1,\"d\":\"b\"}]}\r\n\r\ndata: {\"c\":[{\"index\":0,\"d\":\"\"}]}\r\n",
	} {
		if got := string(scrub([]byte(body), redact)); got != want {
			t.Errorf("%s\n%s", body, got)
		}
	}
}
