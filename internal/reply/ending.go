package reply

import (
	"strings"
	"unicode"
)

// Ending is the meaning of a finish_reason. Servers have many words for the same end.
type Ending int

// The endings.
const (
	Complete Ending = iota // the reply is complete, or the server gave no reason
	Limited                // a token limit cut the reply
	Filtered               // a content filter cut the reply
	Failed                 // the server failed
	Unknown                // an unknown finish_reason
)

// EndingOf returns the meaning of a finish_reason, in any case and with any separators, such as FINISH_REASON_MAX_TOKENS.
func EndingOf(finishReason string) Ending {
	if finishReason == "" {
		return Complete
	}
	word := letters(finishReason[strings.LastIndexAny(finishReason, ".:")+1:])
	word = strings.ReplaceAll(strings.TrimPrefix(word, "finishreason"), "cancell", "cancel")
	switch word {
	case "", "null", "none", "stop", "stopped", "stopsequence", "stopstring", "stopword", "eos", "eostoken", "endturn", "endofturn", "end",
		"complete", "completed", "finish", "finished", "done", "success", "toolcalls", "toolcall", "tooluse", "functioncall", "functioncalls":
		return Complete
	case "error", "abort", "aborted", "canceled", "timeout", "timedout", "failed", "failure", "insufficientsystemresource":
		return Failed
	case "language":
		return Filtered
	case "incomplete", "limit", "contextwindowexceeded", "modelcontextwindowexceeded":
		return Limited
	}
	for _, meaning := range []struct {
		part   string
		ending Ending
	}{
		{"error", Failed},
		{"failure", Failed},
		{"length", Limited},
		{"token", Limited},
		{"truncat", Limited},
		{"filter", Filtered},
		{"safety", Filtered},
		{"sensitive", Filtered},
		{"prohibited", Filtered},
		{"blocklist", Filtered},
		{"blocked", Filtered},
		{"recitation", Filtered},
		{"moderat", Filtered},
		{"guardrail", Filtered},
		{"policy", Filtered},
		{"spii", Filtered},
		{"flagged", Filtered},
		{"refusal", Filtered},
		{"refused", Filtered},
	} {
		if strings.Contains(word, meaning.part) {
			return meaning.ending
		}
	}
	return Unknown
}

// letters returns the letters of a word in lower case.
func letters(word string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsLetter(c) {
			return -1
		}
		return unicode.ToLower(c)
	}, word)
}
