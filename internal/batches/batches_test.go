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
	"testing/iotest"
	"testing/synctest"
	"time"

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

// A batch of ten records takes ten seconds: one to validate, eight or nine to run.
func TestLifeOfXAI(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		id := h.create("xai", h.upload(tenLines()), "batch-latency=10s")
		for _, c := range []struct {
			after int // ms
			want  string
		}{{0, "0 0 0 0 0"}, {900, "0 0 0 0 0"}, {1100, "10 10 0 0 0"}, {6400, "10 4 6 0 0"}, {9990, "10 1 9 0 0"}, {10010, "10 0 10 0 0"}} {
			time.Sleep(time.Duration(c.after)*time.Millisecond - time.Since(h.batch(id).created))
			synctest.Wait()
			if got := stateOf(t, h.get("/v1/batches/"+id)); got != c.want {
				t.Errorf("after %d ms: %s, want %s", c.after, got, c.want)
			}
		}
		h.Close()
	})
}

func (h *harness) batch(id string) *batch {
	b, _ := h.batches.get(id)
	return b
}

func TestLifeOfOpenAI(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		id := h.create("openai", h.upload(tenLines()), "batch-latency=10s")
		for _, c := range []struct {
			after int // ms
			want  string
		}{{0, "validating 0 0 0"}, {1100, "in_progress 10 0 0"}, {5100, "in_progress 10 5 0"}, {9100, "finalizing 10 10 0"}, {10100, "completed 10 10 0"}} {
			time.Sleep(time.Duration(c.after)*time.Millisecond - time.Since(h.batch(id).created))
			synctest.Wait()
			if got := shownBy(t, h.get("/v1/batches/"+id)); got != c.want {
				t.Errorf("after %d ms: %s, want %s", c.after, got, c.want)
			}
		}
		h.Close()
	})
}

// A batch that is cancelled keeps its results, and is being cancelled for a while.
func TestCancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		file := h.upload(tenLines())
		x, o := h.create("xai", file, "batch-latency=10s"), h.create("openai", file, "batch-latency=10s")
		early := h.create("xai", file, "batch-latency=10s")
		h.cancelled(early, ":cancel")
		time.Sleep(5 * time.Second)
		synctest.Wait()
		text := h.cancelled(x, ":cancel")
		if field[*string](t, text, "cancel_time") == nil || stateOf(t, text) != "10 6 4 0 0" {
			t.Error(text)
		}
		if got := shownBy(t, h.cancelled(o, "/cancel")); !strings.HasPrefix(got, "cancelling 10 ") {
			t.Error(got)
		}
		h.cancelled(o, "/cancel") // again
		time.Sleep(time.Second)
		synctest.Wait()
		if got := stateOf(t, h.get("/v1/batches/"+x)); got != "10 0 4 0 6" {
			t.Error(got)
		}
		if got := stateOf(t, h.get("/v1/batches/"+early)); got != "10 0 0 0 10" {
			t.Error(got)
		}
		if n := strings.Count(h.get("/v1/batches/"+x+"/results"), `"error":{"code":1,"message":"The batch was cancelled."}`); n != 6 {
			t.Errorf("%d results of cancelled records", n)
		}
		text = h.get("/v1/batches/" + o)
		if got := shownBy(t, text); !strings.HasPrefix(got, "cancelled 10 ") {
			t.Error(got)
		}
		done := strings.Count(h.get("/v1/files/"+field[string](t, text, "output_file_id")+"/content"), "\n")
		left := strings.Count(h.get("/v1/files/"+field[string](t, text, "error_file_id")+"/content"), `"response":null,"error":{"code":"batch_cancelled"`)
		if done+left != 10 || done == 0 || left == 0 {
			t.Errorf("%d done, %d left", done, left)
		}
		if _, err := h.call(http.MethodPost, "/v1/batches/"+o+"/cancel", "", "", ""); err == nil {
			t.Error("OpenAI cancels a batch that has ended")
		}
		if got := stateOf(t, h.cancelled(x, ":cancel")); got != "10 0 4 0 6" {
			t.Error(got)
		}
		h.Close()
	})
}

