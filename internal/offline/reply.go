package offline

import (
	"iter"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// fingerprint is the system_fingerprint of every reply: this model never changes.
const fingerprint = "fp_offline"

// pictureTokens is what a picture counts in usage, whatever its size.
const pictureTokens = 256

// An answer is one reply, the same in each of its choices.
type answer struct {
	said

	id, model string
	choices   int
	usage     usage
}

type usage struct {
	PromptTokens     int             `json:"prompt_tokens"`
	CompletionTokens int             `json:"completion_tokens"`
	TotalTokens      int             `json:"total_tokens"`
	Prompt           promptUsage     `json:"prompt_tokens_details"`
	Completion       completionUsage `json:"completion_tokens_details"`
	Sources          int             `json:"num_sources_used"`
	CostTicks        int             `json:"cost_in_usd_ticks"`
}

type promptUsage struct {
	Text   int `json:"text_tokens"`
	Audio  int `json:"audio_tokens"`
	Image  int `json:"image_tokens"`
	Cached int `json:"cached_tokens"`
}

type completionUsage struct {
	Reasoning int `json:"reasoning_tokens"`
	Audio     int `json:"audio_tokens"`
	Accepted  int `json:"accepted_prediction_tokens"`
	Rejected  int `json:"rejected_prediction_tokens"`
}

// newAnswer makes the reply of what is said to a request. A stop sequence cuts first, then the limit.
func newAnswer(q *request, id string, s *said) *answer {
	a := &answer{said: *s, id: id, model: q.model, choices: q.choices()}
	full := untilStop(s.text, q.stop)
	var count int
	a.text, count = firstTokens(full, q.limit())
	switch {
	case a.finish != "":
	case len(a.text) < len(full):
		a.finish = "length"
	case len(a.calls) > 0:
		a.finish = "tool_calls"
	default:
		a.finish = "stop"
	}
	for i := range a.calls {
		_, more := firstTokens(string(a.calls[i].Function.Arguments), -1)
		count += more
	}
	_, thought := firstTokens(a.reasoning, -1)
	a.usage = measureUsage(q.messages, count*a.choices, thought*a.choices)
	return a
}

// measureUsage counts as xAI does: what was thought is in the total, but not among the completion's tokens.
func measureUsage(messages []message, completion, reasoning int) usage {
	u := usage{CompletionTokens: completion, Completion: completionUsage{Reasoning: reasoning}}
	for _, m := range messages {
		_, count := firstTokens(m.text, -1)
		u.Prompt.Text += count
		u.Prompt.Image += len(m.pictures) * pictureTokens
	}
	u.PromptTokens = u.Prompt.Text + u.Prompt.Image
	u.TotalTokens = u.PromptTokens + u.CompletionTokens + reasoning
	u.CostTicks = u.PromptTokens*promptPrice + (u.CompletionTokens+reasoning)*completionPrice
	return u
}

// limitHeaders says what of the rate limits is left.
func limitHeaders(v *visit, a *answer) {
	const tokens = 10_000_000
	limit, remaining := v.scene.left()
	set := func(name string, n int) { v.w.Header().Set(name, strconv.Itoa(n)) }
	set("X-Ratelimit-Limit-Requests", limit)
	set("X-Ratelimit-Remaining-Requests", remaining)
	set("X-Ratelimit-Limit-Tokens", tokens)
	set("X-Ratelimit-Remaining-Tokens", max(0, tokens-a.usage.TotalTokens))
}

// untilStop cuts before the stop sequence that comes first. An empty one stops nothing.
func untilStop(text string, stops []string) string {
	for _, stop := range stops {
		if stop != "" {
			text, _, _ = strings.Cut(text, stop)
		}
	}
	return text
}

// tokens cuts a text into words, each with the white space before it; the last one has the white space at the end too. It is
// a sequence and not a slice: of a text of one-letter words, a slice would be many times the text.
func tokens(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for text != "" {
			end := tokenEnd(text)
			if !yield(text[:end]) {
				return
			}
			text = text[end:]
		}
	}
}

func tokenEnd(text string) int {
	word := strings.IndexFunc(text, notSpace)
	if word < 0 {
		return len(text)
	}
	gap := strings.IndexFunc(text[word:], unicode.IsSpace)
	if gap < 0 || strings.IndexFunc(text[word+gap:], notSpace) < 0 {
		return len(text)
	}
	return word + gap
}

func notSpace(r rune) bool { return !unicode.IsSpace(r) }

// firstTokens returns the start of a text, at most most tokens of it (-1: all), and how many those are.
func firstTokens(text string, most int) (string, int) {
	end, count := 0, 0
	for token := range tokens(text) {
		if count == most {
			break
		}
		end += len(token)
		count++
	}
	return text[:end], count
}

// wireMessage is a message, or what a chunk adds to one, as the wire has it.
type wireMessage struct {
	Role      string  `json:"role,omitempty"`
	Content   *string `json:"content,omitempty"`
	Reasoning string  `json:"reasoning_content,omitempty"`
	Refusal   *string `json:"refusal,omitempty"`
	Calls     any     `json:"tool_calls,omitempty"`
}

// message is the message of a choice of a whole reply.
func (a *answer) message() []byte {
	m := struct {
		Role      string  `json:"role"`
		Content   string  `json:"content"`
		Reasoning string  `json:"reasoning_content,omitempty"`
		Refusal   *string `json:"refusal"`
		Calls     []call  `json:"tool_calls,omitempty"`
	}{"assistant", a.text, a.reasoning, nil, a.calls}
	if a.refusal != "" {
		m.Refusal = &a.refusal
	}
	return encode(m)
}

// pieces are the reply as one JSON object: what comes before a message, and the message, which all choices share, for each
// choice in turn, then the rest. A text of many megabytes is in memory once, and not once for each choice.
func (a *answer) pieces() [][]byte {
	quote := func(s string) string { return string(rawjson.Quote(s)) }
	message := a.message()
	next := `{"id":` + quote(a.id) + `,"object":"chat.completion","created":` + strconv.Itoa(created) + `,"model":` + quote(a.model) + `,"choices":[`
	pieces := make([][]byte, 0, 2*a.choices+1)
	for i := range a.choices {
		pieces = append(pieces, []byte(next+`{"index":`+strconv.Itoa(i)+`,"message":`), message)
		next = `,"finish_reason":` + quote(a.finish) + `},`
	}
	next = strings.TrimSuffix(next, ",") + `],"usage":` + string(encode(a.usage)) + `,"system_fingerprint":` + quote(fingerprint) + `}`
	return append(pieces, []byte(next))
}

// write sends the reply as one JSON object.
func (a *answer) write(v *visit) {
	pieces := a.pieces()
	if v.trouble.whole(v, pieces) {
		return
	}
	length := 0
	for _, piece := range pieces {
		length += len(piece)
	}
	v.w.Header().Set("Content-Type", "application/json")
	v.w.Header().Set("Content-Length", strconv.Itoa(length))
	for _, piece := range pieces {
		if _, err := v.w.Write(piece); err != nil {
			panic(http.ErrAbortHandler)
		}
	}
}
