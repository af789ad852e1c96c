package complaint

import (
	"strings"
	"testing"
	"time"
)

func TestErrorBodies(t *testing.T) {
	for _, c := range []struct {
		body, code, message string
		status              int
	}{
		{``, "", "", 0},
		{`{}`, "", "", 0},
		{`null`, "", "", 0},
		{`42`, "", "", 0},
		{`{"code":"invalid-argument","error":"no"}`, "invalid-argument", "no", 0},
		{`{"error":{"message":"no","type":"t","param":null,"code":"c"}}`, "c", "no", 0},
		{`{"error":{"message":"no","type":"t","code":null}}`, "t", "no", 0},
		{`{"error":{"message":"no","code":429}}`, "", "no", 429},
		{`{"error":{"message":"no","code":"503"}}`, "503", "no", 503},
		{`{"object":"error","message":"no","type":"BadRequestError","code":400}`, "BadRequestError", "no", 400},
		{`{"error":"no"}`, "", "no", 0},
		{`{"error":{"error":{"message":"deep"}}}`, "", "deep", 0},
		{`{"error":"{\"error\":{\"message\":\"behind\"}}"}`, "", "behind", 0},
		{`{"error":"{no JSON}"}`, "", "{no JSON}", 0},
		{`{"message":"no"}`, "", "no", 0},
		{`{"Message":"no","__type":"ThrottlingException"}`, "ThrottlingException", "no", 0},
		{`{"detail":"no"}`, "", "no", 0},
		{`{"type":"about:blank","title":"Forbidden","status":403,"detail":"no"}`, "about:blank", "no", 403},
		{`{"detail":[{"loc":["body","messages",0,"role"],"msg":"Field required","type":"missing"},{"msg":"b"}]}`, "missing", "messages.0.role: Field required; b", 0},
		{`"no"`, "", "no", 0},
		{`[{"error":{"code":404,"message":"no","status":"NOT_FOUND"}}]`, "NOT_FOUND", "no", 404},
		{`["a","b"]`, "", "a; b", 0},
		{`{"errors":[{"code":5006,"message":"a"},{"message":"b"}],"success":false}`, "5006", "a; b", 0},
		{`{"errors":{"message":"a","code":5006}}`, "5006", "a", 0},
		{`{"error_code":17,"error_msg":"limit"}`, "17", "limit", 0},
		{`{"base_resp":{"status_code":1004,"status_msg":"no key"}}`, "1004", "no key", 0},
		{`{"base_resp":{"status_code":0,"status_msg":""}}`, "", "", 0},
		{`{"fault":{"faultstring":"Invalid ApiKey","detail":{"errorcode":"oauth.v2.InvalidApiKey"}}}`, "oauth.v2.InvalidApiKey", "Invalid ApiKey", 0},
		{`{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"too large\"}}"}}}`, "", "Provider returned error: too large", 400},
		{`{"error":{"message":"Provider returned error","metadata":{"raw":"plain words"}}}`, "", "Provider returned error: plain words", 0},
		{`{"status":"ok","type":"message"}`, "", "", 0},
		{`{"message":["a must be","b"],"error":"Bad Request","statusCode":400}`, "", "a must be; b", 0},
		{`{"status":400,"error":"bad request","path":"/v1"}`, "", "bad request", 400},
		{`{"title":"Some errors occurred.","errors":{"model":["is required"],"n":"too large"}}`, "", "model: is required; n: too large", 0},
		{`{"reason":"no"}`, "", "no", 0},
		{"  plain\ntext ", "", "plain\ntext", 0},
		{`{"error":"cut in the mid`, "", `{"error":"cut in the mid`, 0},
		{`<html><body>no</body></html>`, "", "", 0},
		{"\ufeff<!DOCTYPE html>", "", "", 0},
		{`<?xml version="1.0"?><Error/>`, "", "", 0},
		{`{"error":"<html><body>502</body></html>"}`, "", "", 0},
		{`["<!doctype html>"]`, "", "", 0},
	} {
		if got := Read([]byte(c.body)); got.Code != c.code || got.Message != c.message || got.Status != c.status {
			t.Errorf("%s: %+v", c.body, got)
		}
	}
}

// TestErrorBodyOfManyLevels checks that nesting is limited. Otherwise each level would take a pass over the whole body.
func TestErrorBodyOfManyLevels(t *testing.T) {
	for _, side := range []struct{ open, end string }{{`{"error":`, `}`}, {`[`, `]`}} {
		body := strings.Repeat(side.open, 9000) + `"` + strings.Repeat("x", 1<<19) + `"` + strings.Repeat(side.end, 9000)
		start := time.Now()
		Read([]byte(body))
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: took %v", side.open, took)
		}
	}
}
