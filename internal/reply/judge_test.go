package reply

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/complaint"
	"github.com/chatcmpl/chatcmpl/internal/failure"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		seconds, millis string
		want            time.Duration
	}{
		{"", "", 0},
		{"0", "", 1},
		{"7", "", 7 * time.Second},
		{" 1.5 ", "", 1500 * time.Millisecond},
		{"1e400", "", 0},
		{"1e300", "", 365 * 24 * time.Hour},
		{"NaN", "", 0},
		{"Infinity", "", 0},
		{"-1", "", 0},
		{"soon", "", 0},
		{"1795348830", "", 30 * time.Second},
		{"1795348830000", "", 30 * time.Second},
		{"1000000001", "", 1},
		{"Sun, 22 Nov 2026 12:00:30 GMT", "", 30 * time.Second},
		{"Sunday, 22-Nov-26 12:00:30 GMT", "", 30 * time.Second},
		{"Sun Nov 22 12:01:00 2026", "", time.Minute},
		{"Sun, 22 Nov 2026 11:00:00 GMT", "", 1},
		{"7", "250", 250 * time.Millisecond},
		{"", "0.5", 500 * time.Microsecond},
		{"7", "soon", 7 * time.Second},
	} {
		h := http.Header{}
		h.Set("Retry-After", c.seconds)
		h.Set("Retry-After-Ms", c.millis)
		if got := RetryAfter(h, now); got != c.want {
			t.Errorf("Retry-After %q, retry-after-ms %q: %v, want %v", c.seconds, c.millis, got, c.want)
		}
	}
}

