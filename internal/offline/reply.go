package offline

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/faults"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// fingerprint is the system_fingerprint of every reply: these models never change.
const fingerprint = "fp_offline"

// created is the time of every reply and model, 2026-01-01T00:00:00Z.
const created = 1767225600

// completion holds what a model writes in one choice.
type completion struct {
	text, reasoning, refusal string
	calls                    []toolCall
	finish                   string // empty if it follows from the rest
}

// chatReply is the reply to one request. All its choices have the same completion.
type chatReply struct {
	completion

	id, model string
	choices   int
	usage     tokenUsage
	top       int // how many alternatives stand with the log probability of each token; -1 for no log probabilities
}

// newReply returns a completion as the reply to a request. A stop sequence cuts it first, then the limit of tokens.
func newReply(q *chatRequest, id string, c *completion) *chatReply {
	r := &chatReply{completion: *c, id: id, model: q.model, choices: q.choices(), top: -1}
	full := beforeStop(c.text, q.stop)
	r.text = full
	if limit := q.limit(); limit >= 0 {
		r.text = firstTokens(full, limit)
	}
	switch {
	case r.finish != "":
	case len(r.text) < len(full):
		r.finish = "length"
	case len(r.calls) > 0:
		r.finish = "tool_calls"
	default:
		r.finish = "stop"
	}
	r.usage = measureUsage(q.prompt, &r.completion, r.choices)
	return r
}

// measureUsage counts as xAI does: the tokens of the reasoning are in the total, but not among those of the completion.
func measureUsage(prompt promptUsage, c *completion, choices int) tokenUsage {
	completed, reasoning := countTokens(c.text), countTokens(c.reasoning)*choices
	for _, call := range c.calls {
		completed += countTokens(string(call.Function.Arguments))
	}
	u := tokenUsage{PromptTokens: prompt.tokens(), CompletionTokens: completed * choices, Prompt: prompt}
	u.Completion = completionUsage{Reasoning: reasoning}
	u.TotalTokens = u.PromptTokens + u.CompletionTokens + reasoning
	u.CostTicks = prompt.cost() + (u.CompletionTokens+reasoning)*completionPrice
	return u
}

// beforeStop returns the text before the first stop sequence. An empty sequence stops nothing.
func beforeStop(text string, stops []string) string {
	for _, stop := range stops {
		if stop != "" {
			text, _, _ = strings.Cut(text, stop)
		}
	}
	return text
}

// describe tells what the settings find in the reply.
func (r *chatReply) describe(x *exchange) {
	x.has |= faults.Reply
	if len(r.calls) > 0 {
		x.has |= faults.Calls
	}
	x.deltas = countTokens(r.text)
	for _, call := range r.calls {
		x.deltas += len(call.split(x.session.Pieces))
	}
}

// write sends the reply as one JSON object.
func (r *chatReply) write(x *exchange) {
	pieces := r.pieces()
	switch how, _ := x.faults.Interruption(false, 0); how {
	case faults.Uninterrupted:
		r.writePieces(x, pieces)
	case faults.Failed:
		writeJSON(x.w, http.StatusOK, unavailable())
	default:
		x.w.Header().Set("Content-Type", "application/json")
		x.write(pieces[0])
		x.write(pieces[1][:len(pieces[1])/2])
		x.breakOff(how)
	}
}

func (r *chatReply) writePieces(x *exchange, pieces [][]byte) {
	length := 0
	for _, piece := range pieces {
		length += len(piece)
	}
	x.w.Header().Set("Content-Type", "application/json")
	x.w.Header().Set("Content-Length", strconv.Itoa(length))
	for _, piece := range pieces {
		x.write(piece)
	}
}

// pieces returns the JSON of the reply in pieces: for each choice what stands before its message and the message, then
// the rest. The choices share one message, so that a text of many megabytes is in memory once.
func (r *chatReply) pieces() [][]byte {
	quote := func(s string) string { return string(rawjson.Quote(s)) }
	message := r.message()
	next := `{"id":` + quote(r.id) + `,"object":"chat.completion","created":` + strconv.Itoa(created) +
		`,"model":` + quote(r.model) + `,"choices":[`
	pieces := make([][]byte, 0, 2*r.choices+1)
	for i := range r.choices {
		pieces = append(pieces, []byte(next+`{"index":`+strconv.Itoa(i)+`,"message":`), message)
		next = `,"finish_reason":` + string(encode(r.finishReason())) + `},`
	}
	next = strings.TrimSuffix(next, ",") + `],"usage":` + string(encode(r.usage)) +
		`,"system_fingerprint":` + quote(fingerprint) + `}`
	return append(pieces, []byte(next))
}

// finishReason returns why each choice ended; nil if it has no reason.
func (r *chatReply) finishReason() *string {
	if r.finish == "null" {
		return nil
	}
	return &r.finish
}

// message returns the JSON of a choice's message, and with it the log probabilities.
func (r *chatReply) message() []byte {
	m := struct {
		Role      string     `json:"role"`
		Content   string     `json:"content"`
		Reasoning string     `json:"reasoning_content,omitempty"`
		Refusal   *string    `json:"refusal"`
		Calls     []toolCall `json:"tool_calls,omitempty"`
	}{"assistant", r.text, r.reasoning, nil, r.calls}
	if r.refusal != "" {
		m.Refusal = &r.refusal
	}
	if r.top < 0 {
		return encode(m)
	}
	return slices.Concat(encode(m), []byte(`,"logprobs":`), encode(logprobsOf(tokensOf(r.text), r.top)))
}
