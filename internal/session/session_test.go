package session

import (
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/cassette"
)

func TestAddress(t *testing.T) {
	t.Parallel()
	for _, a := range []Address{
		{Mode: cassette.Record, URL: "http://127.0.0.1:1/x", File: "/a b/c.jsonl"},
		{Mode: cassette.Replay, URL: "http://127.0.0.1:1/x", File: `C:\c.jsonl`},
		{Mode: cassette.Replay, Strict: true, URL: "http://127.0.0.1:1/x", File: "/c"},
	} {
		if got, ok := ParseAddress(a.String()); !ok || got != a {
			t.Errorf("%+v, %v, want %+v", got, ok, a)
		}
	}
	for _, text := range []string{"", "record", "record http://x", "cache http://x /f", "other http://x /f"} {
		if a, ok := ParseAddress(text); ok {
			t.Errorf("%q is %+v", text, a)
		}
	}
}

// start returns the URL of a server, and what ends the context of its connections.
func start(t *testing.T, s *Server) (url string, cancel func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(s.Handler(ctx))
	t.Cleanup(func() { cancel(); server.Close() })
	return server.URL, cancel
}

// file makes an empty file.
func file(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "talk.jsonl")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestRecord keeps the exchanges of many processes at once, and waits at the end for those under way.
func TestRecord(t *testing.T) {
	t.Parallel()
	name := file(t)
	s := &Server{Appender: &cassette.Appender{Name: name}}
	url, _ := start(t, s)
	var all sync.WaitGroup
	for range 4 {
		client := NewClient(Address{URL: url})
		for range 25 {
			all.Go(func() {
				e, err := client.Begin()
				if err != nil || e.Keep([]byte("line\n")) != nil {
					t.Error(err)
				}
				e.Drop()
			})
		}
	}
	all.Wait()
	late := NewClient(Address{URL: url})
	e, err := late.Begin()
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(20*time.Millisecond, func() { _ = e.Keep([]byte("late\n")) })
	if err := s.End(time.Minute); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(name)
	if err != nil || strings.Count(string(text), "line\n") != 100 || !strings.HasSuffix(string(text), "late\n") {
		t.Errorf("%s, %v", text, err)
	}
	if _, err := late.Begin(); err == nil {
		t.Error("an exchange began after the end")
	}
}

// TestEnds checks what becomes of exchanges that are not kept.
func TestEnds(t *testing.T) {
	t.Parallel()
	s := &Server{Appender: &cassette.Appender{Name: file(t)}}
	url, _ := start(t, s)
	client := NewClient(Address{URL: url})
	dropped, err := client.Begin()
	if err != nil {
		t.Fatal(err)
	}
	dropped.Drop()
	killed := NewClient(Address{URL: url})
	if _, err := killed.Begin(); err != nil {
		t.Fatal(err)
	}
	_ = killed.steps.conn.Close()
	if err := s.End(time.Minute); err != nil {
		t.Error(err)
	}

	never := &Server{Appender: &cassette.Appender{Name: file(t)}}
	if _, err := never.Begin(); err != nil {
		t.Fatal(err)
	}
	if err := never.End(time.Millisecond); err == nil || err.Error() != "1 exchange was still under way" {
		t.Error(err)
	}

	unwritable := &Server{Appender: &cassette.Appender{Name: filepath.Join(file(t), "x")}}
	url, _ = start(t, unwritable)
	e, err := NewClient(Address{URL: url}).Begin()
	if err != nil || e.Keep([]byte("x\n")) == nil || unwritable.End(time.Minute) == nil {
		t.Error("an exchange was lost without an error")
	}
}

// TestReplay asks for answers, and tells of others, until the end.
func TestReplay(t *testing.T) {
	t.Parallel()
	const exchange = `{"request":{"method":"GET","path":"/x"},"response":{"status":200}}` + "\n"
	name := file(t)
	once := strings.Replace(exchange, "/x", "/y", 1)
	if err := os.WriteFile(name, []byte(exchange+exchange+once), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &Server{Sequence: &cassette.Sequence{Name: name}}
	url, cancel := start(t, s)
	client := NewClient(Address{URL: url})
	ask := cassette.Ask{Key: cassette.KeyOf("GET", "/x", nil)}
	for i, want := range []cassette.Turn{{}, {Offset: int64(len(exchange))}, {Offset: int64(len(exchange)), Again: true}} {
		if turn, err := client.Next(t.Context(), ask); err != nil || turn != want {
			t.Errorf("%d: %+v, %v", i, turn, err)
		}
	}
	for range 3 {
		client.Took(int64(2 * len(exchange)))
	}
	client.Flush()
	if err := s.End(time.Minute); err != nil {
		t.Error(err)
	}
	cancel()
	s.Wait()
	if sums, err := s.Sequence.Sums(); err != nil || sums != (cassette.Sums{Again: 3}) {
		t.Errorf("%+v, %v", sums, err)
	}
	if _, err := client.Next(t.Context(), ask); err == nil {
		t.Error("an answer after the end")
	}
}
