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
		want complaint
	}{
		{``, complaint{}},
		{`{}`, complaint{}},
		{`null`, complaint{}},
		{`42`, complaint{}},
		{`{"code":"invalid-argument","error":"no"}`, complaint{"invalid-argument", "no", 0}},
		{`{"error":{"message":"no","type":"t","param":null,"code":"c"}}`, complaint{"c", "no", 0}},
		{`{"error":{"message":"no","type":"t","code":null}}`, complaint{"t", "no", 0}},
		{`{"error":{"message":"no","code":429}}`, complaint{"", "no", 429}},
		{`{"error":{"message":"no","code":"503"}}`, complaint{"503", "no", 503}},
		{`{"object":"error","message":"no","type":"BadRequestError","code":400}`, complaint{"BadRequestError", "no", 400}},
		{`{"error":"no"}`, complaint{"", "no", 0}},
		{`{"error":{"error":{"message":"deep"}}}`, complaint{"", "deep", 0}},
		{`{"message":"no"}`, complaint{"", "no", 0}},
		{`{"detail":"no"}`, complaint{"", "no", 0}},
		{`{"detail":[{"loc":["body","messages",0,"role"],"msg":"Field required","type":"missing"},{"msg":"b"}]}`, complaint{"missing", "messages.0.role: Field required; b", 0}},
		{`"no"`, complaint{"", "no", 0}},
		{`[{"error":{"code":404,"message":"no","status":"NOT_FOUND"}}]`, complaint{"NOT_FOUND", "no", 404}},
		{`["a","b"]`, complaint{"", "a; b", 0}},
		{`{"status":"ok","type":"message"}`, complaint{}},
		{"  plain\ntext ", complaint{"", "plain\ntext", 0}},
		{`{"error":"cut in the mid`, complaint{"", `{"error":"cut in the mid`, 0}},
		{`<html><body>no</body></html>`, complaint{}},
		{"\ufeff<!DOCTYPE html>", complaint{}},
		{`<?xml version="1.0"?><Error/>`, complaint{}},
		{`{"error":"<html><body>502</body></html>"}`, complaint{}},
		{`["<!doctype html>"]`, complaint{}},
	} {
		if got := readComplaint([]byte(c.body)); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.body, got, c.want)
		}
	}
}

func TestJudgement(t *testing.T) {
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
		e.judge(c.status)
		if e.Kind != c.kind || e.Retryable != c.again {
			t.Errorf("%d %s: %s, retryable %v", c.status, c.text, e.Kind, e.Retryable)
		}
	}
}

// Without a bound, each level of nesting would cost a reading of the whole body.
func TestErrorBodyOfManyLevels(t *testing.T) {
	for _, side := range []struct{ open, end string }{{`{"error":`, `}`}, {`[`, `]`}} {
		body := strings.Repeat(side.open, 9000) + `"` + strings.Repeat("x", 1<<19) + `"` + strings.Repeat(side.end, 9000)
		start := time.Now()
		readComplaint([]byte(body))
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: took %v", side.open, took)
		}
	}
}

// An error body is a stranger's text: whatever it is, it becomes an error with words, and
// never a page of HTML.
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
		_, words, found := strings.Cut(e.Message, ": ")
		if page := holdsHTML([]byte(words[:min(len(words), 1024)])); page || found && strings.HasPrefix(words, "<") && !json.Valid(body) {
			t.Errorf("HTML: %q", e.Message)
		}
		if utf8.Valid(body) && !utf8.ValidString(e.Message) {
			t.Errorf("text became no text: %q", e.Message)
		}
	})
}
