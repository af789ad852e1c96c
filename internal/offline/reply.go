package offline

import (
	"bufio"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"unicode"
)

// fingerprint is the system_fingerprint of every reply: this model never changes.
const fingerprint = "fp_offline"

// pictureTokens is what a picture counts in usage, whatever its size.
const pictureTokens = 256

// An answer is one reply, the same text in each of its choices.
type answer struct {
	id, model string
	text      string
	finish    string
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

// newAnswer makes the reply to a request that was checked. A stop sequence cuts first, then the limit.
func newAnswer(q *request, id string) *answer {
	a := &answer{id: id, model: q.model, finish: "stop", choices: q.choices()}
	full := untilStop(echo(q.messages), q.stop)
	var count int
	a.text, count = firstTokens(full, q.limit())
	if len(a.text) < len(full) {
		a.finish = "length"
	}
	a.usage = measureUsage(q.messages, count*a.choices)
	return a
}

func measureUsage(messages []message, completion int) usage {
	u := usage{CompletionTokens: completion}
	for _, m := range messages {
		_, count := firstTokens(m.text, -1)
		u.Prompt.Text += count
		u.Prompt.Image += len(m.pictures) * pictureTokens
	}
	u.PromptTokens = u.Prompt.Text + u.Prompt.Image
	u.TotalTokens = u.PromptTokens + u.CompletionTokens
	u.CostTicks = u.PromptTokens*promptPrice + u.CompletionTokens*completionPrice
	return u
}

// echo is what the model says: the last user message's text and what pictures it has. A conversation without a user message
// gets its last message back.
func echo(messages []message) string {
	last := messages[len(messages)-1]
	for _, m := range messages {
		if m.role == "user" {
			last = m
		}
	}
	switch n := len(last.pictures); {
	case n == 0 && last.text == "" && last.role != "user":
		return "There is no text to repeat."
	case n == 0:
		return last.text
	default:
		return strings.TrimPrefix(fmt.Sprintf("%s\n%s: %s", last.text, counted(n), strings.Join(last.pictures, " ")), "\n")
	}
}

func counted(pictures int) string {
	if pictures == 1 {
		return "1 picture"
	}
	return fmt.Sprintf("%d pictures", pictures)
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

// write sends the reply as one JSON object. The choices are written one by one: a text of many megabytes is in memory once,
// and not once for each.
func (a *answer) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	message := encode(struct {
		Role    string  `json:"role"`
		Content string  `json:"content"`
		Refusal *string `json:"refusal"`
	}{"assistant", a.text, nil})
	out := bufio.NewWriter(w)
	// Whoever can't be written to has gone, and nobody else is to be told; bufio takes the rest without effort.
	put := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format, args...) }
	put(`{"id":"%s","object":"chat.completion","created":%d,"model":%s,"choices":[`, a.id, created, encode(a.model))
	for i := range a.choices {
		if i > 0 {
			put(",")
		}
		put(`{"index":%d,"message":%s,"finish_reason":"%s"}`, i, message, a.finish)
	}
	put(`],"usage":%s,"system_fingerprint":"%s"}`, encode(a.usage), fingerprint)
	_ = out.Flush()
}
