package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// accumulator collects the deltas of one choice.
type accumulator struct {
	index     int
	finish    string
	length    int64
	refusal   strings.Builder
	content   strings.Builder
	reasoning strings.Builder
	calls     calls
}

// message returns the choice as a message object for the next request.
func (c *accumulator) message() json.RawMessage {
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

// calls joins the tool calls of a stream. xAI sends each call complete in one chunk; OpenAI sends the arguments in
// pieces, with an index.
type calls struct {
	seen      map[int]bool
	unindexed int // number of calls without an index
	list      []*toolCall
	size      int
	legacy    bool // whether the deprecated function_call was sent
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

// count counts the calls of a delta without keeping them.
func (c *calls) count(delta *wireMessage) {
	c.legacy = c.legacy || delta.functionCall
	for _, raw := range delta.toolCalls {
		var w wireCall
		if json.Unmarshal(raw, &w) != nil || w.Index == nil {
			c.unindexed++
			continue
		}
		if c.seen == nil {
			c.seen = map[int]bool{}
		}
		c.seen[*w.Index] = true
	}
}

func (c *calls) number() int {
	n := c.unindexed + len(c.seen)
	if c.legacy {
		n++
	}
	return n
}

// join adds the pieces in a delta to the calls that they belong to.
func (c *calls) join(pieces []json.RawMessage) error {
	for _, raw := range pieces {
		var w wireCall
		if err := json.Unmarshal(raw, &w); err != nil {
			return newError(failure.Malformed, err, "a tool call of the stream is garbled")
		}
		// The memory of the chunk will be reused.
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

// json returns the field tool_calls of a message; nil if there are no calls.
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