// TestLongestWait takes the longest wait that the headers and the body ask for.
func TestLongestWait(t *testing.T) {
	body := `{"error":{"code":429,"message":"q","details":[{"retryDelay":"2s"}]}}`
	for want, values := range map[time.Duration][]string{2 * time.Second: {"0"}, 70 * time.Second: {"0", "70"}, 3 * time.Second: {"3"}} {
		e := StatusError(&http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": values}}, []byte(body))
		if e.After != want {
			t.Errorf("%v: %v, want %v", values, e.After, want)
		}
	}
}

// TestUnprintableBodies never quotes what is no text.
func TestUnprintableBodies(t *testing.T) {
	for _, body := range []string{"\x1f\x8b\x08\x00\x00", "\x89PNG\r\n\x1a\n\x00", "\xff\xfe{\x00}\x00"} {
		e := StatusError(&http.Response{StatusCode: http.StatusBadRequest, Header: http.Header{}}, []byte(body))
		if want := "the server answered bad request"; e.Message != want {
			t.Errorf("%q: %q", body, e.Message)
		}
	}
}

func TestEmptyErrors(t *testing.T) {
	for raw, want := range map[string]bool{
		`null`: true, `false`: true, `""`: true, `" "`: true, `{}`: true, `[]`: true, `0`: true, `[{}]`: true,
		`{"message":"","type":"","param":"","code":null}`: true, `{"message":null,"details":{"a":[]}}`: true,
		`{"code":0,"message":"success"}`: true, `{"code":200,"message":"ok"}`: true,
		`"no"`: false, `true`: false, `1`: false, `{"message":"no"}`: false, `{"code":500}`: false, `{"code":"x","message":""}`: false, `["no"]`: false,
	} {
		if got := isEmptyError([]byte(raw)); got != want {
			t.Errorf("%s: %v", raw, got)
		}
	}
}

// TestJudgement checks that an error is classified by its status and code, and by its message only if that begins with
// known words.
func TestJudgement(t *testing.T) {
	for _, c := range []struct {
		status int
		body   string
		kind   failure.Kind
		again  bool
	}{
		{400, `"Incorrect API key provided: na***ys."`, failure.Auth, false},
		{400, `{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}`, failure.Auth, false},
		{400, `{"error":{"message":"bad","details":[{"reason":"API_KEY_INVALID"}]}}`, failure.Auth, false},
		{400, `"no"`, failure.Refused, false},
		{400, `"Bad input: Why does it say Incorrect API key provided?"`, failure.Refused, false},
		{400, `"invalid prompt 'you have no credits' and spending limit"`, failure.Refused, false},
		{400, `{"error":{"message":"Your credit balance is too low","type":"invalid_request_error"}}`, failure.Credits, false},
		{401, `"no"`, failure.Auth, false},
		{401, ``, failure.Auth, false},
		{402, `"no"`, failure.Credits, false},
		{403, `"no"`, failure.Auth, false},
		{403, `{"code":"permission-denied","error":"The caller does not have permission to execute the specified operation"}`, failure.Auth, false},
		{403, `"Content violates usage guidelines. Failed check: X"`, failure.Refused, false},
		{403, `{"error":{"code":403,"message":"no","metadata":{"flagged_input":"bad"}}}`, failure.Refused, false},
		{403, `{"error":{"code":"content_policy_violation","message":"no"}}`, failure.Refused, false},
		{403, `<html>Sorry, you have been blocked</html>`, failure.Refused, false},
		{403, `Forbidden`, failure.Refused, false},
		{403, `"Your newly created team doesn't have any credits yet."`, failure.Credits, false},
		{408, `"no"`, failure.Timeout, true},
		{409, `"no"`, failure.Server, true},
		{429, `"Too many requests"`, failure.RateLimit, true},
		{429, `"Your team 0-0 has either used all available credits or reached its monthly spending limit."`, failure.Credits, false},
		{429, `{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","code":"insufficient_quota"}}`, failure.Credits, false},
		{429, `[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details. Please retry in 0.5s.","status":"RESOURCE_EXHAUSTED"}}]`, failure.RateLimit, true},
		{429, `"Too many requests; your text was: I am out of credits"`, failure.RateLimit, true},
		{429, `{"error":{"message":"Too many requests. Buy credits to increase your limit.","type":"requests","code":"rate_limit_exceeded"}}`, failure.RateLimit, true},
		{429, `{"error":{"message":"You have no credits left for this rate limit","code":"rate_limit_exceeded"}}`, failure.RateLimit, true},
		{429, `{"error":{"message":"Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day","code":429}}`, failure.RateLimit, true},
		{429, `"Too many requests. Your team has no credits left to raise the limit."`, failure.RateLimit, true},
		{429, `"Your account's rate limit is reached, add credits to raise it"`, failure.RateLimit, true},
		{429, `{"error":{"type":"exceeded_current_quota_error","message":"Your account is suspended due to insufficient balance, please recharge"}}`, failure.Credits, false},
		{429, `{"error":{"code":"api_key_quota","message":"slow down"}}`, failure.RateLimit, true},
		{400, `{"error":{"message":"Invalid API key format requested: your prompt says 'api key'","type":"invalid_request_error","code":"invalid_prompt"}}`, failure.Refused, false},
		{400, `{"error":{"message":"Invalid API key format requested: your prompt says 'api key'","type":"invalid_request_error"}}`, failure.Refused, false},
		{400, `{"error":{"message":"Invalid API key","type":"invalid_request_error"}}`, failure.Auth, false},
		{400, `{"error":{"message":"Invalid API key. Please check it.","type":"invalid_request_error"}}`, failure.Auth, false},
		{400, `{"error":{"message":"Your credit balance sheet in messages[0] is not valid JSON","type":"invalid_request_error","code":"invalid_json"}}`, failure.Refused, false},
		{400, `{"error":{"message":"Your credit balance sheet in messages[0] is not valid JSON","type":"invalid_request_error"}}`, failure.Refused, false},
		{400, `{"error":{"message":"no","type":"authentication_error"}}`, failure.Auth, false},
		{400, `{"__type":"ThrottlingException","message":"Rate exceeded"}`, failure.RateLimit, true},
		{403, `{"error":{"message":"Project proj_1 does not have access to model gpt-9","type":"invalid_request_error","code":"model_not_found"}}`, failure.Refused, false},
		{403, `"Your team does not have access to the model grok-9."`, failure.Refused, false},
		{403, `{"error":{"message":"Could not download the picture: your account on https://x/y.png returned 403","code":"invalid_image_url"}}`, failure.Refused, false},
		{403, `{"message":"Request blocked"}`, failure.Refused, false},
		{403, `{"message":"Your request was blocked. Contact the team that manages this API key."}`, failure.Refused, false},
		{403, `{"code":"permission-denied","error":"Your prompt mentions an API key"}`, failure.Refused, false},
		{403, `"Permission denied: content violates the rules of your account"`, failure.Refused, false},
		{403, `{"code":"permission-denied","error":"The API key is blocked by the team's administrator."}`, failure.Auth, false},
		{403, `{"code":"permission-denied","error":"Your API key has been blocked by an administrator."}`, failure.Auth, false},
		{403, `{"code":"permission-denied","error":"Your account has been flagged for violating terms of use and is suspended"}`, failure.Auth, false},
		{403, `{"error":{"message":"The prompt-caching feature is not enabled for this API key","type":"permission_error"}}`, failure.Auth, false},
		{403, `{"error":{"code":403,"message":"The request is missing a valid API key.","status":"PERMISSION_DENIED"}}`, failure.Auth, false},
		{403, `{"error":{"message":"Country, region, or territory not supported","type":"request_forbidden","code":"unsupported_country_region_territory"}}`, failure.Auth, false},
		{403, `{"error":{"code":"account_deactivated","message":"Your prompt was the last one"}}`, failure.Auth, false},
		{403, `{"error":{"code":403,"message":"Key limit exceeded (total limit). Manage it in your settings."}}`, failure.Auth, false},
		{403, `{"error":{"message":"Quota exceeded","errors":[{"reason":"rateLimitExceeded"}],"details":[{"reason":"RATE_LIMIT_EXCEEDED"}]}}`, failure.RateLimit, true},
		{500, `"no"`, failure.Server, true},
		{500, `{"error":{"code":"rate_limit_exceeded","message":"no"}}`, failure.Server, true},
		{503, `"reached its monthly spending limit"`, failure.Server, true},
		{599, `"no"`, failure.Server, true},
		{404, `"The model x does not exist"`, failure.Refused, false},
		{404, `404 page not found`, failure.NotAPI, false},
		{404, "404: Not Found\n", failure.NotAPI, false},
		{404, `Cannot POST /v1/chat/completions`, failure.NotAPI, false},
		{404, `<html><h1>Not Found</h1></html>`, failure.NotAPI, false},
		{404, "The model `foo` does not exist or you lack access", failure.Refused, false},
		{404, `"The model /v1/chat/completions does not exist"`, failure.Refused, false},
		{404, `{"detail":"Not Found"}`, failure.NotAPI, false},
		{404, `{"message":"Cannot GET /v1/chat/completions","error":"Not Found"}`, failure.NotAPI, false},
		{404, `{"error":{"message":"Invalid URL (GET /v1/chat/completions)","type":"invalid_request_error"}}`, failure.NotAPI, false},
		{400, `{"error":{"message":"Access denied, please settle","code":"Arrearage"}}`, failure.Credits, false},
		{429, `{"error":{"message":"Suspended","type":"exceeded_current_quota_error"}}`, failure.Credits, false},
		{405, ``, failure.NotAPI, false},
		{307, ``, failure.Redirect, false},
	} {
		req := &http.Request{URL: &url.URL{Path: "/v1/chat/completions"}}
		e := StatusError(&http.Response{StatusCode: c.status, Header: http.Header{}, Request: req}, []byte(c.body))
		if e.Kind != c.kind || e.Retryable != c.again {
			t.Errorf("%d %s: %s, retryable %v: %s", c.status, c.body, e.Kind, e.Retryable, e.Message)
		}
	}
}

// TestInsideErrors checks that an error inside a reply without a status is classified by its words.
func TestInsideErrors(t *testing.T) {
	for body, want := range map[string]failure.Kind{
		`{"code":"The service is currently unavailable","error":"Timed out waiting for first token"}`: failure.Server,
		`{"error":{"message":"slow","type":"rate_limit_exceeded"}}`:                                   failure.RateLimit,
		`{"error":{"message":"no","code":429}}`:                                                       failure.RateLimit,
		`{"error":{"message":"no","type":"invalid_request_error"}}`:                                   failure.Refused,
		`{"error":{"message":"no","type":"authentication_error"}}`:                                    failure.Auth,
		`{"error":{"message":"no","code":"insufficient_quota"}}`:                                      failure.Credits,
		`{"error":"down"}`: failure.Server,
	} {
		if e := insideError([]byte(body), http.StatusOK, ""); e.Kind != want {
			t.Errorf("%s: %s", body, e.Kind)
		}
	}
}

// FuzzErrorBody checks that any error body results in an error with a message, and never in
// the text of an HTML page.
func FuzzErrorBody(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `"no"`, `[[[]]]`, `{"error":{"message":"no","code":400}}`, `{"detail":[{"loc":["body"],"msg":"no"}]}`,
		`<html>`, `{"error":"<!DOCTYPE html>"}`, `{"error":{"error":{"error":""}}}`, "\xff\xfe<", `{"code":1e999,"error":[null,1,true]}`,
	} {
		f.Add(400, []byte(seed))
		f.Add(503, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		e := StatusError(&http.Response{StatusCode: status, Header: http.Header{}, Request: &http.Request{}}, body)
		if inside := insideError(body, http.StatusOK, ""); inside.Message == "" || inside.Kind == "" {
			t.Errorf("%+v", inside)
		}
		if e.Message == "" || e.Kind == "" {
			t.Errorf("%+v", e)
		}
		_, words, found := strings.Cut(e.Message, ": ")
		if page := complaint.HoldsHTML([]byte(words[:min(len(words), 1024)])); page || found && strings.HasPrefix(words, "<") && !json.Valid(body) {
			t.Errorf("HTML: %q", e.Message)
		}
		if utf8.Valid(body) && !utf8.ValidString(e.Message) {
			t.Errorf("text became no text: %q", e.Message)
		}
	})
}
