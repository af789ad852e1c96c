package batchapi_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/batchapi"
)

// answers is a transport that answers requests by their method and URI.
type answers map[string]string

// RoundTrip implements http.RoundTripper.
func (a answers) RoundTrip(req *http.Request) (*http.Response, error) {
	body, ok := a[req.Method+" "+req.URL.RequestURI()]
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: req}
	if !ok {
		resp.StatusCode = http.StatusNotFound
	}
	return resp, nil
}

func client(dialect string, a answers) batchapi.Client {
	c := &api.Client{Transport: a, Base: &url.URL{Scheme: "http", Host: "fake", Path: "/v1"}}
	once := func(ctx context.Context, try func(context.Context) error) error { return try(ctx) }
	return batchapi.New(dialect, c, once)
}

func TestStatus(t *testing.T) {
	t.Parallel()
	yesterday := time.Now().Add(-24 * time.Hour).UTC()
	for _, tt := range []struct{ dialect, body, want string }{
		// Just after the creation nothing is counted.
		{"xai", `{"state":{"num_requests":0,"num_pending":0}}`, "0 0 0 "},
		{"xai", `{"state":null}`, "0 0 0 "},
		{"xai", `{"state":{"num_requests":5,"num_pending":5,"num_error":0}}`, "5 0 0 "},
		{"xai", `{"state":{"num_requests":5,"num_pending":1,"num_success":3,"num_error":1}}`, "5 4 1 "},
		{"xai", `{"state":{"num_requests":5,"num_pending":0,"num_success":4,"num_error":1}}`, "5 5 1 completed"},
		{"xai", `{"state":{"num_requests":"5","num_pending":"0"}}`, "5 5 0 completed"},
		{"xai", `{"cancel_time":"2026-01-01T00:00:00Z","state":{"num_requests":5,"num_pending":2}}`, "5 3 0 "},
		{"xai", `{"cancel_time":"2026-01-01T00:00:00Z","state":{"num_requests":5,"num_pending":0,"num_cancelled":2}}`, "5 5 0 canceled"},
		{"xai", `{"cancel_time":"2026-01-01","cancel_by_xai_message":" no such model ","state":{}}`, "0 0 0 rejected no such model"},
		{"xai", `{"expire_time":"2020-01-01T00:00:00Z","state":{"num_requests":5,"num_pending":2}}`, "5 3 0 "},
		{"xai", `{"expire_time":"2020-01-01T00:00:00Z","state":{"num_requests":5,"num_pending":0}}`, "5 5 0 expired"},
		// A bare date ends a day after its day does.
		{"xai", `{"expire_time":"` + yesterday.Format(time.DateOnly) + `","state":{"num_requests":5,"num_pending":0}}`, "5 5 0 completed"},
		{"xai", `{"expire_time":"` + yesterday.Add(-48*time.Hour).Format(time.DateOnly) + `","state":{"num_requests":5,"num_pending":0}}`, "5 5 0 expired"},
		// A time at the epoch stands for none.
		{"xai", `{"cancel_time":"1970-01-01T00:00:00Z","expire_time":"1970-01-01","state":{"num_requests":0,"num_pending":0}}`, "0 0 0 "},
		{"xai", `{"cancel_time":"0001-01-01T00:00:00Z","expire_time":0,"state":{"num_requests":5,"num_pending":0}}`, "5 5 0 completed"},
		{"xai", `{"cancel_time":"1970-01-01","expire_time":"1970-01-01T00:00:00+00:00","state":{"num_requests":5,"num_pending":0}}`, "5 5 0 completed"},
		{"openai", `{"status":"validating"}`, "0 0 0 "},
		{"openai", `{"status":"in_progress","request_counts":{"total":5,"completed":2,"failed":1}}`, "5 3 1 "},
		{"openai", `{"status":"finalizing"}`, "0 0 0 "},
		{"openai", `{"status":"cancelling"}`, "0 0 0 "},
		{"openai", `{"status":"new word"}`, "0 0 0 "},
		{"openai", `{"status":"COMPLETED","request_counts":{"total":5,"completed":5,"failed":0}}`, "5 5 0 completed"},
		{"openai", `{"status":"expired"}`, "0 0 0 expired"},
		{"openai", `{"status":"cancelled"}`, "0 0 0 canceled"},
		{"openai", `{"status":"failed","errors":{"data":[{"message":"a","line":1},{"message":"b"}]}}`, "0 0 0 rejected line 1: a; b"},
		{"openai", `{"status":"failed","errors":null}`, "0 0 0 rejected the batch failed, and the server gives no reason"},
		{"openai", `{"status":"failed","errors":{"data":[{"code":"token_limit_exceeded","message":"Enqueued token limit"}]}}`, "0 0 0 rejected Enqueued token limit busy"},
	} {
		s, err := client(tt.dialect, answers{"GET /v1/batches/b": tt.body}).Status(t.Context(), "b")
		if err != nil {
			t.Errorf("%s: %v", tt.body, err)
			continue
		}
		got := strings.TrimRight(fmt.Sprintf("%d %d %d %s %s", s.Total, s.Done, s.Failed, s.End, s.Words), " ")
		if s.Busy {
			got += " busy"
		}
		if got != strings.TrimRight(tt.want, " ") {
			t.Errorf("%s: %q, not %q", tt.body, got, tt.want)
		}
	}
}

