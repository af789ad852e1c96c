package api

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// statusError returns the Error of a response whose status is not 200. A body longer than MaxErrorText is incomplete.
func statusError(resp *http.Response, body []byte) *Error {
	c := parseErrorBody(body)
	if len(body) > MaxErrorText && c.message != "" {
		c.message = fmt.Sprintf("over %d MiB of text, which begins: %s", MaxErrorText>>20, c.message)
	}
	e := &Error{
		Status: resp.StatusCode, Code: c.code, Message: c.message,
		RequestID: requestID(resp.Header), After: retryAfter(resp.Header, time.Now()),
	}
	if compact, err := rawjson.Compact(body); err == nil {
		e.Body = compact
	}
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		e.Kind, e.Message = failure.Redirect, "the server redirects elsewhere, and redirects are not followed"
		if target, err := resp.Location(); err == nil {
			// The query may contain a secret.
			e.Message = "the server redirects to " + target.Scheme + "://" + target.Host + target.EscapedPath() + ", and redirects are not followed"
		}
		return e
	}
	e.classify(resp.StatusCode)
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
	message := "the server answered " + text
	if looksLikeHTML(bytes.TrimSpace(body)) {
		message += " with an HTML page"
	}
	return message
}

// bodyError returns the Error described inside a 200 response or a stream. An error without a status counts as a 500.
func bodyError(raw []byte, id string) *Error {
	c := parseErrorBody(raw)
	e := &Error{Status: http.StatusOK, Code: c.code, Message: c.message, RequestID: id, After: -1}
	if compact, err := rawjson.Compact(raw); err == nil {
		e.Body = compact
	}
	status := c.status
	if status == 0 {
		status = http.StatusInternalServerError
	} else {
		e.Status = status
	}
	e.classify(status)
	if c.message == "" {
		e.Message = "the server reported an error without a message"
	}
	return e
}

// classify sets the kind and whether a retry can help, and prefixes the server's message with the kind. Some failures
// are recognized by their text because their status is misleading: xAI reports a wrong key as 400, and spent credits as
// 403 or 429.
func (e *Error) classify(status int) {
	message := e.Message
	defer func() { e.Message = prefix(e.Kind) + ": " + message }()
	text := strings.ToLower(e.Code + " " + e.Message)
	switch {
	case containsAny(text, "incorrect api key", "invalid api key", "invalid_api_key", "api key not valid"):
		e.Kind = failure.Auth
	case status == http.StatusPaymentRequired,
		containsAny(text, "insufficient_quota", "exceeded your current quota", "spending limit", "out of credits", "no credits",
			"used all available credits", "doesn't have any credits", "does not have any credits", "insufficient credits",
			"insufficient balance", "credits are spent", "purchase credits", "purchase more credits", "buy more credits"):
		e.Kind = failure.Credits
	case status == http.StatusForbidden && containsAny(text, "usage guidelines", "failed check", "safety", "content_policy", "content policy"):
		e.Kind = failure.Refused
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		e.Kind = failure.Auth
	case status == http.StatusRequestTimeout:
		e.Kind, e.Retryable = failure.Timeout, true
	case status == http.StatusTooManyRequests:
		e.Kind, e.Retryable = failure.RateLimit, true
	case status == http.StatusConflict, status >= 500:
		e.Kind, e.Retryable = failure.Server, true
	case status >= 400:
		e.Kind = failure.Refused
	default: // a 2xx other than 200
		e.Kind = failure.Malformed
	}
}

// prefix returns the beginning of a message about an error of some kind.
func prefix(kind failure.Kind) string {
	switch kind {
	case failure.Auth:
		return "no access"
	case failure.Credits:
		return "no credits"
	case failure.Refused:
		return "the API refused the request"
	case failure.RateLimit:
		return "rate limited"
	case failure.Timeout:
		return "the server timed out"
	case failure.Malformed:
		return "the server answered with an unexpected status"
	}
	return "the server failed"
}

func containsAny(text string, words ...string) bool {
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

// retryAfter returns the wait that the headers ask for: retry-after-ms, or else Retry-After, in seconds (also with a
// fraction) or as an HTTP date. A date in the past is 0. The result is negative if there is no valid header.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if wait, ok := parseWait(h.Get("Retry-After-Ms"), time.Millisecond); ok {
		return wait
	}
	value := h.Get("Retry-After")
	if wait, ok := parseWait(value, time.Second); ok {
		return wait
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now))
	}
	return -1
}

func parseWait(value string, unit time.Duration) (time.Duration, bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !(f >= 0) {
		return 0, false
	}
	// A year is longer than any wait that is accepted, and fits a Duration.
	const year = 365 * 24 * time.Hour
	return time.Duration(min(f*float64(unit), float64(year))), true
}
