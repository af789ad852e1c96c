package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Response is a complete reply.
type Response struct {
	// Raw is the body as the server wrote it, compacted to one line; nil for a stream.
	Raw []byte
	// Choices are in the order of their index.
	Choices []Choice
	// Usage is the usage object as the server wrote it; nil where it sent none.
	Usage json.RawMessage
	// RequestID is the server's x-request-id; empty where it sent none.
	RequestID string
	// Deferred is the request_id of a deferred reply, which has no choices yet.
	Deferred string
}

// Choice is one of a reply's answers.
type Choice struct {
	Index int
	// FinishReason is the server's word; empty where it sent none.
	FinishReason string
	// Text is the visible reply. It is empty for a stream, where Length still counts it.
	Text   string
	Length int64
	// Reasoning is empty for a stream.
	Reasoning string
	Refusal   string
	ToolCalls int
	// message is what a stream's pieces were put together to, if they were to be.
	message json.RawMessage
}

// Message is the message of a choice, by its place among the choices: as the server wrote
// it, or put together from a stream's pieces. It is nil where these were not collected.
func (r *Response) Message(place int) json.RawMessage {
	if r.Raw == nil {
		return r.Choices[place].message
	}
	body, err := rawjson.ParseObject(r.Raw)
	if err != nil {
		return nil
	}
	list, _ := rawjson.Elements(body.Get("choices"))
	for _, raw := range list {
		var wire struct {
			Index   int             `json:"index"`
			Message json.RawMessage `json:"message"`
		}
		if json.Unmarshal(raw, &wire) == nil && wire.Index == r.Choices[place].Index {
			return wire.Message
		}
	}
	return nil
}

// text is a message's content: a string, null, or a list of parts whose texts count.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(raw []byte) error {
	if inner := raw[1:max(1, len(raw)-1)]; raw[0] == '"' && bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		// Most pieces of a stream are a word without escapes.
		*t = text(inner)
		return nil
	}
	*t = ""
	if string(raw) == "null" {
		return nil
	}
	if raw[0] == '[' {
		var parts []struct {
			Text string `json:"text"`
		}
		if err := json.Unmarshal(raw, &parts); err != nil {
			return fmt.Errorf("reading content parts: %w", err)
		}
		for _, p := range parts {
			*t += text(p.Text)
		}
		return nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return fmt.Errorf("reading content: %w", err)
	}
	*t = text(s)
	return nil
}

// wireMessage is the part of a message, or of a stream's delta, that has a meaning here.
type wireMessage struct {
	Content          text              `json:"content"`
	ReasoningContent text              `json:"reasoning_content"`
	Reasoning        text              `json:"reasoning"` // Ollama's name for it
	Refusal          text              `json:"refusal"`
	ToolCalls        []json.RawMessage `json:"tool_calls"`
	FunctionCall     json.RawMessage   `json:"function_call"`
}

func (m *wireMessage) calls() int {
	if len(m.FunctionCall) > 0 && string(m.FunctionCall) != "null" {
		return len(m.ToolCalls) + 1
	}
	return len(m.ToolCalls)
}

type wireResponse struct {
	Choices []struct {
		Index        int             `json:"index"`
		Message      *wireMessage    `json:"message"`
		FinishReason *string         `json:"finish_reason"`
		Error        json.RawMessage `json:"error"`
	} `json:"choices"`
	Usage     json.RawMessage `json:"usage"`
	Error     json.RawMessage `json:"error"`
	RequestID string          `json:"request_id"`
}

