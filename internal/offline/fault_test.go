package offline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// at sends a request with a query; cut reports that the connection was broken off.
func at(t *testing.T, e *Endpoint, query, body string) (w *httptest.ResponseRecorder, cut bool) {
	t.Helper()
	return during(t.Context(), e, query, body)
}

// during does what at does, for a client that leaves at the end of the context.
func during(ctx context.Context, e *Endpoint, query, body string) (w *httptest.ResponseRecorder, cut bool) {
	w = httptest.NewRecorder()
	defer func() {
		if p := recover(); p != nil {
			err, _ := p.(error)
			cut = errors.Is(err, http.ErrAbortHandler)
		}
	}()
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/v1/chat/completions?"+query, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	e.ServeHTTP(w, r)
	return w, false
}

func TestStatuses(t *testing.T) {
	t.Parallel()
	for status := 400; status <= 599; status++ {
		w, _ := at(t, New(Options{}), fmt.Sprintf("status=%d&retry-after=7", status), with(""))
		if w.Code != status || w.Header().Get("Retry-After") != "7" || w.Header().Get("X-Request-Id") == "" {
			t.Errorf("%d: got %d %v", status, w.Code, w.Header())
		}
		if status == http.StatusUnprocessableEntity {
			if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") || !strings.HasPrefix(w.Body.String(), "Failed to deserialize") {
				t.Errorf("%d: %s", status, w.Body)
			}
			continue
		}
		hold(t, "error", w.Body.Bytes())
	}
}

// TestFaults applies each fault to a reply in one piece and to a stream of two deltas.
func TestFaults(t *testing.T) {
	t.Parallel()
	const fault = `{"code":"The service is currently unavailable","error":"Timed out waiting for first token"}`
	const page, half, one, two = "<!DOCTYPE html>", `{"index":0,"message":{"role"`, `"content":"one"`, `"content":" two"`
	for _, c := range []struct {
		query         string
		whole, stream string // parts of the body; a leading x: the connection is cut
		not           string // no part of the stream's body
	}{
		{"reset", "x", "x", "data:"},
		{"empty", "", "", "data:"},
		{"html", page, page, "data:"},
		{"html&status=502", page, page, "data:"},
		{"garbage", "\x00\xff", "\x00\xff", "data:"},
		{"fault", fault, fault, "data:"},
		{"cut=0", "x" + half, "x", "data:"},
		{"cut=1", "x" + half, "x" + one, two},
		{"cut=2", "x" + half, "x" + two, `"stop"`},
		{"error=0", fault, "data: " + fault, "chat.completion"},
		{"error=1", fault, "data: " + fault, two},
		{"error=1&cut=1", fault, "data: " + fault, two},
		{"cut=3", "x" + half, "data: [DONE]", "nothing"},
		{"reset=false&cut=3", "x" + half, "data: [DONE]", "nothing"},
	} {
		t.Run(c.query, func(t *testing.T) {
			t.Parallel()
			for body, want := range map[string]string{with(""): c.whole, with(`,"stream":true`): c.stream} {
				w, cut := at(t, New(Options{}), c.query, body)
				text, isCut := strings.CutPrefix(want, "x")
				if cut != isCut || !strings.Contains(w.Body.String(), text) {
					t.Errorf("cut %v, %d %s", cut, w.Code, w.Body)
				}
				if strings.Contains(body, "stream") && strings.Contains(w.Body.String(), c.not) {
					t.Errorf("%q should not be there: %s", c.not, w.Body)
				}
			}
		})
	}
}

// A reply that is cut must not pass for a complete one.
func TestCutReplyIsNoJSON(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"cut=1", "garbage"} {
		if w, _ := at(t, New(Options{}), query, with(`,"n":3`)); json.Valid(w.Body.Bytes()) || w.Header().Get("Content-Length") != "" {
			t.Errorf("%s: %v %s", query, w.Header(), w.Body)
		}
	}
}

func TestStall(t *testing.T) {
	t.Parallel()
	for _, body := range []string{with(`,"stream":true`), with("")} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			begin := time.Now()
			w, cut := during(ctx, New(Options{}), "stall=1", body)
			if time.Since(begin) != time.Hour || !cut || !w.Flushed || w.Body.Len() == 0 || bytes.Contains(w.Body.Bytes(), []byte("two")) {
				t.Errorf("after %v: %s", time.Since(begin), w.Body)
			}
		})
	}
}

// The endpoint stops waiting when the client leaves, and sends no more.
func TestGone(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"latency=2h", "gap=50m"} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			begin := time.Now()
			w, cut := during(ctx, New(Options{}), query, with(`,"stream":true`))
			if time.Since(begin) != time.Hour || !cut || bytes.Contains(w.Body.Bytes(), []byte("two")) {
				t.Errorf("%s: after %v: %s", query, time.Since(begin), w.Body)
			}
		})
	}
}

