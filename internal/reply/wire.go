package reply

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// This file parses replies and chunks and checks their syntax in one pass, because a general decoder would scan each
// part several times, and there may be very many chunks. A field of the wrong type counts as missing, so that a reply
// with a text is still accepted.

// wireReply holds the relevant fields of a reply or a chunk.
type wireReply struct {
	choices   []wireChoice
	listed    bool // there are choices, perhaps an empty list
	usage     Usage
	err       json.RawMessage // nil if there is none or it is empty
	requestID string
	// complains reports whether there is a field in which some servers describe errors, tooMany whether there are more
	// than maxChoices choices.
	complains, tooMany bool
}

// maxChoices limits the choices of a reply or a chunk, far above the limit of any API.
const maxChoices = 1 << 16

// wireChoice is a choice of a reply, or the addition of a chunk to one.
type wireChoice struct {
	index          int
	finish         string
	err            json.RawMessage // as in wireReply
	message, delta wireMessage
}

// isReply reports whether every choice is finished and not empty.
func (r *wireReply) isReply() bool {
	return len(r.choices) > 0 && !slices.ContainsFunc(r.choices, func(c wireChoice) bool { return !c.isReply() })
}

// isReply reports whether a choice of a complete reply is finished and not empty.
func (c *wireChoice) isReply() bool {
	m, ok := c.whole()
	return ok && isFinished(c.finish) && (textOf(m.content) != "" || refusalOf(m) != "" || m.calls() > 0)
}

// whole returns the message of a choice in a complete reply; ok is false if it has none.
func (c *wireChoice) whole() (m *wireMessage, ok bool) {
	if c.message.raw != nil {
		return &c.message, true
	}
	return &c.delta, c.delta.raw != nil
}

// wireMessage holds the relevant fields of a message or a delta. Texts are JSON strings or other JSON; nil if missing.
type wireMessage struct {
	raw        json.RawMessage // all of the JSON; nil if there is no message
	content    json.RawMessage
	reasonings []json.RawMessage // values of all fields for reasoning
	refusal    json.RawMessage
	toolCalls  json.RawMessage
	// functionCall is the deprecated form of a tool call.
	functionCall json.RawMessage
}

// read reads a reply or a chunk.
func (r *wireReply) read(w *wire) {
	r.usage.Ticks = -1
	elsewhere := Usage{} // usage in Groq's or Moonshot's own place
	for key := range w.Members() {
		switch string(key) {
		case "choices":
			r.listed = w.Next() != 'n'
			w.each(func(place int) {
				if r.tooMany = place >= maxChoices; r.tooMany {
					return
				}
				r.choices = append(r.choices, wireChoice{index: place})
				r.choices[len(r.choices)-1].read(w, &elsewhere)
			})
		case "usage":
			r.usage.read(w)
		case "error":
			r.err = w.failure()
		case "message", "detail", "errors", "error_msg", "base_resp":
			r.complains = r.complains || w.Next() != 'n'
		case "object":
			r.complains = r.complains || w.word() == "error"
		case "request_id":
			r.requestID = w.word()
		case "x_groq":
			for key := range w.Members() {
				if string(key) == "usage" {
					elsewhere.read(w)
				}
			}
		}
	}
	if r.usage.Raw == nil && elsewhere.Raw != nil {
		r.usage = elsewhere
	}
}

func (c *wireChoice) read(w *wire, usage *Usage) {
	var text json.RawMessage
	for key := range w.Members() {
		switch string(key) {
		case "index":
			c.readIndex(w.Value())
		case "finish_reason":
			c.finish = w.word()
		case "error":
			c.err = w.failure()
		case "message":
			c.message.read(w)
		case "delta":
			c.delta.read(w)
		case "text":
			text = w.Value()
		case "usage":
			usage.read(w)
		}
	}
	if len(text) > 0 && text[0] == '"' && c.message.raw == nil && c.delta.raw == nil {
		// A completion of the older API.
		c.delta.read(readWire(text))
	}
}

// readIndex sets the index from a number or a string. If it is invalid, the index remains the position in the list.
func (c *wireChoice) readIndex(raw json.RawMessage) {
	text := strings.Trim(string(raw), `"`)
	if n, err := strconv.ParseFloat(text, 64); err == nil && n >= 0 && n <= 1<<31 && n == float64(int(n)) {
		c.index = int(n)
	}
}

// read reads a message or a delta. It treats a string as the content, and other JSON as no message.
func (m *wireMessage) read(w *wire) {
	switch w.Next() {
	case '{':
	case '"':
		m.content = w.Value()
		m.raw = m.content
		return
	default:
		w.Skip()
		return
	}
	start := w.Here()
	for key := range w.Members() {
		if w.Next() == 'n' {
			continue
		}
		switch string(key) {
		case "content":
			m.content = w.Value()
		case "reasoning_content", "reasoning":
			m.reasonings = append(m.reasonings, w.Value())
		case "refusal":
			m.refusal = w.Value()
		case "tool_calls":
			m.toolCalls = w.Value()
		case "function_call":
			m.functionCall = w.Value()
		}
	}
	m.raw = w.Since(start)
	if m.refusal == nil {
		m.refusal = refusalIn(m.content)
	}
}

// object returns the message as the server sent it; a string is converted to an object.
func (m *wireMessage) object() json.RawMessage {
	if len(m.raw) > 0 && m.raw[0] == '"' {
		return rawjson.Object{{Key: "role", Value: rawjson.Quote("assistant")}, {Key: "content", Value: m.raw}}.JSON()
	}
	return m.raw
}

// reasoning returns the first reasoning that is not empty, because some servers send it in two fields; nil if there is
// none.
func (m *wireMessage) reasoning() json.RawMessage {
	for _, raw := range m.reasonings {
		if string(raw) != `""` {
			return raw
		}
	}
	return nil
}

// calls returns the number of tool calls.
func (m *wireMessage) calls() int {
	count := 0
	if m.toolCalls != nil {
		w := readWire(m.toolCalls)
		w.each(func(int) {
			if call := w.Value(); len(call) > len("{}") && call[0] == '{' {
				count++
			}
		})
	}
	if len(m.functionCall) > 0 && m.functionCall[0] == '{' {
		count++
	}
	return count
}