// parseResponse reads the body of a 200 reply.
func parseResponse(body []byte, h http.Header) (*Response, error) {
	id := requestID(h)
	raw, err := rawjson.Compact(body)
	if err != nil {
		return nil, malformed(body, id, err)
	}
	var wire wireResponse
	err = json.Unmarshal(raw, &wire)
	if present(wire.Error) || err == nil && wire.Choices == nil && (wire.RequestID == "" || complains(raw)) {
		return nil, errorInside(raw, id)
	}
	if err != nil {
		return nil, malformed(body, id, err)
	}
	resp := &Response{Raw: raw, RequestID: id, Deferred: wire.RequestID}
	if present(wire.Usage) {
		resp.Usage = wire.Usage
	}
	for _, c := range wire.Choices {
		if err := choiceError(c.FinishReason, c.Error, id); err != nil {
			return nil, err
		}
		if c.Message == nil {
			return nil, malformed(body, id, errNoMessage)
		}
		m := c.Message
		choice := Choice{
			Index: c.Index, Text: string(m.Content), Length: int64(len(m.Content)),
			Reasoning: string(m.ReasoningContent + m.Reasoning), Refusal: string(m.Refusal), ToolCalls: m.calls(),
		}
		if c.FinishReason != nil {
			choice.FinishReason = *c.FinishReason
		}
		resp.Choices = append(resp.Choices, choice)
	}
	sort.SliceStable(resp.Choices, func(i, j int) bool { return resp.Choices[i].Index < resp.Choices[j].Index })
	return resp, nil
}

var errNoMessage = errors.New("a choice has no message")

// choiceError is the failure of one choice in an otherwise good reply: OpenRouter puts an
// error into the choice, DeepSeek and vLLM only a finish_reason.
func choiceError(finish *string, raw json.RawMessage, id string) error {
	if present(raw) {
		return bodyError(raw, id)
	}
	if finish == nil {
		return nil
	}
	switch *finish {
	case "error", "abort", "insufficient_system_resource":
		e := failure(KindServer, nil, "the server failed: it ended the reply with finish_reason %s", *finish)
		e.Status, e.RequestID = http.StatusOK, id
		return e
	}
	return nil
}

func present(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// complains says whether JSON says what went wrong.
func complains(raw []byte) bool {
	c := readComplaint(raw)
	return c.message != "" || c.code != ""
}

// errorInside is a 200 reply without choices: a failure that says so, or some other JSON.
func errorInside(raw []byte, id string) *Error {
	if !complains(raw) {
		e := malformed(raw, id, nil)
		e.Message = "the reply is JSON but no chat completion"
		return e
	}
	return bodyError(raw, id)
}

func malformed(body []byte, id string, cause error) *Error {
	what := "the reply is not JSON"
	switch trimmed := bytes.TrimSpace(body); {
	case len(trimmed) == 0:
		what = "the reply is empty"
	case looksLikeHTML(trimmed):
		what = "the reply is an HTML page"
	case cause != nil && json.Valid(body):
		what = "the reply is no chat completion: " + cause.Error()
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](cause); ok {
			what = fmt.Sprintf("the reply is no chat completion: %s is the wrong type, %s", cmp.Or(wrong.Field, "a value in it"), wrong.Value)
		}
	}
	e := failure(KindMalformed, cause, "%s", what)
	e.Status, e.RequestID = http.StatusOK, id
	return e
}

// ticksDigits says what the unit of cost_in_usd_ticks is: 10^10 ticks are a dollar.
const ticksDigits = 10

// CostUSD is what a usage object says a reply cost, as an exact decimal number of dollars;
// empty where it does not say.
func CostUSD(usage json.RawMessage) string {
	var u struct {
		Ticks *uint64 `json:"cost_in_usd_ticks"`
	}
	if json.Unmarshal(usage, &u) != nil || u.Ticks == nil {
		return ""
	}
	return USD(*u.Ticks)
}

// USD writes a cost in 10^-10 USD as an exact decimal number of dollars.
func USD(ticks uint64) string {
	digits := fmt.Sprintf("%0*d", ticksDigits+1, ticks)
	whole, part := digits[:len(digits)-ticksDigits], strings.TrimRight(digits[len(digits)-ticksDigits:], "0")
	if part == "" {
		return whole
	}
	return whole + "." + part
}

// Sums are the tokens that a usage object counts and the cost that it tells in 10^-10 USD:
// 0 tokens where it counts none, a negative cost where it tells none.
func Sums(usage json.RawMessage) (tokens, ticks int64) {
	u := struct {
		Total int64  `json:"total_tokens"`
		Ticks *int64 `json:"cost_in_usd_ticks"`
	}{}
	if json.Unmarshal(usage, &u) != nil || u.Ticks == nil {
		return u.Total, -1
	}
	return u.Total, *u.Ticks
}