// TestPace measures in a bubble, where waiting takes no time.
func TestPace(t *testing.T) {
	t.Parallel()
	took := func(query, body string) (took time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			begin := time.Now()
			at(t, New(Options{}), query, body)
			took = time.Since(begin)
		})
		return took
	}
	stream := with(`,"stream":true`)
	for _, c := range []struct {
		query, body string
		want        time.Duration
	}{
		{"", stream, 0},
		{"latency=1h", stream, time.Hour},
		{"latency=1h&status=503", stream, time.Hour},
		{"gap=1s", with(""), 0},
		{"gap=1s", stream, 3 * time.Second},
		{"gap=1s&latency=1m", stream, 63 * time.Second},
	} {
		if got := took(c.query, c.body); got != c.want {
			t.Errorf("%s: %v, want %v", c.query, got, c.want)
		}
	}
	const between = "latency=1s-2s"
	first, second := took(between, stream), took(between, stream)
	if first != second || first < time.Second || first > 2*time.Second {
		t.Errorf("between 1 s and 2 s, and always the same: %v, %v", first, second)
	}
	if took(between+"&seed=7", stream) == first || took(between, with("")) == first {
		t.Error("another seed and another request wait no other time")
	}
}

// codes returns the statuses of one request after the other, one for each body.
func codes(t *testing.T, e *Endpoint, query string, bodies ...string) string {
	t.Helper()
	var got []string
	for _, body := range bodies {
		w, _ := at(t, e, query, body)
		got = append(got, fmt.Sprint(w.Code))
	}
	return strings.Join(got, " ")
}

func TestWhichRequests(t *testing.T) {
	t.Parallel()
	a, b := with(""), with(`,"n":2`)
	for _, c := range []struct{ query, want string }{
		{"status=503", "503 503 503 503 503 503"},
		{"status=503&every=3", "200 200 503 200 200 503"},
		{"status=503&first=1", "503 503 200 200 200 200"},
		{"status=503&first=2", "503 503 503 503 200 200"},
		{"status=503&first=1&every=5", "503 503 200 200 503 200"},
	} {
		if got := codes(t, New(Options{}), c.query, a, b, a, b, a, b); got != c.want {
			t.Errorf("%s: %s, want %s", c.query, got, c.want)
		}
	}
	// A setting that counts requests counts those of one URL.
	e := New(Options{Settings: url.Values{"status": {"500"}, "first": {"1"}}})
	if got := codes(t, e, "", a, a) + " " + codes(t, e, "status=503", a, a); got != "500 200 503 200" {
		t.Error(got)
	}
	// Without a status they select the requests that the other faults apply to.
	e = New(Options{})
	w, cut := at(t, e, "cut=0&first=1", a)
	if again, cutAgain := at(t, e, "cut=0&first=1", a); !cut || cutAgain || again.Code != http.StatusOK {
		t.Errorf("%v %s, then %v %s", cut, w.Body, cutAgain, again.Body)
	}
}

func TestRequestsPerMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e, a := New(Options{}), with("")
		if got := codes(t, e, "rpm=2&retry-after=30", a, a, a); got != "200 200 429" {
			t.Error(got)
		}
		w, _ := at(t, e, "rpm=2&retry-after=30", a)
		hold(t, "error", w.Body.Bytes())
		const want = "Your team's rate limit is - Requests per Minute (actual/limit): 3/2."
		if !strings.Contains(w.Body.String(), want) || w.Header().Get("Retry-After") != "30" {
			t.Errorf("%v %s", w.Header(), w.Body)
		}
		time.Sleep(time.Minute)
		w, _ = at(t, e, "rpm=2&retry-after=30", a)
		if h := w.Header(); w.Code != http.StatusOK || h.Get("X-Ratelimit-Limit-Requests")+h.Get("X-Ratelimit-Remaining-Requests") != "21" || h.Get("Retry-After") != "" {
			t.Errorf("%d %v", w.Code, h)
		}
	})
}

func TestConcurrency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := New(Options{Settings: url.Values{"concurrency": {"2"}, "latency": {"1s"}}})
		answers := make(chan string)
		for range 3 {
			go func() { answers <- codes(t, e, "", with("")) }()
		}
		count := map[string]int{}
		for range 3 {
			count[<-answers]++
		}
		if count["200"] != 2 || count["429"] != 1 || codes(t, e, "", with("")) != "200" {
			t.Error(count)
		}
	})
}

// No number of sessions and requests fills the memory.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	e := New(Options{})
	for i := range maxDeferred + 10 {
		at(t, e, "", with(fmt.Sprintf(`,"deferred":true,"seed":%d`, i)))
	}
	if len(e.deferred.waiting) > maxDeferred {
		t.Error(len(e.deferred.waiting))
	}
}