// Close ends batches that would run for hours; synctest fails the test if one goes on.
func TestClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		id := h.create("xai", h.upload(tenLines()), "batch-latency=100h")
		cancelling := h.create("xai", h.upload(tenLines()), "batch-latency=100h")
		h.cancelled(cancelling, ":cancel")
		time.Sleep(30 * time.Hour)
		h.Close()
		if got := stateOf(t, h.get("/v1/batches/"+id)); got != "10 8 2 0 0" {
			t.Error(got)
		}
	})
}

// ended returns a batch that ran with settings, in both dialects, and its runs.
func ended(t *testing.T, content, settings string) (h *harness, x, o string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h = newHarness(t)
		file := h.upload(content)
		xid, oid := h.create("xai", file, settings), h.create("openai", file, settings)
		synctest.Wait()
		x, o = h.get("/v1/batches/"+xid), h.get("/v1/batches/"+oid)
	})
	h.t = t // the other one has ended
	return h, x, o
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string][2]string{
		"":                            {"10 0 10 0 0", "completed 10 10 0"},
		"batch-fail=3":                {"10 0 7 3 0", "completed 10 7 3"},
		"batch-fail=1":                {"10 0 0 10 0", "completed 10 0 10"},
		"batch-expire=4":              {"10 0 4 0 6", "expired 10 4 0"},
		"batch-expire=0":              {"10 0 0 0 10", "expired 10 0 0"},
		"batch-expire=10":             {"10 0 10 0 0", "completed 10 10 0"},
		"batch-expire=5&batch-fail=1": {"10 0 0 5 5", "expired 10 0 5"},
		"batch-reject=Bad.":           {"0 0 0 0 0", "failed 0 0 0"},
	} {
		h, x, o := ended(t, tenLines(), settings)
		if got := [2]string{stateOf(t, x), shownBy(t, o)}; got != want {
			t.Errorf("%s: %q, want %q", settings, got, want)
		}
		if strings.Contains(settings, "reject") {
			if !strings.Contains(x, `"cancel_by_xai_message":"Bad."`) || !strings.Contains(o, `"message":"Bad."`) {
				t.Errorf("%s: %s %s", settings, x, o)
			}
			continue
		}
		if until := must(time.Parse(time.RFC3339Nano, field[string](t, x, "expire_time"))); strings.Contains(o, `"expired"`) != !until.After(h.batch(field[string](t, x, "batch_id")).created) {
			t.Errorf("%s: expires at %v", settings, until)
		}
		noOutput, noErrors := strings.Contains(o, `"output_file_id":null`), strings.Contains(o, `"error_file_id":null`)
		if noOutput != strings.Contains(o, `"completed":0`) || noErrors != strings.HasSuffix(want[1], "completed 10 10 0") {
			t.Errorf("%s: %s", settings, o)
		}
	}
}

// Results are in another order than the records, which the seed tells, and each record is run once in each batch.
func TestOrder(t *testing.T) {
	t.Parallel()
	orders := map[string]bool{}
	for _, seed := range []string{"seed=0", "seed=1", "seed=1"} {
		h, _, _ := ended(t, tenLines(), seed)
		order, counts := map[string]string{}, map[Run]int{}
		for _, r := range h.runs {
			order[r.BatchID] += r.CustomID + " "
			counts[r]++
		}
		for _, one := range order {
			orders[one] = true
		}
		if len(counts) != 20 || len(h.runs) != 20 {
			t.Errorf("%s: %v", seed, counts)
		}
	}
	if len(orders) != 2 || orders["r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 "] {
		t.Error(orders)
	}
}

