package api

import (
	"encoding/json"
	"errors"
	"iter"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// This file reads replies and chunks in one pass that also checks their syntax. There may be a great many of them, and
// a general decoder would scan every part several times.

var (
	errNotJSON = errors.New("not JSON")
	errShape   = errors.New("a field is of another type than the API promises")
)

// wire reads JSON from a server. After a value of an unexpected type it reads on, so that the other fields and the
// syntax of the whole text are known.
type wire struct {
	rawjson.Cursor
	mismatch bool // a value has another type than the API documents
}

func readWire(raw []byte) *wire { return &wire{Cursor: rawjson.Read(raw)} }

// err returns the error of a text that was read to its end, or nil.
func (w *wire) err() error {
	switch {
	case !w.End():
		return errNotJSON
	case w.mismatch:
		return errShape
	}
	return nil
}

// fields yields the keys of the next value, an object. It skips keys whose value is null, which counts as missing.
func (w *wire) fields() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		w.expect('{')
		for key := range w.Members() {
			if w.Next() != 'n' && !yield(key) {
				return
			}
		}
	}
}

// list yields the indices of the next value, an array.
func (w *wire) list() iter.Seq[int] {
	w.expect('[')
	return w.Elements()
}

func (w *wire) expect(first byte) { w.mismatch = w.mismatch || w.Next() != first }

// text reads a string, or a list of content parts, whose texts it joins.
func (w *wire) text() (text string) {
	if w.Next() != '[' {
		return w.str()
	}
	for range w.list() {
		if w.Next() != 'n' {
			text += w.part()
		}
	}
	return text
}

func (w *wire) part() (text string) {
	for key := range w.fields() {
		if string(key) == "text" {
			text = w.str()
		}
	}
	return text
}

func (w *wire) str() string {
	s, ok := w.Text()
	w.mismatch = w.mismatch || !ok
	return s
}

// wireReply holds the fields of a reply or a chunk that this package uses.
type wireReply struct {
	choices    []wireChoice
	hasChoices bool // choices is present, perhaps empty
	usage      Usage
	err        json.RawMessage
	requestID  string
	// errorField reports a field in which some servers describe an error.
	errorField bool
}

// wireChoice is a choice of a reply, or the addition of a chunk to one.
type wireChoice struct {
	index      int
	finish     string
	err        json.RawMessage
	message    wireMessage
	hasMessage bool // message or delta is present
}

// wireMessage holds the fields of a message or a delta that this package uses.
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

// read reads a whole reply or chunk.
func (r *wireReply) read(w *wire) {
	r.usage.Ticks = -1
	for key := range w.fields() {
		switch string(key) {
		case "choices":
			r.hasChoices = true
			for range w.list() {
				var c wireChoice
				if c.read(w); !w.mismatch {
					r.choices = append(r.choices, c)
				}
			}
		case "usage":
			r.usage.read(w)
		case "error":
			r.err = w.Value()
		case "message", "detail":
			r.errorField = true
		case "object":
			r.errorField = r.errorField || string(w.Value()) == `"error"`
		case "request_id":
			r.requestID = w.text()
		}
	}
}

func (c *wireChoice) read(w *wire) {
	for key := range w.fields() {
		switch string(key) {
		case "index":
			index, err := strconv.Atoi(string(w.Value()))
			c.index, w.mismatch = index, w.mismatch || err != nil
		case "finish_reason":
			c.finish = w.text()
		case "error":
			c.err = w.Value()
		case "message", "delta":
			c.hasMessage = true
			c.message.read(w)
		}
	}
}

func (m *wireMessage) read(w *wire) {
	for key := range w.fields() {
		switch string(key) {
		case "content":
			m.content = w.text()
		case "reasoning_content", "reasoning": // the second is Ollama's name for it
			m.reasoning += w.text()
		case "refusal":
			m.refusal = w.text()
		case "tool_calls":
			m.toolCalls = m.toolCalls[:0]
			for range w.list() {
				m.toolCalls = append(m.toolCalls, w.Value())
			}
		case "function_call":
			m.functionCall = true
		}
	}
}
