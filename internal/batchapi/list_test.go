package batchapi_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/batchapi"
	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// TestFind checks that a batch is found wherever it is, and that a list that leaves it open whether there is one is an error.
func TestFind(t *testing.T) {
	t.Parallel()
	const first, second = "GET /v1/batches?limit=100", "GET /v1/batches?after=x&limit=100"
	const token = "GET /v1/batches?limit=100&pagination_token=x"
	const unknown = "error"
	for _, tt := range []struct {
		dialect string
		a       answers
		want    string
	}{
		{"openai", answers{first: `{"data":[],"has_more":false}`}, ""},
		{"openai", answers{first: ` {"data":[{"id":"b","input_file_id":"other"}]}`}, ""},
		{"openai", answers{first: `{"data":[{"id":7,"input_file_id":"f"}],"has_more":false}`}, "7"},
		// The pages after the one that holds the batch are not read.
		{"openai", answers{first: `{"data":[{"id":"b","input_file_id":"f"}],"has_more":true,"last_id":"x"}`}, "b"},
		{"openai", answers{first: `{"data":[{"id":"b","input_file_id":"f"}],"has_more":true}`}, "b"},
		{"openai", answers{first: `{"data":[{"id":"old","input_file_id":"f"},{"id":"b","input_file_id":"f"}]}`}, "b"},
		{"openai", answers{first: `{"data":[],"has_more":true,"last_id":"x"}`, second: `{"data":[{"id":"b","input_file_id":"f"}]}`}, "b"},
		{"openai", answers{first: `{"data":[{"id":"x","input_file_id":"g"}],"has_more":true}`, second: `{"data":[{"id":"b","input_file_id":"f"}]}`}, "b"},
		{"openai", answers{first: `{"data":[{"id":"x"}],"has_more":true}`, second: `{"data":[{"id":"b","input_file_id":"f"}]}`}, "b"},
		{"openai", answers{first: `{"data":[{"id":"x","input_file_id":null}]}`}, unknown},
		{"openai", answers{first: `{"data":[{"input_file_id":"f"}]}`}, unknown},
		{"openai", answers{first: `{"data":[],"has_more":true}`}, unknown},
		{"openai", answers{first: `{"data":[],"has_more":true,"last_id":"x"}`, second: `{"data":[],"has_more":true,"last_id":"x"}`}, unknown},
		{"openai", answers{first: `{"error":{"message":"internal"}}`}, unknown},
		{"openai", answers{first: `{"data":[],"error":"internal"}`}, unknown},
		{"openai", answers{first: `{"data":null}`}, unknown},
		{"openai", answers{first: `{"data":{}}`}, unknown},
		{"openai", answers{first: `{"object":"list"}`}, unknown},
		{"openai", answers{first: `<html></html>`}, unknown},
		{"openai", answers{first: ``}, unknown},
		{"xai", answers{first: `{"batches":[{"id":"b","input_file_id":"f"}]}`}, "b"},
		{"xai", answers{first: `{"batches":[{"batch_id":"b"}]}`}, unknown},
		{"xai", answers{first: `{"batches":[],"pagination_token":"x"}`, token: `{"batches":[{"batch_id":"b","input_file_id":"f"}]}`}, "b"},
		{"xai", answers{first: `{"batches":[],"pagination_token":"x"}`, token: `{"batches":[],"pagination_token":"x"}`}, unknown},
	} {
		got, err := client(tt.dialect, tt.a).Find(t.Context(), "f", func(id string) bool { return id == "old" })
		if err != nil {
			got = unknown
		}
		if got != tt.want {
			t.Errorf("%s: %q, %v, not %q", tt.a, got, err, tt.want)
		}
	}
}

// TestOutput checks what is made of the file of results, and that what is none is never taken for an empty one.
func TestOutput(t *testing.T) {
	t.Parallel()
	const line = `{"custom_id":"a","response":{"status_code":200,"body":{}}}`
	for body, want := range map[string]string{
		line:                 "a",
		line + "\n" + line:   "aa",
		"\n " + line + "\n ": "a",
		``:                   "",
		"{}":                 "?",
		`{"custom_id":"a","error":{"message":"no"}}`:               "a",
		"<html>\n<body>login please\n</html>":                      "not_api",
		`{"error":{"message":"internal","type":"server_error"}}`:   "server",
		"{\n \"error\": {\"message\": \"slow\", \"code\": 429}\n}": "rate_limit",
		"[]":                                "malformed",
		"please log in":                     "malformed",
		line + "\n{\"custom_id\":\n" + line: "acut",
		line + "\n{\"custom_id\":":          "acut",
		line + "\n{\"error\":\"oops\"}":     "aserver",
	} {
		got := ""
		s, err := client("openai", answers{"GET /v1/batches/b": `{"status":"completed","output_file_id":1}`}).Status(t.Context(), "b")
		if err != nil {
			t.Fatal(err)
		}
		err = client("openai", answers{"GET /v1/files/1/content": body}).Results(t.Context(), "b", s, func(r *batchapi.Result) error {
			got += fmt.Sprintf("%.1s", r.CustomID+"?")
			return nil
		})
		if err != nil {
			got += string(failure.Of(err).Kind)
		}
		if got != want {
			t.Errorf("%q: %s, %v, not %s", body, got, err, want)
		}
	}
}

