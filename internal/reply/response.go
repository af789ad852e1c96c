// Package reply reads the responses of servers: replies, streams and errors, including the deviations of many servers.
// A complete reply with a text is accepted, even if other fields are invalid. The package neither sends nor prints
// anything.
package reply

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/complaint"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Response is a complete reply.
type Response struct {
	// Raw is the body compacted to one line; nil for a stream.
	Raw []byte
	// Choices are ordered by index.
	Choices []Choice
	Usage   Usage
	// RequestID is the server's x-request-id; empty if there was none.
	RequestID string
	// Cached reports whether Cache-Status says that the reply comes from chatcmpl's own cache, so that it cost nothing.
	Cached bool
	// Deferred is the request_id of a deferred reply, which has no choices yet.
	Deferred string
	// Redacted reports whether a secret in the reply was replaced.
	Redacted bool
	// Warning holds the error that the server reported beside a complete reply; empty if there was none.
	Warning string
}

// Choice is one of a reply's answers.
type Choice struct {
	Index int
	// FinishReason is the finish_reason as the server sent it; empty if there was none.
	FinishReason string
	// Text is the visible reply, Length its length in bytes. For a stream, Text is empty unless Reader.Collect is set.
	Text   string
	Length int64
	// Reasoning is empty for a stream.
	Reasoning string
	Refusal   string
	ToolCalls int

	message json.RawMessage // nil for a stream that was not collected
}

// Ending returns the meaning of the finish_reason.
func (c *Choice) Ending() Ending { return EndingOf(c.FinishReason) }

// Message returns the choice's message, either as the server sent it or joined from the pieces of a stream; nil if
// these were not collected.
func (c *Choice) Message() json.RawMessage { return c.message }

// Parse parses the body of a successful response.
func Parse(body []byte, h http.Header, status int) (*Response, error) {
	id := requestID(h)
	var reply wireReply
	raw, err := reply.parse(body, status, h)
	switch {
	case err != nil:
		return nil, err
	case reply.err != nil && !reply.isReply(), len(reply.choices) == 0 && saysError(raw):
		return nil, insideError(raw, status, id)
	case !reply.listed && reply.requestID == "":
		return nil, unusable(raw, status, h, errNoChoices)
	}
	return newResponse(&reply, raw, h, status)
}

// parse reads a whole body, and returns it compacted.
func (r *wireReply) parse(body []byte, status int, h http.Header) (raw []byte, err error) {
	body = withoutMarks(body)
	w := readWire(body)
	r.read(w)
	if raw, err = w.Compact(); err != nil {
		return nil, unusable(body, status, h, err)
	}
	if r.tooMany {
		return nil, unusable(body, status, h, errTooMany)
	}
	return raw, nil
}

func newResponse(reply *wireReply, raw []byte, h http.Header, status int) (resp *Response, err error) {
	id := requestID(h)
	resp = &Response{Raw: raw, RequestID: id, Cached: isCached(h), Deferred: reply.requestID, Usage: reply.usage}
	if reply.err != nil {
		resp.Warning = insideError(reply.err, status, id).Message
	}
	if resp.Choices, err = choicesOf(reply.choices, status, id); err != nil {
		return nil, err
	}
	return resp, nil
}

// saysError reports whether JSON without choices describes an error.
func saysError(raw []byte) bool {
	if len(raw) > MaxErrorText || raw[0] == '"' {
		return false
	}
	c := complaint.Read(raw)
	return c.Complains()
}

// choicesOf returns the choices of a complete reply. One of several may lack its message.
func choicesOf(wires []wireChoice, status int, id string) ([]Choice, error) {
	choices := make([]Choice, 0, len(wires))
	messages := 0
	for i := range wires {
		c := &wires[i]
		if err := choiceError(c, c.err != nil && c.isReply(), status, id); err != nil {
			return nil, err
		}
		m, ok := c.whole()
		if ok {
			messages++
		}
		text := textOf(m.content)
		choices = append(choices, Choice{
			Index: c.index, FinishReason: c.finish, Text: text, Length: int64(len(text)), Reasoning: textOf(m.reasoning()),
			Refusal: refusalOf(m), ToolCalls: m.calls(), message: m.object(),
		})
	}
	if messages == 0 && len(wires) > 0 {
		e := NewError(failure.Malformed, errNoMessage, "the reply is not a chat completion: %v", errNoMessage)
		e.Status, e.RequestID, e.Unusable = status, id, true
		return nil, e
	}
	slices.SortStableFunc(choices, func(a, b Choice) int { return a.Index - b.Index })
	return choices, nil
}

// refusalOf returns the text of a refusal; empty if there is none, for which some servers send false.
func refusalOf(m *wireMessage) string {
	if string(m.refusal) == "false" {
		return ""
	}
	return textOf(m.refusal)
}

func isCached(h http.Header) bool { return h.Get("Cache-Status") == "chatcmpl; hit" }

var (
	errNoMessage = errors.New("a choice has no message")
	errNoChoices = errors.New("it has no choices")
	errTooDeep   = errors.New("it is nested too deep to be read")
	errTooMany   = fmt.Errorf("it has more than %d choices", maxChoices)
)

// choiceError returns the failure of one choice in an otherwise good reply; nil if there is none, and for a choice that is
// a reply all the same. OpenRouter puts an error into the choice, other servers only a finish_reason.
func choiceError(c *wireChoice, isReply bool, status int, id string) error {
	if c.err != nil && !isReply {
		return insideError(c.err, status, id)
	}
	if EndingOf(c.finish) != Failed {
		return nil
	}
	e := NewError(failure.Server, nil, "the server failed: it ended the reply with finish_reason %s", c.finish)
	e.Status, e.RequestID = status, id
	return e
}

// unusable returns the Error of a complete response that is not a valid reply.
func unusable(body []byte, status int, h http.Header, cause error) *Error {
	e := NewError(failure.Malformed, cause, "the reply is not JSON")
	e.Status, e.RequestID, e.Unusable = status, requestID(h), true
	page := complaint.PageName(body, h)
	switch {
	case len(body) == 0:
		e.Message = "the reply is empty"
	case page != "":
		e.Kind, e.Retryable, e.Message = failure.NotAPI, false, "the reply is "+page
	case rawjson.TooDeep(body):
		e.Err, e.Message = errTooDeep, "the reply is not a chat completion: "+errTooDeep.Error()
	case errors.Is(cause, errTooMany):
		e.Message = "the reply is not a chat completion: " + errTooMany.Error()
	case errors.Is(cause, errNoChoices):
		e.Message = "the reply is JSON but not a chat completion"
	}
	return e
}
