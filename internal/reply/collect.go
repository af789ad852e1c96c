package reply

import (
	"cmp"
	"encoding/json"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// collected holds the parts of one choice that a stream has delivered.
type collected struct {
	index     int
	finish    string
	length    int64 // length of the text in bytes
	content   texts
	reasoning texts
	deltas    bool // a delta has arrived
	message   value
}

// texts decodes the pieces of a text.
type texts struct{ rawjson.Joiner }

// next returns the text of a piece, which is a string or content in another form; empty for nil.
func (t *texts) next(raw json.RawMessage) string {
	if len(raw) > 0 && raw[0] == '"' {
		return t.Next(raw)
	}
	return textOf(raw)
}

// piece returns the message that a chunk adds; nil for none. Usually that is the delta, but some servers send the
// complete message in addition or at the end, and some send no deltas.
func (c *collected) piece(p *wireChoice) *wireMessage {
	if p.delta.raw != nil {
		if c.finish == "" || c.length > 0 || p.delta.content != nil && textOf(p.delta.content) != "" || p.message.content == nil {
			c.deltas = true
			return &p.delta
		}
		return &p.message
	}
	if p.message.raw == nil || c.deltas {
		return nil
	}
	return &p.message
}

// collect merges a piece into the message: all of it, or only the small fields. It returns the approximate memory used.
func (c *collected) collect(m *wireMessage, all bool) (size int) {
	if all {
		return c.message.merge("", m.object())
	}
	if m.refusal == nil && m.toolCalls == nil && m.functionCall == nil {
		return 0
	}
	for _, part := range []rawjson.Member{{Key: "refusal", Value: m.refusal}, {Key: "tool_calls", Value: m.toolCalls}, {Key: "function_call", Value: m.functionCall}} {
		if part.Value != nil {
			size += c.message.field(part.Key).merge(part.Key, part.Value)
		}
	}
	return size
}

// isReply reports whether a choice is finished and not empty.
func (c *collected) isReply() bool {
	says := c.length > 0 || textOf(c.message.get("refusal").json()) != "" || c.message.get("function_call") != nil
	if calls := c.message.get("tool_calls"); calls != nil {
		says = says || len(calls.items) > 0
	}
	return says && isFinished(c.finish)
}

// choice returns the choice collected so far. all reports whether its message was collected.
func (c *collected) choice(all bool) Choice {
	choice := Choice{Index: c.index, FinishReason: c.finish, Length: c.length}
	choice.Refusal = c.message.get("refusal").string()
	if calls := c.message.get("tool_calls"); calls != nil {
		choice.ToolCalls = len(calls.items)
	}
	if c.message.get("function_call") != nil {
		choice.ToolCalls++
	}
	if all {
		choice.message = c.message.message()
		content := rawjson.Known(choice.message).Get("content")
		choice.Text = textOf(content)
		choice.Refusal = cmp.Or(choice.Refusal, rawjson.Text(refusalIn(content)))
	}
	return choice
}
