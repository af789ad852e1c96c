package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		seconds, millis string
		want            time.Duration
	}{
		{"", "", -1},
		{"0", "", 0},
		{"7", "", 7 * time.Second},
		{" 1.5 ", "", 1500 * time.Millisecond},
		{"1e400", "", -1},
		{"1e300", "", 365 * 24 * time.Hour},
		{"NaN", "", -1},
		{"-1", "", -1},
		{"soon", "", -1},
		{"Sun, 22 Nov 2026 12:00:30 GMT", "", 30 * time.Second},
		{"Sunday, 22-Nov-26 12:00:30 GMT", "", 30 * time.Second},
		{"Sun Nov 22 12:01:00 2026", "", time.Minute},
		{"Sun, 22 Nov 2026 11:00:00 GMT", "", 0},
		{"7", "250", 250 * time.Millisecond},
		{"", "0.5", 500 * time.Microsecond},
		{"7", "soon", 7 * time.Second},
	} {
		h := http.Header{}
		h.Set("Retry-After", c.seconds)
		h.Set("Retry-After-Ms", c.millis)
		if got := retryAfter(h, now); got != c.want {
			t.Errorf("Retry-After %q, retry-after-ms %q: %v, want %v", c.seconds, c.millis, got, c.want)
		}
	}
}

func TestErrorBodies(t *testing.T) {
	for _, c := range []struct {
		body string
		want errorBody
	}{
		{``, errorBody{}},
		{`{}`, errorBody{}},
		{`null`, errorBody{}},
		{`42`, errorBody{}},
		{`{"code":"invalid-argument","error":"no"}`, errorBody{"invalid-argument", "no", 0}},
		{`{"error":{"message":"no","type":"t","param":null,"code":"c"}}`, errorBody{"c", "no", 0}},
		{`{"error":{"message":"no","type":"t","code":null}}`, errorBody{"t", "no", 0}},
		{`{"error":{"message":"no","code":429}}`, errorBody{"", "no", 429}},
		{`{"error":{"message":"no","code":"503"}}`, errorBody{"503", "no", 503}},
		{`{"object":"error","message":"no","type":"BadRequestError","code":400}`, errorBody{"BadRequestError", "no", 400}},
		{`{"error":"no"}`, errorBody{"", "no", 0}},
		{`{"error":{"error":{"message":"deep"}}}`, errorBody{"", "deep", 0}},
		{`{"message":"no"}`, errorBody{"", "no", 0}},
		{`{"detail":"no"}`, errorBody{"", "no", 0}},
		{`{"detail":[{"loc":["body","messages",0,"role"],"msg":"Field required","type":"missing"},{"msg":"b"}]}`, errorBody{"missing", "messages.0.role: Field required; b", 0}},
		{`"no"`, errorBody{"", "no", 0}},
		{`[{"error":{"code":404,"message":"no","status":"NOT_FOUND"}}]`, errorBody{"NOT_FOUND", "no", 404}},
		{`["a","b"]`, errorBody{"", "a; b", 0}},
		{`{"status":"ok","type":"message"}`, errorBody{}},
		{"  plain\ntext ", errorBody{"", "plain\ntext", 0}},
		{`{"error":"cut in the mid`, errorBody{"", `{"error":"cut in the mid`, 0}},
		{`<html><body>no</body></html>`, errorBody{}},
		{"\ufeff<!DOCTYPE html>", errorBody{}},
		{`<?xml version="1.0"?><Error/>`, errorBody{}},
		{`{"error":"<html><body>502</body></html>"}`, errorBody{}},
		{`["<!doctype html>"]`, errorBody{}},
	} {
		if got := parseErrorBody([]byte(c.body)); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.body, got, c.want)
		}
	}
}

func TestClassify(t *testing.T) {
	for _, c := range []struct {
		status int
		text   string
		kind   failure.Kind
		again  bool
	}{
		{400, "Incorrect API key provided: na***ys.", failure.Auth, false},
		{400, "no", failure.Refused, false},
		{400, "You have run out of credits", failure.Credits, false},
		{401, "no", failure.Auth, false},
		{402, "no", failure.Credits, false},
		{403, "no", failure.Auth, false},
		{403, "Content violates usage guidelines. Failed check: X", failure.Refused, false},
		{403, "Your team doesn't have any credits yet.", failure.Credits, false},
		{408, "no", failure.Timeout, true},
		{409, "no", failure.Server, true},
		{429, "Too many requests", failure.RateLimit, true},
		{429, "Your team has used all available credits", failure.Credits, false},
		{429, "You exceeded your current quota", failure.Credits, false},
		{500, "no", failure.Server, true},
		{503, "reached its monthly spending limit", failure.Credits, false},
		{599, "no", failure.Server, true},
		{202, "no", failure.Malformed, false},
	} {
		e := &Error{Message: c.text}
		e.classify(c.status)
		if e.Kind != c.kind || e.Retryable != c.again {
			t.Errorf("%d %s: %s, retryable %v", c.status, c.text, e.Kind, e.Retryable)
		}
	}
}

// Without a limit, each level of nesting would read the whole body once more.
func TestErrorBodyOfManyLevels(t *testing.T) {
	for _, side := range []struct{ open, end string }{{`{"error":`, `}`}, {`[`, `]`}} {
		body := strings.Repeat(side.open, 9000) + `"` + strings.Repeat("x", 1<<19) + `"` + strings.Repeat(side.end, 9000)
		start := time.Now()
		parseErrorBody([]byte(body))
		if elapsed := time.Since(start); elapsed > 5*time.Second {
			t.Errorf("%s: took %v", side.open, elapsed)
		}
	}
}

// FuzzErrorBody checks that any error body results in an error with a message, and that no message is an HTML page.
func FuzzErrorBody(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `"no"`, `[[[]]]`, `{"error":{"message":"no","code":400}}`, `{"detail":[{"loc":["body"],"msg":"no"}]}`,
		`<html>`, `{"error":"<!DOCTYPE html>"}`, `{"error":{"error":{"error":""}}}`, "\xff\xfe<", `{"code":1e999,"error":[null,1,true]}`,
	} {
		f.Add(400, []byte(seed))
		f.Add(503, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		e := statusError(&http.Response{StatusCode: status, Header: http.Header{}, Request: &http.Request{}}, body)
		if inside := bodyError(body, ""); inside.Message == "" || inside.Kind == "" {
			t.Errorf("%+v", inside)
		}
		if e.Message == "" || e.Kind == "" {
			t.Errorf("%+v", e)
		}
		_, message, found := strings.Cut(e.Message, ": ")
		if page := holdsHTML([]byte(message[:min(len(message), 1024)])); page || found && strings.HasPrefix(message, "<") && !json.Valid(body) {
			t.Errorf("HTML: %q", e.Message)
		}
		if utf8.Valid(body) && !utf8.ValidString(e.Message) {
			t.Errorf("text became no text: %q", e.Message)
		}
	})
}
