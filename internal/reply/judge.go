package reply

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/complaint"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// StatusError returns the Error of a response whose status is not a success. body may be cut after MaxErrorText bytes;
// if it is longer, the message says so.
func StatusError(resp *http.Response, body []byte) *Error {
	c := complaint.Read(body)
	if len(body) > MaxErrorText && c.Message != "" {
		c.Message = fmt.Sprintf("over %d MiB of text, which begins: %s", MaxErrorText>>20, c.Message)
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
	if c.Message == "" || wrongURL {
		e.Message = emptyMessage(resp, body)
	}
	if resp.Header.Get("x-should-retry") == "false" {
		e.Retryable = false
	}
	return e
}

func newServerError(c complaint.Complaint, status int, body []byte) *Error {
	e := &Error{Status: status, Code: c.Code, Message: c.Message, After: c.After}
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
func isWrongURL(resp *http.Response, c complaint.Complaint) bool {
	if resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusMethodNotAllowed {
		return false
	}
	if namesURL(c, resp.Request) {
		return true
	}
	switch strings.ToLower(strings.Trim(c.Message, " .!:-405\n")) {
	case "", "not found", "page not found", "file not found", "route not found", "resource not found", "no such route", "method not allowed":
		return true
	}
	return false
}

// namesURL reports whether an error names the path of the request, in JSON also its method, as in "Cannot POST /v1/x".
func namesURL(c complaint.Complaint, req *http.Request) bool {
	if req.URL == nil {
		return false
	}
	path := req.URL.Path
	return c.Foreign && strings.Contains(c.Message, path) || strings.Contains(c.Message, cmp.Or(req.Method, http.MethodGet)+" "+path)
}

func emptyMessage(resp *http.Response, body []byte) string {
	text := strings.ToLower(http.StatusText(resp.StatusCode))
	if text == "" {
		text = "an unknown status"
	}
	if page := complaint.PageName(body, resp.Header); page != "" {
		text += " with " + page
	}
	return "the server answered " + text
}

// insideError returns the Error of a failure inside a reply or a stream. If the failure has no status, its words imply
// one.
func insideError(raw []byte, status int, id string) *Error {
	var c complaint.Complaint
	if len(raw) <= MaxErrorText {
		c = complaint.Read(raw)
	} else {
		c.Message = fmt.Sprintf("an error of over %d MiB, which is not read", MaxErrorText>>20)
	}
	e := newServerError(c, status, raw)
	e.RequestID = id
	if c.Status != 0 {
		e.Status = c.Status
		status = c.Status
	} else {
		status = c.ImpliedStatus()
	}
	e.judge(status, c)
	if c.Message == "" {
		e.Message = "the server reported an error without a message"
	}
	return e
}

// judge sets the kind, sets Retryable, and prefixes the message with a description of the kind.
func (e *Error) judge(status int, c complaint.Complaint) {
	defer func(message string) { e.Message = about(e.Kind) + ": " + message }(e.Message)
	why := c.Cause(status)
	switch {
	case why == complaint.AboutCredits:
		e.Kind = failure.Credits
	case why == complaint.AboutKey:
		e.Kind = failure.Auth
	case why == complaint.AboutRate:
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
