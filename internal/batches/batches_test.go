package batches

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/faults"
)

// harness is a service whose answers are the bodies themselves; one with "refuse" in it is refused.
type harness struct {
	*Service

	t *testing.T
	n int

	mu   sync.Mutex
	runs []Run
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	h := &harness{t: t}
	h.Service = New(Options{
		Answerer: func(context.Context, *faults.Settings) func([]byte) Reply {
			return func(body []byte) Reply {
				if bytes.Contains(body, []byte("refuse")) {
					return Reply{Status: http.StatusTooManyRequests, Body: []byte(`{"error":"slow down"}`)}
				}
				return Reply{Status: http.StatusOK, RequestID: "q", Body: body, CostTicks: 5}
			}
		},
		Supports: func(model string) bool { return model != "unknown" },
		Ran: func(r Run) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.runs = append(h.runs, r)
		},
	})
	t.Cleanup(h.Close)
	return h
}

// call calls the route that a method and a path name, with a query after the path, and returns the answer's text.
func (h *harness) call(method, path, query, body, kind string) (string, error) {
	h.t.Helper()
	h.n++
	set, err := faults.Read(must(url.ParseQuery(query)))
	if err != nil {
		h.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(h.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	for _, rt := range h.Routes() {
		before, after, hasID := strings.Cut(rt.Path, "{id}")
		id := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, before), after)
		if rt.Method != method || hasID && (id == "" || before+id+after != r.URL.Path) || !hasID && r.URL.Path != rt.Path {
			continue
		}
		a, err := rt.Serve(&Call{Request: r, ID: id, JSON: []byte(body), Unique: fmt.Sprint(h.n), Settings: set})
		if err != nil {
			return "", err
		}
		text, err := io.ReadAll(a)
		if err != nil || int64(len(text)) != a.Size {
			h.t.Errorf("%s %s: %d bytes of %d, %v", method, path, len(text), a.Size, err)
		}
		return string(text), nil
	}
	h.t.Fatalf("no route %s %s", method, path)
	return "", nil
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// get returns what a path shows.
func (h *harness) get(path string) string {
	h.t.Helper()
	text, err := h.call(http.MethodGet, path, "", "", "")
	if err != nil {
		h.t.Errorf("%s: %v", path, err)
	}
	return text
}

// form returns a form of parts, each a name and a value. The file's name is in.jsonl.
func form(parts ...string) (body, kind string) {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for i := 0; i < len(parts); i += 2 {
		var into io.Writer
		if parts[i] == "file" {
			into = must(w.CreateFormFile("file", "in.jsonl"))
		} else {
			into = must(w.CreateFormField(parts[i]))
		}
		_ = must(io.WriteString(into, parts[i+1]))
	}
	_ = w.Close()
	return buf.String(), w.FormDataContentType()
}

func (h *harness) upload(content string) (id string) {
	h.t.Helper()
	body, kind := form("purpose", "batch", "file", content)
	text, err := h.call(http.MethodPost, "/v1/files", "", body, kind)
	if err != nil {
		h.t.Fatal(err)
	}
	return field[string](h.t, text, "id")
}

// create creates a batch in a dialect, with settings.
func (h *harness) create(of, fileID, settings string) (id string) {
	h.t.Helper()
	body := fmt.Sprintf(`{"name":"n","input_file_id":%q}`, fileID)
	if of == "openai" {
		body = fmt.Sprintf(`{"endpoint":"/v1/chat/completions","completion_window":"24h","input_file_id":%q}`, fileID)
	}
	text, err := h.call(http.MethodPost, "/v1/batches", settings, body, "application/json")
	if err != nil {
		h.t.Fatal(err)
	}
	if of == "openai" {
		return field[string](h.t, text, "id")
	}
	if state := stateOf(h.t, text); state != "0 0 0 0 0" {
		h.t.Errorf("created with %s", state)
	}
	return field[string](h.t, text, "batch_id")
}

func (h *harness) cancelled(id, how string) string {
	h.t.Helper()
	text, err := h.call(http.MethodPost, "/v1/batches/"+id+how, "", "", "")
	if err != nil {
		h.t.Error(err)
	}
	return text
}

func field[T any](t *testing.T, text, name string) T {
	t.Helper()
	var all map[string]json.RawMessage
	var v T
	if err := json.Unmarshal([]byte(text), &all); err != nil || json.Unmarshal(all[name], &v) != nil {
		t.Errorf("%s of %s: %v", name, text, err)
	}
	return v
}

// stateOf returns xAI's counters: requests, pending, success, error, cancelled.
func stateOf(t *testing.T, text string) string {
	t.Helper()
	s := field[map[string]int](t, text, "state")
	return fmt.Sprint(s["num_requests"], s["num_pending"], s["num_success"], s["num_error"], s["num_cancelled"])
}

// shownBy returns the status of a batch and its counts.
func shownBy(t *testing.T, text string) string {
	t.Helper()
	c := field[map[string]int](t, text, "request_counts")
	return fmt.Sprint(field[string](t, text, "status"), " ", c["total"], c["completed"], c["failed"])
}

func line(id, body string) string {
	return fmt.Sprintf(`{"custom_id":%q,"method":"POST","url":"/v1/chat/completions","body":%s}`+"\n", id, body)
}

func tenLines() string {
	var all strings.Builder
	for i := range 10 {
		all.WriteString(line(fmt.Sprintf("r%d", i+1), fmt.Sprintf(`{"n":%d}`, i+1)))
	}
	return all.String()
}
