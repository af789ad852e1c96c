package offline

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// A setting that is refused is a 400 in the same words.
func TestSettingsRefused(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"latency=fast": "latency=fast: must be a time such as 50ms",
		"wrong=%0a":    `wrong=\n: must be a whole number, at least 0`,
		"latencey=1s":  `the embedded endpoint has no setting \"latencey\"; it has latency, gap, `,
	} {
		w, _ := at(t, New(Options{}), query, with(""))
		hold(t, "error", w.Body.Bytes())
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", query, w.Code, w.Body)
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
		{"", "a-good-key", 401, "No credentials presented."},
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