// TestXAIPages checks which answers are no page of results, and what ends the pages.
func TestXAIPages(t *testing.T) {
	t.Parallel()
	const first, second = "GET /v1/batches/b/results?limit=1000", "GET /v1/batches/b/results?limit=1000&pagination_token=x"
	for _, tt := range []struct {
		a    answers
		due  int64
		want string
	}{
		{answers{first: `{"results":[]}`}, 2, ""},
		{answers{first: `{}`}, 0, ""},
		{answers{first: `{"results":null}`}, 0, ""},
		{answers{first: `{"results":null}`}, 2, "malformed"},
		{answers{first: `{}`}, 2, "malformed"},
		{answers{first: `{"code":"Internal","error":"oops"}`}, 0, "server"},
		{answers{first: `<!doctype html><p>login`}, 0, "not_api"},
		{answers{first: `{"results":[{}],"error":{"message":"oops"}}`}, 1, "rserver"},
		{answers{first: `{"results":[{}],"pagination_token":7}`, "GET /v1/batches/b/results?limit=1000&pagination_token=7": `{"results":[{}]}`}, 2, "rr"},
		{answers{first: `{"results":[{}],"pagination_token":"x"}`, second: `{"results":[{}],"pagination_token":"x"}`}, 2, "rr"},
	} {
		got := ""
		err := client("xai", tt.a).Results(t.Context(), "b", &batchapi.Status{Results: tt.due}, func(*batchapi.Result) error {
			got += "r"
			return nil
		})
		if err != nil {
			got += string(failure.Of(err).Kind)
		}
		if !strings.EqualFold(got, tt.want) {
			t.Errorf("%s: %s, %v, not %s", tt.a, got, err, tt.want)
		}
	}
}

// TestDoubtful checks which ends deserve another look.
func TestDoubtful(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		dialect, body string
		want          bool
		results       int64
	}{
		{"xai", `{"cancel_time":"2026-01-01T00:00:00Z","state":{"num_requests":0}}`, true, 0},
		{"xai", `{"expire_time":"2020-01-01T00:00:00Z","state":{}}`, true, 0},
		{"xai", `{"state":{"num_requests":1,"num_success":1}}`, true, 1},
		{"xai", `{"state":{"num_requests":3,"num_success":1,"num_error":1,"num_cancelled":1}}`, false, 2},
		{"xai", `{"cancel_time":"2026-01-01T00:00:00Z","state":{"num_requests":3,"num_success":1,"num_error":1}}`, false, 1},
		{"xai", `{"cancel_by_xai_message":"no","state":{}}`, false, 0},
		{"xai", `{"state":{"num_requests":1,"num_pending":1}}`, false, 0},
		{"openai", `{"status":"cancelled"}`, false, 0},
		{"openai", `{"status":"completed","request_counts":{"completed":2,"failed":1}}`, false, 2},
		{"openai", `{"status":"completed","error_file_id":"e","request_counts":{"completed":2,"failed":1}}`, false, 3},
		{"openai", `{"status":"expired","error_file_id":"e","request_counts":{"completed":2,"failed":1}}`, false, 2},
	} {
		s, err := client(tt.dialect, answers{"GET /v1/batches/b": tt.body}).Status(t.Context(), "b")
		if err != nil || s.IsDoubtful(3) != tt.want || s.Results != tt.results {
			t.Errorf("%s: %v, %+v", tt.body, err, s)
		}
	}
}

// endless is a list of batches whose cursor is always a new one.
type endless struct{ pages int }

// RoundTrip implements http.RoundTripper.
func (e *endless) RoundTrip(req *http.Request) (*http.Response, error) {
	e.pages++
	body := fmt.Sprintf(`{"data":[{"id":"b%d","input_file_id":"other"}],"has_more":true}`, e.pages)
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
}

// TestEndless checks that a list without an end is given up.
func TestEndless(t *testing.T) {
	t.Parallel()
	list := &endless{}
	c := &api.Client{Transport: list, Base: &url.URL{Scheme: "http", Host: "fake", Path: "/v1"}}
	once := func(ctx context.Context, try func(context.Context) error) error { return try(ctx) }
	_, err := batchapi.New("openai", c, once).Find(t.Context(), "f", func(string) bool { return false })
	if err == nil || list.pages != 1000 {
		t.Errorf("%v after %d pages", err, list.pages)
	}
}
