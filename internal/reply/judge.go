package reply

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

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
	e.After = max(e.After, retryAfter(resp.Header, time.Now()))
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return e.redirected(resp)
	}
	e.judge(resp.StatusCode, c)
	wrongURL := isWrongURL(resp.StatusCode, c)
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
func isWrongURL(status int, c complaint) bool {
	if status != http.StatusNotFound && status != http.StatusMethodNotAllowed {
		return false
	}
	message := strings.ToLower(strings.Trim(c.message, " .!"))
	return c.foreign || message == "" || message == "not found" || message == "method not allowed" || message == "resource not found"
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
		for _, part := range known.parts {
			if c.named(func(word string) bool { return strings.Contains(word, part) }) {
				return known.status
			}
		}
	}
	return http.StatusInternalServerError
}

// named reports whether is returns true for one of the words that name the error, reduced to letters.
func (c *complaint) named(is func(word string) bool) bool {
	return slices.ContainsFunc(c.words, func(word string) bool { return is(letters(word)) })
}

// judge sets the kind, sets Retryable, and prefixes the message with a description of the kind. It checks the status,
// then the words that name the error. The message may quote the prompt, so judge checks only its beginning, and only
// for errors that known servers don't mark otherwise: xAI reports a bad key as a 400, and spent credits as a 403 or a
// 429.
func (e *Error) judge(status int, c complaint) {
	defer func(message string) { e.Message = about(e.Kind) + ": " + message }(e.Message)
	switch {
	case status >= 400 && c.isAboutCredits(status):
		e.Kind = failure.Credits
	case status == http.StatusUnauthorized, c.isAboutKey(status):
		e.Kind = failure.Auth
	case status == http.StatusForbidden && !c.isAboutInput():
		e.Kind = failure.Auth
	case status == http.StatusRequestTimeout:
		e.Kind, e.Retryable = failure.Timeout, true
	case status == http.StatusTooManyRequests:
		e.Kind, e.Retryable = failure.RateLimit, true
	case status == http.StatusConflict, status >= 500:
		e.Kind, e.Retryable = failure.Server, true
	case status >= 400:
		e.Kind = failure.Refused
	default:
		e.Kind = failure.Malformed
	}
}

func (c *complaint) isAboutKey(status int) bool {
	if status < 400 || status >= 500 {
		return false
	}
	return c.named(func(word string) bool { return word == "invalidapikey" || word == "apikeyinvalid" }) ||
		c.begins("incorrect api key", "invalid api key", "api key not valid", "api key is invalid")
}

func (c *complaint) isAboutCredits(status int) bool {
	known := []string{
		"insufficientquota", "insufficientuserquota", "insufficientcredits", "insufficientbalance", "insufficientfunds",
		"billinghardlimitreached", "billingnotactive", "paymentrequired", "creditsexhausted",
	}
	switch {
	case status == http.StatusPaymentRequired, c.named(func(word string) bool { return slices.Contains(known, word) }):
		return true
	case status == http.StatusBadRequest:
		return c.begins("your credit balance", "insufficient balance", "insufficient credits")
	case status == http.StatusForbidden && !c.isAboutInput(), status == http.StatusTooManyRequests:
		return c.opens("credits", "spending limit", "insufficient balance", "credit balance")
	}
	return false
}

// isAboutInput reports whether a 403 concerns the content of the request, not the key: a safety refusal, or the
// response of a firewall, which is not JSON.
func (c *complaint) isAboutInput() bool {
	policy := func(word string) bool {
		return strings.Contains(word, "contentpolicy") || strings.Contains(word, "contentfilter") || strings.Contains(word, "moderation") ||
			strings.Contains(word, "safety")
	}
	return c.foreign || c.aboutInput || c.named(policy) ||
		c.opens("usage guidelines", "failed check", "content policy", "content filter", "content management", "safety", "moderation", "flagged",
			"violat", "blocked by", "prompt", "inappropriate", "harmful")
}

// begins reports whether the message begins with one of some words.
func (c *complaint) begins(words ...string) bool {
	message := strings.ToLower(strings.TrimSpace(c.message))
	return slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(message, word) })
}

// opens reports whether the first sentence or two of the message contain one of some words outside quotes.
func (c *complaint) opens(words ...string) bool {
	opening := opening(c.message)
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(opening, word) })
}

// opening returns the beginning of a message in lower case, without quoted text and text after a colon.
func opening(message string) string {
	// A short word before a colon, such as "error:", is a label.
	const length, label = 160, 20
	var out strings.Builder
	quote, before := rune(0), ' '
	for _, c := range strings.ToLower(message) {
		switch {
		case out.Len() >= length, out.Len() > label && (c == ':' || c == ';'):
			return out.String()
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case strings.ContainsRune("\"`“«", c), c == '\'' && !unicode.IsLetter(before):
			quote = c
			if closing := strings.NewReplacer("“", "”", "«", "»").Replace(string(c)); closing != string(c) {
				quote = []rune(closing)[0]
			}
		default:
			out.WriteRune(c)
		}
		before = c
	}
	return out.String()
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

// retryAfter returns the wait that a response header requests: retry-after-ms, or else the longest Retry-After. It returns
// 0 if there is no valid one.
func retryAfter(h http.Header, now time.Time) (longest time.Duration) {
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
	if err != nil || !(f >= 0) {
		return 0, false
	}
	// A year exceeds any accepted wait and does not overflow a Duration.
	const year = 365 * 24 * time.Hour
	return time.Duration(min(f*float64(unit), float64(year))), true
}
