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

// TestEnds checks how the end of a recorded body depends on how it was read.
func TestEnds(t *testing.T) {
	t.Parallel()
	errGone := errors.New("gone")
	for name, c := range map[string]struct {
		body   string
		length int64
		read   int
		ended  error // the cause with which the caller cancels the request
		want   string
	}{
		"exactly the length":   {"12345", 5, 5, nil, `"body":12345}`},
		"the end mark":         {"data: 1\n\ndata: [DONE]\n\nmore", -1, 23, nil, `[DONE]\n\n"}`},
		"open after the mark":  {"data: 1\r\n\r\ndata: [DONE]\r\n\r\nmore", -1, 27, nil, `[DONE]\r\n\r\n"}`},
		"closed before":        {"data: {\"a\":\"data: [DONE]\"}\n\n", -1, 10, nil, `DONE]\"}\n\n"}`},
		"less than the length": {"12345", 6, 5, nil, `"cut":true`},
		"broken off unread":    {"12345", 6, 3, nil, `"text":"12345","cut":true`},
		"nothing to read":      {"", 0, 0, nil, `"headers":{"Content-Type":"text/plain"}}`},
		"ended by the caller":  {"12345", -1, 3, context.Canceled, ""},
		"ended afterwards":     {"12345", 5, 5, context.Canceled, `"body":12345}`},
		"ended after the mark": {"data: [DONE]\n\nmore", -1, 14, context.Canceled, `"text":"data: [DONE]\n\n"}`},
		"left by its client":   {"12345", -1, 3, errGone, `"text":"123","cut":true`},
		"left without a byte":  {"12345", -1, 0, errGone, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			name := file(t)
			body := io.Reader(strings.NewReader(c.body))
			if int64(len(c.body)) < c.length {
				body = io.MultiReader(body, iotest.ErrReader(io.ErrUnexpectedEOF))
			}
			answer := reply(200, "text/plain", body)
			tape := cassetteOf(name, Record, func(req *http.Request) (*http.Response, error) {
				resp, err := answer(req)
				resp.ContentLength = c.length
				return resp, err
			})
			tape.ClientGone = errGone
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			resp, err := tape.RoundTrip(request(ctx, t, "not JSON"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(resp.Body, make([]byte, c.read)); err != nil {
				t.Fatal(err)
			}
			if c.ended != nil {
				cancel(c.ended)
			}
			_ = resp.Body.Close()
			got := content(t, name)
			if c.want == "" && got != "" || !strings.Contains(got, c.want) || strings.Contains(c.want, "cut") != strings.Contains(got, "cut") {
				t.Errorf("%s", got)
			}
		})
	}
}

// TestFailures checks that failures of the network are recorded, and canceled requests are not.
func TestFailures(t *testing.T) {
	t.Parallel()
	name := file(t)
	tape := cassetteOf(name, Record, func(*http.Request) (*http.Response, error) { return nil, os.ErrDeadlineExceeded })
	_, _ = ask(t, tape, "1")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if resp, err := tape.RoundTrip(request(ctx, t, "2")); err == nil {
		t.Error(resp.Body.Close())
	}
	tape.Next = server(unreachable)
	_, _ = ask(t, tape, "3")
	_, _ = ask(t, cassetteOf(name, Cache, unreachable), "4")
	if strings.Count(content(t, name), "\n") != 2 || tape.WriteError() != nil {
		t.Error(content(t, name), tape.WriteError())
	}
	replay := cassetteOf(name, Replay, nil)
	var timeout interface{ Timeout() bool }
	if _, err := ask(t, replay, "1"); !errors.As(err, &timeout) || !timeout.Timeout() {
		t.Error(err)
	}
	if _, err := ask(t, replay, "3"); err == nil || err.Error() != "no route" || !errors.As(err, &timeout) || timeout.Timeout() {
		t.Error(err)
	}
}

// TestTimeouts records timeouts, before a response and inside one, and checks that they are replayed as timeouts.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	timeoutErr := errors.New("idle timeout")
	for _, answer := range []server{unreachable, reply(200, "text/plain", iotest.ErrReader(context.Canceled))} {
		name := file(t)
		tape := cassetteOf(name, Record, answer)
		tape.Timeouts = []error{timeoutErr}
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(timeoutErr)
		if resp, err := tape.RoundTrip(request(ctx, t, "1")); err == nil {
			_, _ = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
		}
		replay := cassetteOf(name, Replay, nil)
		replay.Timeouts = tape.Timeouts
		var timeout interface{ Timeout() bool }
		if _, err := ask(t, replay, "1"); !errors.Is(err, timeoutErr) || !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("%v\n%s", err, content(t, name))
		}
	}
}

// TestEqualRequestsTakeTurns checks that a cache sends only one of several equal requests at a time, and none once a
// reply is cacheable.
func TestEqualRequestsTakeTurns(t *testing.T) {
	t.Parallel()
	var sent atomic.Int32
	tape := cassetteOf(written(t, file(t), ""), Cache, func(req *http.Request) (*http.Response, error) {
		switch sent.Add(1) {
		case 1:
			return unreachable(req)
		case 2:
			return reply(500, "text/plain", strings.NewReader("bad"))(req)
		}
		return reply(200, "application/json", strings.NewReader(`"good"`))(req)
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

// TestWriteError checks that the reply is returned even if it can't be written, and that the error is reported.
func TestWriteError(t *testing.T) {
	t.Parallel()
	tape := cassetteOf(filepath.Join(t.TempDir(), "none", "file"), Record, reply(200, "text/plain", strings.NewReader("reply")))
	if got, err := ask(t, tape, "1"); got != "200 reply" || err != nil || !errors.Is(tape.WriteError(), os.ErrNotExist) {
		t.Errorf("%q, %v, %v", got, err, tape.WriteError())
	}
}

// TestConcurrentAppend writes from many goroutines through two cassettes and checks that every line is complete.
func TestConcurrentAppend(t *testing.T) {
	t.Parallel()
	name := written(t, file(t), `{"key":"torn`)
	var writers sync.WaitGroup
	for range 2 {
		tape := cassetteOf(name, Record, func(req *http.Request) (*http.Response, error) {
			return reply(200, "text/plain", req.Body)(req)
		})
		for i := range 50 {
			writers.Go(func() {
				if _, err := ask(t, tape, fmt.Sprint(i)); err != nil {
					t.Error(err)
				}
			})
		}
	}
	writers.Wait()
	replay := cassetteOf(name, Replay, nil)
	for i := range 50 {
		if got, err := ask(t, replay, fmt.Sprint(i)); err != nil || got != fmt.Sprintf("200 %d", i) {
			t.Errorf("%d: %q, %v", i, got, err)
		}
	}
	if n := strings.Count(content(t, name), "\n"); n != 101 {
		t.Errorf("%d lines", n)
	}
}