func TestRejected(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, content, code, xai, openAI string }{
		{"nothing", "", "empty_file", "The file has no requests.", "failed 0 0 0"},
		{"blank lines", "\n \r\n\n", "empty_file", "The file has no requests.", "failed 0 0 0"},
		{"no JSON", line("a", "{}") + "{]\n", "invalid_json_line", "JSONL file validation failed: This line is not parseable as valid JSON.", "failed 0 0 0"},
		{"no object", "[1]\n", "invalid_json_line", "This line is not parseable", "failed 0 0 0"},
		{"a byte order mark", "\ufeff" + line("a", "{}"), "invalid_json_line", "This line is not parseable", "failed 0 0 0"},
		{"no UTF-8", line("a", `{"x":"`+"\xff"+`"}`), "invalid_json_line", "This line is not parseable", "failed 0 0 0"},
		{"no custom id", `{"method":"POST","url":"/v1/chat/completions","body":{}}`, "missing_required_parameter", "custom_id", "failed 0 0 0"},
		{"a number as custom id", `{"custom_id":1,"method":"POST","url":"/v1/chat/completions","body":{}}`, "missing_required_parameter", "custom_id", "failed 0 0 0"},
		{"a custom id twice", line("a", "{}") + line("b", "{}") + line("a", "{}"), "duplicate_custom_id", `The custom_id \"a\" was used before.`, "failed 0 0 0"},
		{"another method", `{"custom_id":"a","method":"GET","url":"/v1/chat/completions","body":{}}`, "invalid_method", "must be POST", "failed 0 0 0"},
		{"another url", `{"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{}}`, "invalid_url", "The url must be /v1/chat/completions.", "failed 0 0 0"},
		{"no body", `{"custom_id":"a","method":"POST","url":"/v1/chat/completions"}`, "missing_required_parameter", "'body'", "failed 0 0 0"},
		{"a text as body", line("a", `"hi"`), "missing_required_parameter", "'body'", "failed 0 0 0"},
		{"an unknown model", line("a", `{"model":"unknown"}`), "", "Model unknown is not supported for batch processing.", "completed 1 1 0"},
		{"too many records", strings.Repeat(" \n", 3) + tenLines() + line("r11", "{}"), "too_many_requests", "more than 10 requests", "failed 0 0 0"},
		{"a line too long", line("a", "{}") + line("b", `{"x":"`+strings.Repeat("x", 1000)+`"}`), "request_too_large", "longer than 1000 bytes", "failed 0 0 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.limits.records, h.limits.line = 10, 1000
				file := h.upload(c.content)
				xid, oid := h.create("xai", file, ""), h.create("openai", file, "")
				synctest.Wait()
				x, o := h.get("/v1/batches/"+xid), h.get("/v1/batches/"+oid)
				if field[*string](t, x, "cancel_time") == nil || !strings.Contains(x, c.xai) || stateOf(t, x) != "0 0 0 0 0" {
					t.Error(x)
				}
				if shownBy(t, o) != c.openAI || !strings.Contains(o, `"code":"`+c.code) && c.code != "" || (c.code != "") != (len(h.runs) == 0) {
					t.Error(o)
				}
			})
		})
	}
}

// A batch that is refused record by record tells the status and the body of each.
func TestRefusedRecord(t *testing.T) {
	t.Parallel()
	h, x, o := ended(t, line("good", `{"a":1}`)+line("bad", `{"refuse":2}`), "")
	results := h.get("/v1/batches/" + field[string](t, x, "batch_id") + "/results")
	for _, want := range []string{
		`{"batch_request_id":"bad","batch_result":{"error":{"code":8,"message":"slow down"}},"error_message":"slow down"}`,
		`{"batch_request_id":"good","batch_result":{"response":{"chat_get_completion":{"a":1}},"error":{"code":0,"message":""}},"error_message":""}`,
	} {
		if !strings.Contains(results, want) {
			t.Errorf("%s lacks %s", results, want)
		}
	}
	if !strings.Contains(x, `"cost_breakdown":{"total_cost_usd_ticks":5}`) {
		t.Error(x)
	}
	failures := h.get("/v1/files/" + field[string](t, o, "error_file_id") + "/content")
	if !strings.Contains(failures, `"custom_id":"bad","response":{"status_code":429,"request_id":"","body":{"error":"slow down"}},"error":null}`) {
		t.Error(failures)
	}
}

