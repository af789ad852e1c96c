package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// collected is what a stream has brought of one choice.
type collected struct {
	index     int
	finish    string
	length    int64
	refusal   strings.Builder
	content   strings.Builder
	reasoning strings.Builder
	calls     calls
}

// message is the choice as one message object for the next request.
func (c *collected) message() json.RawMessage {
	obj := rawjson.Object{
		{Key: "role", Value: rawjson.Quote("assistant")},
		{Key: "content", Value: rawjson.Quote(c.content.String())},
	}
	if c.reasoning.Len() > 0 {
		obj = append(obj, rawjson.Member{Key: "reasoning_content", Value: rawjson.Quote(c.reasoning.String())})
	}
	if c.refusal.Len() > 0 {
		obj = append(obj, rawjson.Member{Key: "refusal", Value: rawjson.Quote(c.refusal.String())})
	}
	if list := c.calls.json(); list != nil {
		obj = append(obj, rawjson.Member{Key: "tool_calls", Value: list})
	}
	return obj.JSON()
}

// calls joins the tool calls of a stream: whole ones, one a chunk, as xAI sends them, or
// arguments in pieces with an index, as OpenAI does.
type calls struct {
	seen  map[int]bool
	bare  int // calls without an index
	list  []*toolCall
	size  int
	older bool // the deprecated function_call came
}

type toolCall struct {
	index     int
	fields    rawjson.Object
	name      string
	arguments strings.Builder
}

type wireCall struct {
	Index    *int `json:"index"`
	Function struct {
		Name      string `json:"name"`
		Arguments string `json:"arguments"`
	} `json:"function"`
}

// count keeps the number of calls without their contents.
func (c *calls) count(delta *wireMessage) {
	c.older = c.older || delta.functionCall
	for _, raw := range delta.toolCalls {
		var w wireCall
		if json.Unmarshal(raw, &w) != nil || w.Index == nil {
			c.bare++
			continue
		}
		if c.seen == nil {
			c.seen = map[int]bool{}
		}
		c.seen[*w.Index] = true
	}
}

func (c *calls) number() int {
	n := c.bare + len(c.seen)
	if c.older {
		n++
	}
	return n
}

// join adds the pieces of a delta to the calls they belong to.
func (c *calls) join(pieces []json.RawMessage) error {
	for _, raw := range pieces {
		var w wireCall
		if err := json.Unmarshal(raw, &w); err != nil {
			return newError(failure.Malformed, err, "a tool call of the stream is garbled")
		}
		// The chunk's bytes are used again.
		fields, err := rawjson.ParseObject(bytes.Clone(raw))
		if err != nil {
			return newError(failure.Malformed, fmt.Errorf("reading a tool call: %w", err), "a tool call of the stream is garbled")
		}
		c.size += len(raw)
		c.call(w.Index, fields).add(w.Function.Name, w.Function.Arguments)
	}
	return nil
}

func (c *calls) call(index *int, fields rawjson.Object) *toolCall {
	if index != nil {
		for _, t := range c.list {
			if t.index == *index {
				return t
			}
		}
	}
	t := &toolCall{index: -1, fields: fields.Without("index", "function")}
	if index != nil {
		t.index = *index
	}
	c.list = append(c.list, t)
	return t
}

func (t *toolCall) add(name, arguments string) {
	if t.name == "" {
		t.name = name
	}
	t.arguments.WriteString(arguments)
}

// json is the list as a message holds it; nil where there are no calls.
func (c *calls) json() json.RawMessage {
	if len(c.list) == 0 {
		return nil
	}
	items := make([]json.RawMessage, len(c.list))
	for i, t := range c.list {
		function := rawjson.Object{
			{Key: "name", Value: rawjson.Quote(t.name)},
			{Key: "arguments", Value: rawjson.Quote(t.arguments.String())},
		}
		items[i] = t.fields.With("function", function.JSON()).JSON()
	}
	return rawjson.Array(items)
}
