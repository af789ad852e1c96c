package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// complaint is what an error body says, in whichever of the known shapes it says it.
type complaint struct {
	code    string
	message string
	// status is a numeric code in the body, 0 where there is none. Inside a stream or a
	// 200 reply it is the only status there is.
	status int
}

// readComplaint takes every error body that servers are known to send: xAI's flat
// {"code","error":"text"}, OpenAI's {"error":{"message","type","code"}}, {"error":"text"},
// {"message"}, {"detail"} with a string or a list, a bare string, an array, and text. An
// HTML page and an empty body have no message.
func readComplaint(body []byte) complaint {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || looksLikeHTML(body) {
		return complaint{}
	}
	if !json.Valid(body) {
		return complaint{message: string(body)}
	}
	return complaintOf(body)
}

func looksLikeHTML(body []byte) bool {
	head := bytes.ToLower(body[:min(len(body), 1024)])
	return bytes.HasPrefix(head, []byte("<")) || bytes.Contains(head, []byte("<html")) || bytes.Contains(head, []byte("<!doctype"))
}

func complaintOf(raw json.RawMessage) complaint {
	switch trimmed := bytes.TrimSpace(raw); {
	case len(trimmed) == 0:
		return complaint{}
	case trimmed[0] == '"':
		var text string
		if json.Unmarshal(trimmed, &text) != nil {
			return complaint{}
		}
		return complaint{message: text}
	case trimmed[0] == '[':
		return complaintOfList(trimmed)
	case trimmed[0] == '{':
		return complaintOfObject(trimmed)
	}
	return complaint{}
}

func complaintOfList(raw json.RawMessage) complaint {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return complaint{}
	}
	var all complaint
	var messages []string
	for _, item := range list {
		c := complaintOf(item)
		if c.message != "" {
			messages = append(messages, c.message)
		}
		if all.code == "" {
			all.code = c.code
		}
		if all.status == 0 {
			all.status = c.status
		}
	}
	all.message = strings.Join(messages, "; ")
	return all
}

func complaintOfObject(raw json.RawMessage) complaint {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return complaint{}
	}
	var c complaint
	for _, key := range []string{"error", "message", "detail", "msg", "error_description"} {
		inner := complaintOf(fields[key])
		if c.message == "" {
			c.message = inner.message
		}
		if c.code == "" {
			c.code = inner.code
		}
		if c.status == 0 {
			c.status = inner.status
		}
	}
	for _, key := range []string{"code", "type", "status"} {
		c.setCode(fields[key])
	}
	return c
}

// setCode takes a code that is a word or a status; the first word and the first status win.
func (c *complaint) setCode(raw json.RawMessage) {
	var word string
	if json.Unmarshal(raw, &word) == nil && word != "" && c.code == "" {
		c.code = word
	}
	digits := strings.Trim(string(raw), `"`)
	if n, err := strconv.Atoi(digits); err == nil && n >= 400 && n <= 599 && c.status == 0 {
		c.status = n
	}
}

// statusError makes the Error of an answer whose status is not 200.
func statusError(resp *http.Response, body []byte) *Error {
	c := readComplaint(body)
	e := &Error{
		Status: resp.StatusCode, Code: c.code, Message: c.message,
		RequestID: requestID(resp.Header), After: retryAfter(resp.Header, time.Now()),
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		e.Kind, e.Message = KindRedirect, "the server redirects elsewhere, and redirects are not followed"
		if to, err := resp.Location(); err == nil {
			e.Message = "the server redirects to " + to.Redacted() + ", and redirects are not followed"
		}
		return e
	}
	e.judge(resp.StatusCode)
	if c.message == "" {
		e.Message = emptyMessage(resp, body)
	}
	if resp.Header.Get("x-should-retry") == "false" {
		e.Retryable = false
	}
	return e
}

func emptyMessage(resp *http.Response, body []byte) string {
	text := strings.ToLower(http.StatusText(resp.StatusCode))
	if text == "" {
		text = "an unknown status"
	}
	what := "the server answered " + text
	if looksLikeHTML(bytes.TrimSpace(body)) {
		what += " with an HTML page"
	}
	return what
}

// bodyError makes the Error of a failure inside a 200 reply or a stream. Without a status
// in it, it is the server's failure.
func bodyError(raw []byte, id string) *Error {
	c := readComplaint(raw)
	e := &Error{Status: http.StatusOK, Code: c.code, Message: c.message, RequestID: id, After: -1}
	status := c.status
	if status == 0 {
		status = http.StatusInternalServerError
	} else {
		e.Status = status
	}
	e.judge(status)
	if c.message == "" {
		e.Message = "the server reported an error without a message"
	}
	return e
}

// judge sets the kind and whether a retry can help, and puts before the server's words
// what they are about. Some failures are told by their text
// because their status lies: at xAI a bad key is a 400, and spent credits are a 403 or 429.
func (e *Error) judge(status int) {
	words := e.Message
	defer func() { e.Message = about(e.Kind) + ": " + words }()
	text := strings.ToLower(e.Code + " " + e.Message)
	switch {
	case status < 500 && anyIn(text, "incorrect api key", "invalid api key", "invalid_api_key", "api key not valid"):
		e.Kind = KindAuth
	case status == http.StatusPaymentRequired,
		anyIn(text, "insufficient_quota", "exceeded your current quota", "spending limit", "out of credits", "no credits",
			"used all available credits", "doesn't have any credits", "does not have any credits", "insufficient credits",
			"insufficient balance", "credits are spent", "purchase credits", "purchase more credits", "buy more credits"):
		e.Kind = KindCredits
	case status == http.StatusForbidden && anyIn(text, "usage guidelines", "failed check", "safety", "content_policy", "content policy"):
		e.Kind = KindRefused
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		e.Kind = KindAuth
	case status == http.StatusRequestTimeout:
		e.Kind, e.Retryable = KindTimeout, true
	case status == http.StatusTooManyRequests:
		e.Kind, e.Retryable = KindRateLimit, true
	case status == http.StatusConflict, status >= 500:
		e.Kind, e.Retryable = KindServer, true
	case status >= 400:
		e.Kind = KindRefused
	default: // a 2xx other than 200
		e.Kind = KindMalformed
	}
}

// about says what a kind of answer means, as the beginning of a message.
func about(kind Kind) string {
	switch kind {
	case KindAuth:
		return "no access"
	case KindCredits:
		return "no credits"
	case KindRefused:
		return "the API refused the request"
	case KindRateLimit:
		return "rate limited"
	case KindTimeout:
		return "the server timed out"
	case KindMalformed:
		return "the server answered with an unexpected status"
	}
	return "the server failed"
}

func anyIn(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}

func requestID(h http.Header) string {
	for _, name := range []string{"X-Request-Id", "Request-Id"} {
		if id := h.Get(name); id != "" {
			return id
		}
	}
	return ""
}

// retryAfter is the wait that an answer's headers ask for: retry-after-ms, then
// Retry-After in seconds, also with a fraction, or as an HTTP date, which is never under
// 0. Negative where there is none that can be read.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if wait, ok := fraction(h.Get("Retry-After-Ms"), time.Millisecond); ok {
		return wait
	}
	value := h.Get("Retry-After")
	if wait, ok := fraction(value, time.Second); ok {
		return wait
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now))
	}
	return -1
}

func fraction(value string, unit time.Duration) (time.Duration, bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !(f >= 0) {
		return 0, false
	}
	// A year is longer than any wait that is kept, and fits a Duration.
	const year = 365 * 24 * time.Hour
	return time.Duration(min(f*float64(unit), float64(year))), true
}