func TestResultPages(t *testing.T) {
	t.Parallel()
	h, x, _ := ended(t, tenLines(), "")
	path := "/v1/batches/" + field[string](t, x, "batch_id") + "/results"
	seen, token := map[string]bool{}, ""
	for range 4 {
		page := h.get(path + "?limit=3&pagination_token=" + token)
		for _, r := range field[[]map[string]any](t, page, "results") {
			seen[fmt.Sprint(r["batch_request_id"])] = true
		}
		next := field[*string](t, page, "pagination_token")
		if next == nil {
			token = "end"
			break
		}
		token = *next
	}
	if len(seen) != 10 || token != "end" {
		t.Error(seen, token)
	}
	if n := len(field[[]any](t, h.get(path+"?limit=100000"), "results")); n != 10 {
		t.Error(n)
	}
	for _, query := range []string{"limit=0", "limit=x", "limit=-1", "pagination_token=x", "pagination_token=11", "pagination_token=-1"} {
		if text, err := h.call(http.MethodGet, path+"?"+query, "", "", ""); err == nil {
			t.Errorf("%s: %s", query, text)
		}
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		file := h.upload(tenLines())
		x, o := h.create("xai", file, ""), h.create("openai", file, "")
		synctest.Wait()
		all := h.get("/v1/batches")
		if n, m := len(field[[]any](t, all, "batches")), len(field[[]any](t, all, "data")); n != 1 || m != 1 {
			t.Error(all)
		}
		for range 4 {
			h.create("xai", file, "batch-latency=1h")
			h.create("openai", file, "batch-latency=1h")
		}
		h.lists(x, o)
		if got := h.get("/v1/files?purpose=none"); got != `{"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false,"pagination_token":null}` {
			t.Error(got)
		}
		if first := field[[]map[string]any](t, h.get("/v1/files?order=asc&limit=1"), "data"); first[0]["id"] != file {
			t.Error(first)
		}
		for _, path := range []string{"/v1/batches?after=none", "/v1/batches?after=a&pagination_token=b", "/v1/files?order=up", "/v1/files?limit=0"} {
			if text, err := h.call(http.MethodGet, path, "", "", ""); err == nil {
				t.Errorf("%s: %s", path, text)
			}
		}
		h.Close()
	})
}

// lists reads the lists of five batches in each dialect, of which x and o are the oldest.
func (h *harness) lists(x, o string) {
	h.t.Helper()
	both := h.get("/v1/batches?limit=2")
	ids := []string{}
	for page := both; ; {
		for _, b := range field[[]map[string]any](h.t, page, "batches") {
			ids = append(ids, fmt.Sprint(b["batch_id"]))
		}
		next := field[*string](h.t, page, "pagination_token")
		if next == nil {
			break
		}
		page = h.get("/v1/batches?limit=2&pagination_token=" + *next)
		if strings.Contains(page, `"data"`) {
			h.t.Error(page)
		}
	}
	if len(ids) != 5 || ids[4] != x {
		h.t.Error(ids)
	}
	page := h.get("/v1/batches?limit=2&after=" + field[string](h.t, both, "last_id"))
	if strings.Contains(page, `"batches"`) || !field[bool](h.t, page, "has_more") {
		h.t.Error(page)
	}
	page = h.get("/v1/batches?after=" + field[string](h.t, page, "last_id"))
	if field[bool](h.t, page, "has_more") || field[string](h.t, page, "first_id") != o {
		h.t.Error(page)
	}
}

