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
	// Choices is sorted by index.
	Choices []Choice
	Usage   Usage
	// RequestID is the server's x-request-id; empty if it sent none.
	RequestID string
	// Cached reports a cache hit of chatcmpl's own cache, found by the header Cache-Status: the reply cost nothing now.
	Cached bool
	// Deferred is the request_id of a deferred reply, which has no choices yet; otherwise empty.
	Deferred string
}

// Choice is one of the answers in a reply.
type Choice struct {
	Index int
	// FinishReason is the value that the server sent; empty if it sent none.
	FinishReason string
	// Text is the visible text. For a stream it is empty, but Length still counts its bytes.
	Text   string
	Length int64
	// Reasoning is empty for a stream.
	Reasoning string
	Refusal   string
	ToolCalls int
	// message is the message that was collected from a stream; nil if none was collected.
	message json.RawMessage
}

// Message returns the message of Choices[place]: as the server wrote it, or joined from the deltas of a stream. It is
// nil for a stream whose messages were not collected.
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

// Text returns the visible text of Choices[place]. For a stream it is empty unless its messages were collected.
func (r *Response) Text(place int) string {
	choice := &r.Choices[place]
	if choice.Text != "" || choice.message == nil {
		return choice.Text
	}
	var m struct {
		Content string `json:"content"`
	}
	// The message was built by this package, so it is valid.
	_ = json.Unmarshal(choice.message, &m)
	return m.Content
}

// parseResponse reads the body of a 200 response.
func parseResponse(body []byte, h http.Header) (*Response, error) {
	id := requestID(h)
	w := readWire(body)
	var reply wireReply
	reply.read(w)
	raw, err := w.Compact()
	switch {
	case err != nil:
		return nil, malformed(body, id, err)
	case reply.err != nil || !w.mismatch && !reply.hasChoices && (reply.requestID == "" || describesError(raw)):
		return nil, errorInside(raw, id)
	case w.mismatch:
		return nil, malformed(body, id, errShape)
	}
	resp := &Response{Raw: raw, RequestID: id, Cached: isCached(h), Deferred: reply.requestID, Usage: reply.usage, Choices: make([]Choice, 0, len(reply.choices))}
	for i := range reply.choices {
		c := &reply.choices[i]
		if err := choiceError(c.finish, c.err, id); err != nil {
			return nil, err
		}
		if !c.hasMessage {
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

func isCached(h http.Header) bool { return h.Get("Cache-Status") == "chatcmpl; hit" }

var errNoMessage = errors.New("a choice has no message")

// choiceError returns the failure of one choice in an otherwise good reply, or nil. OpenRouter sends an error inside
// the choice; DeepSeek and vLLM only set a finish_reason.
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

// describesError reports whether JSON has an error message or an error code.
func describesError(raw []byte) bool {
	c := parseErrorBody(raw)
	return c.message != "" || c.code != ""
}

// errorInside returns the error of a 200 response without choices: the one that its body describes, or malformed.
func errorInside(raw []byte, id string) *Error {
	if !describesError(raw) {
		e := malformed(raw, id, nil)
		e.Message = "the reply is JSON but no chat completion"
		return e
	}
	return bodyError(raw, id)
}

func malformed(body []byte, id string, cause error) *Error {
	message := "the reply is not JSON"
	switch trimmed := bytes.TrimSpace(body); {
	case len(trimmed) == 0:
		message = "the reply is empty"
	case looksLikeHTML(trimmed):
		message = "the reply is an HTML page"
	case cause != nil && json.Valid(body):
		message = "the reply is no chat completion: " + cause.Error()
	}
	e := newError(failure.Malformed, cause, "%s", message)
	e.Status, e.RequestID = http.StatusOK, id
	return e
}
