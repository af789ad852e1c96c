package reply

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// StatusError returns the Error of a response whose status is not a success. body may be cut after MaxErrorText bytes;
// if it is longer, the message says so.
func StatusError(resp *http.Response, body []byte) *Error {
	c := readComplaint(body)
	if len(body) > MaxErrorText && c.message != "" {
		c.message = fmt.Sprintf("over %d MiB of text, which begins: %s", MaxErrorText>>20, c.message)
	}
	e := newServerError(c, resp.StatusCode, body)
	e.RequestID = requestID(resp.Header)
	e.After = max(e.After, RetryAfter(resp.Header, time.Now()))
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return e.redirected(resp)
	}
	e.judge(resp.StatusCode, c)
	wrongURL := isWrongURL(resp, c)
	if wrongURL {
		e.Kind = failure.NotAPI
	}
	if c.message == "" || wrongURL {
		e.Message = emptyMessage(resp, body)
	}
	if resp.Header.Get("x-should-retry") == "false" {
		e.Retryable = false
	}
	return e
}

func newServerError(c complaint, status int, body []byte) *Error {
	e := &Error{Status: status, Code: c.code, Message: c.message, After: c.after}
	if compact, err := rawjson.Compact(body); err == nil {
		e.Body = compact
	}
	return e
}

func (e *Error) redirected(resp *http.Response) *Error {
	e.Kind, e.Message = failure.Redirect, "the server redirects elsewhere, and redirects are not followed"
	if to, err := resp.Location(); err == nil {
		// Leave out the query, which may contain a secret.
		e.Message = "the server redirects to " + to.Scheme + "://" + to.Host + to.EscapedPath() + ", and redirects are not followed"
	}
	return e
}

// isWrongURL reports whether a response means that the server does not know the path. The API's own 404 is different:
// its message names the missing object.
func isWrongURL(resp *http.Response, c complaint) bool {
	if resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusMethodNotAllowed {
		return false
	}
	if namesURL(c, resp.Request) {
		return true
	}
	switch strings.ToLower(strings.Trim(c.message, " .!:-405\n")) {
	case "", "not found", "page not found", "file not found", "route not found", "resource not found", "no such route", "method not allowed":
		return true
	}
	return false
}

// namesURL reports whether an error names the path of the request, in JSON also its method, as in "Cannot POST /v1/x".
func namesURL(c complaint, req *http.Request) bool {
	if req.URL == nil {
		return false
	}
	path := req.URL.Path
	return c.foreign && strings.Contains(c.message, path) || strings.Contains(c.message, cmp.Or(req.Method, http.MethodGet)+" "+path)
}

func emptyMessage(resp *http.Response, body []byte) string {
	text := strings.ToLower(http.StatusText(resp.StatusCode))
	if text == "" {
		text = "an unknown status"
	}
	if page := pageName(body, resp.Header); page != "" {
		text += " with " + page
	}
	return "the server answered " + text
}

// insideError returns the Error of a failure inside a reply or a stream. If the failure has no status, its words imply
// one.
func insideError(raw []byte, status int, id string) *Error {
	var c complaint
	if len(raw) <= MaxErrorText {
		c = readComplaint(raw)
	} else {
		c.message = fmt.Sprintf("an error of over %d MiB, which is not read", MaxErrorText>>20)
	}
	e := newServerError(c, status, raw)
	e.RequestID = id
	if c.status != 0 {
		e.Status = c.status
		status = c.status
	} else {
		status = c.impliedStatus()
	}
	e.judge(status, c)
	if c.message == "" {
		e.Message = "the server reported an error without a message"
	}
	return e
}

// impliedStatus returns the HTTP status that the words of an error imply; if there is none, that of a server error.
func (c *complaint) impliedStatus() int {
	for _, known := range []struct {
		status int
		parts  []string
	}{
		{http.StatusTooManyRequests, []string{"ratelimit", "toomanyrequests", "resourceexhausted", "throttl"}},
		{http.StatusUnauthorized, []string{"unauthenticated", "authentication", "invalidapikey"}},
		{http.StatusForbidden, []string{"permission"}},
		{http.StatusNotFound, []string{"notfound"}},
		{http.StatusBadRequest, []string{"invalidrequest", "invalidargument", "badrequest"}},
	} {
		if c.names(known.parts) {
			return known.status
		}
	}
	return http.StatusInternalServerError
}

// names reports whether one of the words that name the error contains one of the parts.
func (c *complaint) names(parts []string) bool {
	return slices.ContainsFunc(c.words, func(word string) bool { return hasPart(word, parts) })
}

// hasPart reports whether a word, reduced to letters, contains one of the parts.
func hasPart(word string, parts []string) bool {
	word = letters(word)
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(word, part) })
}

// judge sets the kind, sets Retryable, and prefixes the message with a description of the kind.
func (e *Error) judge(status int, c complaint) {
	defer func(message string) { e.Message = about(e.Kind) + ": " + message }(e.Message)
	why := c.cause(status)
	switch {
	case why == aboutCredits:
		e.Kind = failure.Credits
	case why == aboutKey:
		e.Kind = failure.Auth
	case why == aboutRate:
		e.Kind, e.Retryable = failure.RateLimit, true
	case status == http.StatusRequestTimeout:
		e.Kind, e.Retryable = failure.Timeout, true
	case status == http.StatusConflict, status >= 500:
		e.Kind, e.Retryable = failure.Server, true
	case status >= 400:
		e.Kind = failure.Refused
	default:
		e.Kind = failure.Malformed
	}
}

// about returns a description of a kind of failure, with which a message begins.
func about(kind failure.Kind) string {
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

func requestID(h http.Header) string {
	for _, name := range []string{"X-Request-Id", "Request-Id"} {
		if id := h.Get(name); id != "" {
			return id
		}
	}
	return ""
}

// none stands for a request not to wait.
const none = time.Nanosecond

// RetryAfter returns the wait that a response header requests: retry-after-ms, or else the longest Retry-After. It returns
// 0 if there is no valid one.
func RetryAfter(h http.Header, now time.Time) (longest time.Duration) {
	if wait, ok := fraction(h.Get("Retry-After-Ms"), time.Millisecond); ok {
		return max(none, wait)
	}
	for _, value := range h.Values("Retry-After") {
		longest = max(longest, waitOf(value, now))
	}
	return longest
}

// waitOf parses a Retry-After: seconds, also with a fraction, an HTTP date, or seconds or milliseconds since 1970. It
// returns a nanosecond if no wait is requested.
func waitOf(value string, now time.Time) time.Duration {
	// A number over decades can only be a point in time.
	const decades = 1e9
	if n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64); err == nil && n > decades && n < 1e6*decades {
		at := time.Unix(n, 0)
		if n > 1000*decades {
			at = time.UnixMilli(n)
		}
		return max(none, at.Sub(now))
	}
	if wait, ok := fraction(value, time.Second); ok {
		return max(none, wait)
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(none, date.Sub(now))
	}
	return 0
}

func fraction(value string, unit time.Duration) (time.Duration, bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || !(f >= 0) || math.IsInf(f, 1) {
		return 0, false
	}
	// A year exceeds any accepted wait and does not overflow a Duration.
	const year = 365 * 24 * time.Hour
	return time.Duration(min(f*float64(unit), float64(year))), true
}
