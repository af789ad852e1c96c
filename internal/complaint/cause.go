package reply

import (
	"net/http"
	"slices"
	"strings"
	"unicode"
)

// cause is the subject of a refusal.
type cause int

const (
	aboutRequest cause = iota // the request, or unknown
	aboutKey                  // the key, the account or the team: every other request would fail too
	aboutCredits
	aboutRate
)

// cause returns the subject of an error. The status decides; if it is ambiguous, the error's own code; and only without a
// known code the beginning of the message, because the rest may quote the prompt.
func (c *complaint) cause(status int) cause {
	named, known := c.namedCause()
	switch {
	case status < 400:
		return aboutRequest
	case status == http.StatusPaymentRequired, named == aboutCredits:
		return aboutCredits
	case status == http.StatusUnauthorized:
		return aboutKey
	case status == http.StatusRequestTimeout, status == http.StatusConflict, status >= 500:
		return aboutRequest
	case status == http.StatusTooManyRequests:
		if !known && c.opensWithCredits() {
			return aboutCredits
		}
		return aboutRate
	case c.foreign || c.aboutInput:
		// Text that is not JSON comes from a firewall.
		return aboutRequest
	case known:
		return named
	case status == http.StatusForbidden:
		return c.forbiddenCause()
	}
	return c.statedCause()
}

// namedCause returns the cause that the first known code, type or status of the error names; known is false if there is
// none.
func (c *complaint) namedCause() (named cause, known bool) {
	for _, word := range c.words {
		for _, row := range []struct {
			cause cause
			parts []string
		}{
			{aboutCredits, []string{
				"insufficientquota", "insufficientuserquota", "insufficientcredit", "insufficientbalance", "insufficientfunds",
				"currentquota", "arrear", "billinghardlimit", "billingnotactive", "paymentrequired", "creditsexhausted",
			}},
			{aboutRate, []string{"ratelimit", "toomanyrequests", "throttl"}},
			{aboutKey, []string{"apikey", "authentication", "unauthenticated", "unauthorized", "account", "deactivated", "suspended"}},
			{aboutRequest, []string{
				"model", "image", "prompt", "json", "content", "context", "param", "schema", "moderat", "safety", "guardrail", "policyviolation",
				"input", "message", "invalidvalue", "invalidtype", "toolong", "toolarge",
			}},
		} {
			if hasPart(word, row.parts) {
				return row.cause, true
			}
		}
	}
	return aboutRequest, false
}

// statedCause returns the cause of a 4xx other than a 403: the request, unless the message begins with a phrase of servers
// that don't mark the cause otherwise. xAI reports a bad key as a 400. A phrase that ends with a period is a complete
// sentence.
func (c *complaint) statedCause() cause {
	begins := func(phrases ...string) bool {
		return slices.ContainsFunc(phrases, func(phrase string) bool { return strings.HasPrefix(opening(c.message)+". ", " "+phrase+" ") })
	}
	switch {
	case begins("incorrect api key provided", "invalid api key provided", "invalid api key .", "incorrect api key .", "api key not valid",
		"api key is not valid", "api key is invalid", "api key expired", "api key has expired", "missing api key ."):
		return aboutKey
	case begins("your credit balance is too low", "insufficient balance", "insufficient credits"):
		return aboutCredits
	}
	return aboutRequest
}

// opensWithCredits reports whether a 429 without a known code is about spent credits. A rate limit may be followed by an
// offer of credits.
func (c *complaint) opensWithCredits() bool {
	opening := opening(c.message)
	return firstOf(opening, creditPhrases()...) < firstOf(opening, "rate limit", "rate limits", "rate limited", "too many requests", "requests per")
}

func creditPhrases() []string {
	return []string{"credit", "credits", "spending limit", "insufficient balance", "credit balance"}
}

// forbiddenCause returns the cause of a 403 without a known code: the one that its first sentence names first.
func (c *complaint) forbiddenCause() cause {
	opening := opening(c.message)
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
		return aboutRequest
	case credits < len(opening):
		return aboutCredits
	}
	return aboutKey
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
