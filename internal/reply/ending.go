package reply

import (
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/complaint"
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
	if finishReason == "" || finishReason == "stop" {
		// Nearly all replies end like this.
		return Complete
	}
	word := complaint.Letters(finishReason[strings.LastIndexAny(finishReason, ".:")+1:])
	word = strings.ReplaceAll(strings.TrimPrefix(word, "finishreason"), "cancell", "cancel")
	switch word {
	case "", "null", "none", "finish", "finished", "done", "complete", "completed", "success", "normal", "noerror",
		"toolcalls", "toolcall", "tooluse", "functioncall", "functioncalls":
		return Complete
	case "abort", "aborted", "failed", "internal":
		return Failed
	case "language":
		return Filtered
	}
	if ending := endingByPart(word); ending != Unknown {
		return ending
	}
	for _, beginning := range []string{"stop", "end", "eos", "eot"} {
		if strings.HasPrefix(word, beginning) {
			return Complete
		}
	}
	if strings.Contains(word, "token") {
		return Limited
	}
	return Unknown
}

// endingByPart returns the meaning of a word by the first known part that it contains, otherwise Unknown. Filters and limits
// come before errors because of words such as ERROR_TOXIC and ERROR_LIMIT.
func endingByPart(word string) Ending {
	for _, known := range []struct {
		ending Ending
		parts  string
	}{
		{Filtered, "filter safety unsafe sensitive prohibited blocklist blacklist blocked recitation moderat guardrail policy spii flagged " +
			"refusal refused toxic violat violen censor nsfw jailbreak harm sexual illegal copyright"},
		{Failed, "ratelimit quota timeout timedout cancel interrupt preempt overload unavailable busy disconnect insufficientsystemresource"},
		{Limited, "length limit truncat max context exceed overflow exhaust cutoff incomplete unfinished notfinished partial"},
		{Failed, "error failure"},
	} {
		for part := range strings.FieldsSeq(known.parts) {
			if strings.Contains(word, part) {
				return known.ending
			}
		}
	}
	return Unknown
}

// isFinished reports whether a finish_reason ends a reply without a failure of the server.
func isFinished(finishReason string) bool {
	return finishReason != "" && EndingOf(finishReason) != Failed
}
