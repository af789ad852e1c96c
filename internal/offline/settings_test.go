package offline

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]func(*settings){
		"":                          func(*settings) {},
		"latency=50ms":              func(s *settings) { s.latency = span{50 * time.Millisecond, 50 * time.Millisecond} },
		"latency=0s-1.5s":           func(s *settings) { s.latency = span{0, 1500 * time.Millisecond} },
		"gap=1s-1s":                 func(s *settings) { s.gap = span{time.Second, time.Second} },
		"seed=18446744073709551615": func(s *settings) { s.seed = 1<<64 - 1 },
		"tokens=0":                  func(s *settings) { s.tokens = 0 },
		"reasoning=3":               func(s *settings) { s.reasoning = 3 },
		"status=400":                func(s *settings) { s.faults.status = 400 },
		"status=0":                  func(*settings) {},
		"status=503&status=599":     func(s *settings) { s.faults.status = 599 },
		"retry-after=1.5":           func(s *settings) { s.retryAfter = "1.5" },
		"every=1&first=2":           func(s *settings) { s.every, s.first = 1, 2 },
		"reset&empty=&html=true":    func(s *settings) { s.faults.reset, s.faults.empty, s.faults.html = true, true, true },
		"garbage=1&fault=false":     func(s *settings) { s.faults.garbage = true },
		"cut=0&error=1&stall=2":     func(s *settings) { s.faults.cutAfter, s.faults.errorAfter, s.faults.stallAfter = 0, 1, 2 },
		"wrong=1":                   func(s *settings) { s.wrong = 1 },
		"rpm=1&concurrency=1":       func(s *settings) { s.rpm, s.concurrency = 1, 1 },
		"key=a%20b":                 func(s *settings) { s.key = "a b" },
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		expected := newSettings()
		want(expected)
		if got, err := readSettings(values); err != nil || !reflect.DeepEqual(got, expected) {
			t.Errorf("%s: %+v, %v", query, got, err)
		}
	}
}

// Check and the endpoint, with a 400, refuse a setting in the same words.
func TestSettingsRefused(t *testing.T) {
	t.Parallel()
	const (
		count, positive = "must be a whole number, at least 0", "must be a whole number, at least 1"
		span            = "must be a time such as 50ms, or two such as 50ms-200ms"
	)
	for query, want := range map[string]string{
		"latency=fast":       "latency=fast: " + span,
		"latency=50":         "latency=50: " + span,
		"latency=-1s":        "latency=-1s: " + span,
		"gap=2s-1s":          "gap=2s-1s: " + span,
		"gap=1s-":            "gap=1s-: " + span,
		"seed=-1":            "seed=-1: " + count,
		"tokens=-1":          "tokens=-1: " + count,
		"tokens=9999999999":  "tokens=9999999999: " + count,
		"reasoning=some":     "reasoning=some: " + count,
		"status=200":         "status=200: must be between 400 and 599",
		"status=600":         "status=600: must be between 400 and 599",
		"every=0":            "every=0: " + positive,
		"first=0":            "first=0: " + positive,
		"rpm=0":              "rpm=0: " + positive,
		"concurrency=":       "concurrency=: " + positive,
		"cut=-1":             "cut=-1: " + count,
		"error=1.5":          "error=1.5: " + count,
		"stall=x":            "stall=x: " + count,
		"wrong=%0a":          "wrong=\n: " + count,
		"reset=maybe":        "reset=maybe: must be true or false",
		"latencey=1s":        `the embedded endpoint has no setting "latencey"; it has latency, gap, seed, tokens, reasoning, status, retry-after, every, first, reset, empty, html, garbage, fault, cut, error, stall, wrong, rpm, concurrency, key`,
		"reset=x&Latency=1s": `the embedded endpoint has no setting "Latency"; it has latency, gap, `,
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		err = Check(values)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", query, err, want)
			continue
		}
		w, _ := at(t, New(Options{}), query, with(""))
		hold(t, "error", w.Body.Bytes())
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), strings.TrimSuffix(string(encode(want)), `"`)) {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
		}
	}
}

// TestSettingsTable sets each setting to a simple value, and checks that its usage reads like those of all flags.
func TestSettingsTable(t *testing.T) {
	t.Parallel()
	for _, k := range Settings() {
		taken := map[string]string{"TIME": "1s", "N": "500", "KEY": "k", "": ""}
		text, ok := taken[k.Value]
		if err := Check(url.Values{k.Name: {text}}); !ok || err != nil {
			t.Errorf("%s %q: %v", k.Name, k.Value, err)
		}
		if k.Usage == "" || strings.ToLower(k.Usage[:1]) != k.Usage[:1] || strings.HasSuffix(k.Usage, ".") {
			t.Errorf("%s: %s", k.Name, k.Usage)
		}
	}
}

// The settings of a query win over those of all requests.
func TestCommonSettings(t *testing.T) {
	t.Parallel()
	e := New(Options{Settings: url.Values{"status": {"500"}}, Key: "a-good-key"})
	for query, want := range map[string]int{"": 500, "status=502": 502, "status=0": 200, "status=0&latencey=": 400} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/chat/completions?"+query, strings.NewReader(with("")))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer a-good-key")
		w := httptest.NewRecorder()
		e.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: %d, want %d", query, w.Code, want)
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	const wrong = "Incorrect API key provided: %s. You can obtain an API key from https://console.x.ai."
	for _, c := range []struct {
		query, sent string
		status      int
		want        string
	}{
		{"", "Bearer a-good-key", 200, ""},
		{"", "", 401, "No credentials presented."},
		{"", "Bearer ", 401, "No credentials presented."},
		{"", "Basic a-good-key", 401, "No credentials presented."},
		{"", "Bearer nays", 400, fmt.Sprintf(wrong, "***")},
		{"", "Bearer another-key", 400, fmt.Sprintf(wrong, "an***ey")},
		{"key=another-key", "Bearer another-key", 200, ""},
		{"key=another-key", "Bearer a-good-key", 400, fmt.Sprintf(wrong, "a-***ey")},
	} {
		for path, method := range map[string]string{"/v1/chat/completions": http.MethodPost, "/v1/models": http.MethodGet} {
			r := httptest.NewRequestWithContext(t.Context(), method, path+"?"+c.query, strings.NewReader(with("")))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", c.sent)
			w := httptest.NewRecorder()
			New(Options{Key: "a-good-key"}).ServeHTTP(w, r)
			var got struct{ Error string }
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != c.status || got.Error != c.want {
				t.Errorf("%s with %q: %d %s", path, c.sent, w.Code, got.Error)
			}
		}
	}
}