// TestXAIResults checks what is a success and what is not, and which failures may pass.
func TestXAIResults(t *testing.T) {
	t.Parallel()
	const reply = `"response":{"chat_get_completion":{"choices":[]}}`
	for result, want := range map[string]string{
		`{"batch_result":{` + reply + `,"error":{"code":0,"message":""}}}`:       "200",
		`{"batch_result":{` + reply + `,"error":null},"error_message":""}`:       "200",
		`{"batch_result":{` + reply + `,"error":{}}}`:                            "200",
		`{"batch_result":{` + reply + `,"error":{"code":13,"message":"x"}}}`:     "server true",
		`{"batch_result":{` + reply + `},"error_message":"x"}`:                   "refused false",
		`{"batch_result":{"error":"x"}}`:                                         "refused false",
		`{"batch_result":{"error":{"code":1,"message":"x"}}}`:                    "incomplete true",
		`{"batch_result":{"error":{"code":3,"message":"x"}}}`:                    "refused false",
		`{"batch_result":{"error":{"code":4,"message":"x"}}}`:                    "timeout true",
		`{"batch_result":{"error":{"code":8,"message":"x"}}}`:                    "rate_limit true",
		`{"batch_result":{"error":{"code":10}}}`:                                 "server true",
		`{"batch_result":{"error":{"code":14,"message":"x"}}}`:                   "server true",
		`{"batch_result":{"error":{"code":2,"message":"x"}}}`:                    "server false",
		`{"batch_result":{"error":{"code":"RESOURCE_EXHAUSTED","message":"x"}}}`: "rate_limit true",
		`{"batch_result":{}}`:   "malformed true",
		`{"batch_result":null}`: "malformed true",
		`{"batch_result":{"response":{"chat_get_completion":null},"error":{"message":"x"}}}`: "refused false",
	} {
		body := `{"results":[{"batch_request_id":"r",` + strings.TrimPrefix(result, "{") + `]}`
		got := ""
		err := client("xai", answers{"GET /v1/batches/b/results?limit=1000": body}).Results(t.Context(), "b", &batchapi.Status{}, func(r *batchapi.Result) error {
			got = fmt.Sprint(r.Status)
			if r.Err != nil {
				got = fmt.Sprint(r.Err.Kind, " ", r.Err.Retryable)
			}
			return nil
		})
		if err != nil || got != want {
			t.Errorf("%s: %s, %v, not %s", result, got, err, want)
		}
	}
}

// TestPages checks that pages are read until there is no cursor, or one that was there, and that a null is an empty list.
func TestPages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a    answers
		want int
	}{
		{answers{"GET /v1/batches/b/results?limit=1000": `{"results":null,"pagination_token":"x"}`}, 0},
		{answers{"GET /v1/batches/b/results?limit=1000": `{"pagination_token":"x","results":[{},{}]}`, "GET /v1/batches/b/results?limit=1000&pagination_token=x": `{"results":[{}],"pagination_token":"x"}`}, 3},
		{answers{"GET /v1/batches/b/results?limit=1000": `{}`}, 0},
	} {
		count := 0
		err := client("xai", tt.a).Results(t.Context(), "b", &batchapi.Status{}, func(*batchapi.Result) error { count++; return nil })
		if err != nil || count != tt.want {
			t.Errorf("%v: %d results, %v", tt.a, count, err)
		}
	}
	for _, bad := range []string{`{"results":[{}`, `{"results":[{}]`, `[]`, `<html>`, ``} {
		err := client("xai", answers{"GET /v1/batches/b/results?limit=1000": bad}).Results(t.Context(), "b", &batchapi.Status{}, func(*batchapi.Result) error { return nil })
		if err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	stop := errors.New("stop")
	err := client("xai", answers{"GET /v1/batches/b/results?limit=1000": `{"results":[{}]}`}).Results(t.Context(), "b", &batchapi.Status{}, func(*batchapi.Result) error { return stop })
	if !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
}

// TestReply checks which choice of a result is the reply.
func TestReply(t *testing.T) {
	t.Parallel()
	choice := func(index int, role, text string) string {
		return fmt.Sprintf(`{"index":%d,"message":{"role":%q,"content":%q}}`, index, role, text)
	}
	for _, tt := range []struct {
		n       int
		choices []string
		want    string
	}{
		{1, []string{choice(0, "assistant", "a")}, "a"},
		{2, []string{choice(0, "assistant", "a"), choice(1, "assistant", "b")}, "ab"},
		{1, []string{choice(0, "assistant", "a"), choice(0, "tool", "t"), choice(0, "assistant", "b")}, "b"},
		{1, []string{choice(0, "assistant", "a"), choice(1, "assistant", "b")}, "b"},
		{3, []string{choice(0, "ROLE_ASSISTANT", "a"), choice(0, "ROLE_TOOL", "t"), choice(1, "ROLE_ASSISTANT", "b")}, "b"},
		{1, []string{choice(0, "tool", "t")}, "t"},
	} {
		r := &batchapi.Result{Body: []byte(`{"choices": [` + strings.Join(tt.choices, ", ") + `], "id": "x"}`)}
		got := ""
		for _, part := range strings.Split(string(r.Reply(tt.n)), `"content":"`)[1:] {
			got += part[:1]
		}
		if got != tt.want {
			t.Errorf("%d, %s: %s", tt.n, tt.choices, got)
		}
	}
}
