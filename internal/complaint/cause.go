package complaint

import (
	"net/http"
	"slices"
	"strings"
	"unicode"
)

// Cause is the subject of a refusal.
type Cause int

// The subjects.
const (
	AboutRequest Cause = iota // the request, or unknown
	AboutKey                  // the key, the account or the team: every other request would fail too
	AboutCredits
	AboutRate
)

// Cause returns the subject of an error. The status decides; if it is ambiguous, the error's own code; and only without a
// known code the beginning of the message, because the rest may quote the prompt.
func (c *Complaint) Cause(status int) Cause {
	named, known := c.namedCause()
	switch {
	case status < 400:
		return AboutRequest
	case status == http.StatusPaymentRequired, named == AboutCredits:
		return AboutCredits
	case status == http.StatusUnauthorized:
		return AboutKey
	case status == http.StatusRequestTimeout, status == http.StatusConflict, status >= 500:
		return AboutRequest
	case status == http.StatusTooManyRequests:
		if !known && c.opensWithCredits() {
			return AboutCredits
		}
		return AboutRate
	case c.Foreign || c.aboutInput:
		// Text that is not JSON comes from a firewall.
		return AboutRequest
	case known:
		return named
	case status == http.StatusForbidden:
		return c.forbiddenCause()
	}
	return c.statedCause()
}

// namedCause returns the cause that the first known code, type or status of the error names; known is false if there is
// none.
func (c *Complaint) namedCause() (named Cause, known bool) {
	for _, word := range c.words {
		for _, row := range []struct {
			cause Cause
			parts []string
		}{
			{AboutCredits, []string{
				"insufficientquota", "insufficientuserquota", "insufficientcredit", "insufficientbalance", "insufficientfunds",
				"currentquota", "arrear", "billinghardlimit", "billingnotactive", "paymentrequired", "creditsexhausted",
			}},
			{AboutRate, []string{"ratelimit", "toomanyrequests", "throttl"}},
			{AboutKey, []string{"apikey", "authentication", "unauthenticated", "unauthorized", "account", "deactivated", "suspended"}},
			{AboutRequest, []string{
				"model", "image", "prompt", "json", "content", "context", "param", "schema", "moderat", "safety", "guardrail", "policyviolation",
				"input", "message", "invalidvalue", "invalidtype", "toolong", "toolarge",
			}},
		} {
			if hasPart(word, row.parts) {
				return row.cause, true
			}
		}
	}
	return AboutRequest, false
}

// statedCause returns the cause of a 4xx other than a 403: the request, unless the message begins with a phrase of servers
// that don't mark the cause otherwise. xAI reports a bad key as a 400. A phrase that ends with a period is a complete
// sentence.
func (c *Complaint) statedCause() Cause {
	begins := func(phrases ...string) bool {
		return slices.ContainsFunc(phrases, func(phrase string) bool { return strings.HasPrefix(opening(c.Message)+". ", " "+phrase+" ") })
	}
	switch {
	case begins("incorrect api key provided", "invalid api key provided", "invalid api key .", "incorrect api key .", "api key not valid",
		"api key is not valid", "api key is invalid", "api key expired", "api key has expired", "missing api key ."):
		return AboutKey
	case begins("your credit balance is too low", "insufficient balance", "insufficient credits"):
		return AboutCredits
	}
	return AboutRequest
}

// opensWithCredits reports whether a 429 without a known code is about spent credits. A rate limit may be followed by an
// offer of credits.
func (c *Complaint) opensWithCredits() bool {
	opening := opening(c.Message)
	return firstOf(opening, creditPhrases()...) < firstOf(opening, "rate limit", "rate limits", "rate limited", "too many requests", "requests per")
}

func creditPhrases() []string {
	return []string{"credit", "credits", "spending limit", "insufficient balance", "credit balance"}
}

// forbiddenCause returns the cause of a 403 without a known code: the one that its first sentence names first.
func (c *Complaint) forbiddenCause() Cause {
	opening := opening(c.Message)
	credits := firstOf(opening, creditPhrases()...)
	account := firstOf(opening, "api key", "api-key", "apikey", "key", "account", "team", "organization", "workspace",
		"subscription", "permission to", "not authorized", "unauthorized", "suspended", "banned")
	input := firstOf(opening, "content", "usage guidelines", "usage policy", "usage policies", "failed check", "safety", "moderation", "flagged",
		"violate", "violates", "violated", "violating", "violation", "prompt", "prompts", "input", "inputs", "inappropriate", "harmful", "image",
		"images", "picture", "message", "messages", "file", "document", "url", "parameter", "tool", "tools", "request blocked", "request rejected",
		"request refused", "request was blocked", "request was rejected", "request was refused", "request is blocked", "request has been blocked",
		"request has been rejected", "blocked by")
	switch {
	case input < min(account, credits), strings.Contains(opening, " model "):
		// Requests for another model may succeed.
		return AboutRequest
	case credits < len(opening):
		return AboutCredits
	}
	return AboutKey
}

// firstOf returns the index of the first of the phrases in an opening; its length if there is none.
func firstOf(opening string, phrases ...string) int {
	first := len(opening)
	for _, phrase := range phrases {
		if i := strings.Index(opening, " "+phrase+" "); i >= 0 {
			first = min(first, i)
		}
	}
	return first
}

// opening returns the first sentence of a message as lower-case words between spaces, without quoted text and text after a
// colon. One or two words before a colon, such as "error:", are a label.
func opening(message string) string {
	const length, label = 160, 2
	var out strings.Builder
	closing, before := rune(0), ' '
	for _, c := range strings.ToLower(strings.TrimSpace(message)) {
		ends := c == ';' || unicode.IsSpace(c) && strings.ContainsRune(".!?", before) || c == ':' && len(strings.Fields(out.String())) > label
		switch {
		case closing != 0:
			if c == closing {
				closing = 0
			}
		case ends || out.Len() >= length:
			return words(out.String())
		case strings.ContainsRune("\"`“«", c), c == '\'' && !unicode.IsLetter(before):
			closing = closingQuote(c)
		case unicode.IsLetter(c), unicode.IsDigit(c), c == '-', c == '_':
			out.WriteRune(c)
		default:
			out.WriteByte(' ')
		}
		before = c
	}
	return words(out.String())
}

func closingQuote(opening rune) rune {
	switch opening {
	case '“':
		return '”'
	case '«':
		return '»'
	}
	return opening
}

// words returns the words of a text, with a space before and after each.
func words(text string) string { return " " + strings.Join(strings.Fields(text), " ") + " " }

// ImpliedStatus returns the HTTP status that the words of an error imply; if there is none, that of a server error.
func (c *Complaint) ImpliedStatus() int {
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
func (c *Complaint) names(parts []string) bool {
	return slices.ContainsFunc(c.words, func(word string) bool { return hasPart(word, parts) })
}

// hasPart reports whether a word, reduced to letters, contains one of the parts.
func hasPart(word string, parts []string) bool {
	word = Letters(word)
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(word, part) })
}

// Letters returns the letters of a word in lower case.
func Letters(word string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsLetter(c) {
			return -1
		}
		return unicode.ToLower(c)
	}, word)
}