func TestCreationRefused(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	id := h.upload(tenLines())
	body, kind := form("purpose", "assistants", "file", "x")
	other := field[string](t, must(h.call(http.MethodPost, "/v1/files", "", body, kind)), "id")
	for body, want := range map[string]string{
		`{"input_file_id":"` + id + `"}`:      "name is missing.",
		`{"name":"n"}`:                        "input_file_id is missing.",
		`{"name":"n","input_file_id":"none"}`: "There is no file none.",
		`{"name":1}`:                          "Failed to deserialize the JSON body into the target type: name: number is the wrong type",
		`[]`:                                  "Failed to deserialize the JSON body into the target type: the body: array is the wrong type",
		`{"endpoint":"/v1/chat/completions","completion_window":"24h"}`:                                "Missing required parameter: 'input_file_id'.",
		`{"endpoint":"/v1/chat/completions","input_file_id":"` + id + `"}`:                             "Missing required parameter: 'completion_window'.",
		`{"completion_window":"24h","input_file_id":"` + id + `"}`:                                     "Missing required parameter: 'endpoint'.",
		`{"endpoint":"/v1/e","completion_window":"24h","input_file_id":"` + id + `"}`:                  "Invalid value: '/v1/e'.",
		`{"endpoint":"` + completions + `","completion_window":"1h","input_file_id":"` + id + `"}`:     "Invalid value: '1h'.",
		`{"endpoint":"` + completions + `","completion_window":"24h","input_file_id":"none"}`:          "No such File object: none",
		`{"endpoint":"` + completions + `","completion_window":"24h","input_file_id":"` + other + `"}`: "Invalid file purpose: 'assistants'.",
	} {
		if _, err := h.call(http.MethodPost, "/v1/batches", "", body, "application/json"); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestUpload(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.limits.file = 1000
	h.space.left.Store(5000)
	upload := func(parts ...string) error {
		body, kind := form(parts...)
		_, err := h.call(http.MethodPost, "/v1/files", "", body, kind)
		return err
	}
	for want, parts := range map[string][]string{
		"The form has no file.":               {"purpose", "batch"},
		"There must be only one file.":        {"file", "a", "file", "b"},
		"The file is larger than 1000 bytes.": {"file", strings.Repeat("x", 1001)},
	} {
		if err := upload(parts...); err == nil || err.Error() != want {
			t.Errorf("%v: %v", parts, err)
		}
	}
	if _, err := h.call(http.MethodPost, "/v1/files", "", "x", "text/plain"); err == nil {
		t.Error("no form")
	}
	body, kind := form("file", "abc")
	if _, err := h.call(http.MethodPost, "/v1/files", "", body[:len(body)-20], kind); err == nil {
		t.Error("half a form")
	}
	if got := h.space.left.Load(); got != 5000 {
		t.Errorf("%d bytes are left", got)
	}
	// The space is for two such files.
	for _, want := range []bool{true, true, false} {
		if err := upload("file", strings.Repeat("x", 1000), "expires_after[anchor]", "created_at"); (err == nil) != want {
			t.Error(err)
		}
	}
	for _, f := range field[[]map[string]any](t, h.get("/v1/files"), "data") {
		if _, err := h.call(http.MethodDelete, fmt.Sprint("/v1/files/", f["id"]), "", "", ""); err != nil {
			t.Error(err)
		}
	}
	if got := h.space.left.Load(); got != 5000 {
		t.Errorf("%d bytes are left", got)
	}
}

// A batch goes on although its file is deleted, and without space its records fail.
func TestBatchWithoutFileAndSpace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		file := h.upload(tenLines())
		id := h.create("xai", file, "batch-latency=10s")
		_ = must(h.call(http.MethodDelete, "/v1/files/"+file, "", "", ""))
		h.space.left.Store(1)
		time.Sleep(time.Minute)
		text := h.get("/v1/batches/" + id)
		if got := stateOf(t, text); got != "10 0 0 10 0" {
			t.Error(text)
		}
		h.Close()
	})
}

func TestBlob(t *testing.T) {
	t.Parallel()
	var b blob
	var want bytes.Buffer
	for n := range 300 {
		piece := bytes.Repeat([]byte{byte(n)}, n*n%9000)
		_, _ = io.MultiWriter(&b, &want).Write(piece)
	}
	was := b.snapshot()
	_, _ = b.Write([]byte("more"))
	if err := iotest.TestReader(was.reader(0, was.size), want.Bytes()); err != nil {
		t.Error(err)
	}
	if err := iotest.TestReader(was.reader(4095, 70_001), want.Bytes()[4095:70_001]); err != nil {
		t.Error(err)
	}
}

// FuzzRecords reads every file: its records are objects with a body and ids of their own, or it is refused with a reason.
func FuzzRecords(f *testing.F) {
	f.Add([]byte(tenLines()))
	f.Add([]byte(line("a", "{}") + "\r\n \n" + line("a", `{"model":"unknown"}`)))
	f.Add([]byte(strings.TrimSuffix(line("a", `{"x":"\u0000"}`), "\n")))
	f.Fuzz(func(t *testing.T, content []byte) {
		var b blob
		_, _ = b.Write(content)
		r := recordReader{limits: limits{line: 200, records: 5}, supports: func(model string) bool { return model != "unknown" }}
		r.read(&b)
		if len(r.records) == 0 && len(r.problems) == 0 {
			t.Fatal("neither records nor problems")
		}
		ids := map[string]bool{}
		for _, one := range r.records {
			ids[one.customID] = true
			if body := one.body(&b); len(body) == 0 || body[0] != '{' || !json.Valid(body) {
				t.Fatalf("%q has the body %q", content[one.start:one.end], body)
			}
		}
		if len(ids) != len(r.records) {
			t.Fatalf("%d ids of %d records", len(ids), len(r.records))
		}
	})
}
