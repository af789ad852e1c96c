package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Response is a complete reply.
type Response struct {
	// Raw is the body as the server wrote it, compacted to one line; nil for a stream.
	Raw []byte
	// Choices are in the order of their index.
	Choices []Choice
	Usage   Usage
	// RequestID is the server's x-request-id; empty where it sent none.
	RequestID string
	// Kept says that it comes from a cache of chatcmpl's, by the header's Cache-Status, so that
	// it cost nothing now.
	Kept bool
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
	list := rawjson.Read(body.Get("choices"))
	for range list.Elements() {
		var wire struct {
			Index   int             `json:"index"`
			Message json.RawMessage `json:"message"`
		}
		if json.Unmarshal(list.Value(), &wire) == nil && wire.Index == r.Choices[place].Index {
			return wire.Message
		}
	}
	return nil
}

// Text is the visible text of a choice, by its place among the choices. Of a stream there is
// one only where its messages were collected.
func (r *Response) Text(place int) string {
	choice := &r.Choices[place]
	if choice.Text != "" || choice.message == nil {
		return choice.Text
	}
	var m struct {
		Content string `json:"content"`
	}
	// It was put together here.
	_ = json.Unmarshal(choice.message, &m)
	return m.Content
}

// parseResponse reads the body of a 200 reply.
func parseResponse(body []byte, h http.Header) (*Response, error) {
	id := requestID(h)
	w := readWire(body)
	var reply wireReply
	reply.read(w)
	raw, err := w.Compact()
	switch {
	case err != nil:
		return nil, malformed(body, id, err)
	case reply.err != nil || !w.odd && !reply.listed && (reply.requestID == "" || complains(raw)):
		return nil, errorInside(raw, id)
	case w.odd:
		return nil, malformed(body, id, errShape)
	}
	resp := &Response{Raw: raw, RequestID: id, Kept: kept(h), Deferred: reply.requestID, Usage: reply.usage, Choices: make([]Choice, 0, len(reply.choices))}
	for i := range reply.choices {
		c := &reply.choices[i]
		if err := choiceError(c.finish, c.err, id); err != nil {
			return nil, err
		}
		if !c.present {
			return nil, malformed(body, id, errNoMessage)
		}
		resp.Choices = append(resp.Choices, Choice{
			Index: c.index, FinishReason: c.finish, Text: c.message.content, Length: int64(len(c.message.content)),
			Reasoning: c.message.reasoning, Refusal: c.message.refusal, ToolCalls: c.message.calls(),
		})
	}
	slices.SortStableFunc(resp.Choices, func(a, b Choice) int { return a.Index - b.Index })
	return resp, nil
}

func kept(h http.Header) bool { return h.Get("Cache-Status") == "chatcmpl; hit" }

var errNoMessage = errors.New("a choice has no message")

// choiceError is the failure of one choice in an otherwise good reply: OpenRouter puts an
// error into the choice, DeepSeek and vLLM only a finish_reason.
func choiceError(finish string, raw json.RawMessage, id string) error {
	if raw != nil {
		return bodyError(raw, id)
	}
	switch finish {
	case "error", "abort", "insufficient_system_resource":
		e := newError(failure.Server, nil, "the server failed: it ended the reply with finish_reason %s", finish)
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
	}
	e := newError(failure.Malformed, cause, "%s", what)
	e.Status, e.RequestID = http.StatusOK, id
	return e
}
