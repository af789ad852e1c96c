package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"strconv"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// This file reads replies and chunks, whose syntax was checked as a whole, value by value:
// a general decoder would check every part again, and there may be very many.

// errShape says that a value is of another type than the API promises.
var errShape = errors.New("a field is of another type than the API promises")

// fields gives the members of an object that are not null; a null is as a missing one.
func fields(raw json.RawMessage) iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		for key, value := range rawjson.Members(raw) {
			if present(value) && !yield(string(key), value) {
				return
			}
		}
	}
}

// wireReply is the part of a reply or a chunk that has a meaning here.
type wireReply struct {
	choices   []wireChoice
	listed    bool // there are choices, perhaps an empty list
	usage     json.RawMessage
	err       json.RawMessage
	requestID string
	// complains says that it has a field with which some servers say what went wrong.
	complains bool
}

// wireChoice is a choice of a reply, or what a chunk adds to one.
type wireChoice struct {
	index   int
	finish  string
	err     json.RawMessage
	message wireMessage
	present bool // there is a message
}

// wireMessage is the part of a message, or of a delta, that has a meaning here.
type wireMessage struct {
	content      string
	reasoning    string
	refusal      string
	toolCalls    []json.RawMessage
	functionCall bool // the deprecated form of a tool call
}

func (m *wireMessage) calls() int {
	if m.functionCall {
		return len(m.toolCalls) + 1
	}
	return len(m.toolCalls)
}

// read reads a reply or a chunk; room is used for its choices. The error is errShape.
func (w *wireReply) read(raw []byte, room []wireChoice) error {
	*w = wireReply{choices: room[:0]}
	if raw[0] != '{' {
		return errShape
	}
	var err error
	for key, value := range fields(raw) {
		switch key {
		case "choices":
			w.listed = true
			err = errors.Join(err, w.readChoices(value))
		case "usage":
			w.usage = value
		case "error":
			w.err = value
		case "message", "detail":
			w.complains = true
		case "object":
			w.complains = w.complains || string(value) == `"error"`
		case "request_id":
			w.requestID, err = readText(value, err)
		}
	}
	return err
}

func (w *wireReply) readChoices(raw json.RawMessage) error {
	list, ok := rawjson.Elements(raw)
	if !ok {
		return errShape
	}
	for _, element := range list {
		var c wireChoice
		if err := c.read(element); err != nil {
			return err
		}
		w.choices = append(w.choices, c)
	}
	return nil
}

func (c *wireChoice) read(raw json.RawMessage) (err error) {
	if raw[0] != '{' {
		return errShape
	}
	for key, value := range fields(raw) {
		switch key {
		case "index":
			if c.index, err = strconv.Atoi(string(value)); err != nil {
				return errShape
			}
		case "finish_reason":
			c.finish, err = readText(value, err)
		case "error":
			c.err = value
		case "message", "delta":
			c.present = true
			err = errors.Join(err, c.message.read(value))
		}
	}
	return err
}

func (m *wireMessage) read(raw json.RawMessage) (err error) {
	if raw[0] != '{' {
		return errShape
	}
	for key, value := range fields(raw) {
		switch key {
		case "content":
			m.content, err = readText(value, err)
		case "reasoning_content", "reasoning": // the second is Ollama's name for it
			var more string
			more, err = readText(value, err)
			m.reasoning += more
		case "refusal":
			m.refusal, err = readText(value, err)
		case "tool_calls":
			list, ok := rawjson.Elements(value)
			if !ok {
				return errShape
			}
			m.toolCalls = list
		case "function_call":
			m.functionCall = true
		}
	}
	return err
}

// readText reads a text: a string, or a list of parts whose texts count. An error that was
// there before stays.
func readText(raw json.RawMessage, before error) (string, error) {
	if before != nil || len(raw) == 0 {
		return "", before
	}
	if inner := raw[1:max(1, len(raw)-1)]; raw[0] == '"' && bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner), nil
	}
	var text string
	if raw[0] != '[' {
		if json.Unmarshal(raw, &text) != nil {
			return "", errShape
		}
		return text, nil
	}
	var parts []struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(raw, &parts) != nil {
		return "", errShape
	}
	for _, p := range parts {
		text += p.Text
	}
	return text, nil
}

// Sums are the tokens that a usage object counts and the cost that it tells in 10^-10 USD:
// 0 tokens where it counts none, a negative cost where it tells none.
func Sums(usage json.RawMessage) (tokens, ticks int64) {
	ticks = -1
	for key, value := range rawjson.Members(usage) {
		var into *int64
		switch string(key) {
		case "total_tokens":
			into = &tokens
		case "cost_in_usd_ticks":
			into = &ticks
		default:
			continue
		}
		if n, err := strconv.ParseInt(string(value), 10, 64); err == nil {
			*into = n
		}
	}
	return tokens, ticks
}
