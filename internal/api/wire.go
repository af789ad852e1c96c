package api

import (
	"encoding/json"
	"errors"
	"iter"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// This file reads replies and chunks in one pass, together with the check of their syntax:
// there may be very many, and a general decoder would read every part several times.

var (
	errNotJSON = errors.New("not JSON")
	errShape   = errors.New("a field is of another type than the API promises")
)

// wire reads what a server sent. Reading goes on behind a value of another type than the API
// promises, so that the rest, and the syntax of all, are known.
type wire struct {
	rawjson.Cursor
	odd bool // there was such a value
}

func readWire(raw []byte) *wire { return &wire{Cursor: rawjson.Read(raw)} }

// fault is what is wrong with what was read to its end; nil where nothing is.
func (w *wire) fault() error {
	switch {
	case !w.End():
		return errNotJSON
	case w.odd:
		return errShape
	}
	return nil
}

// fields gives the keys of the object that is next, but for those whose value is null: that
// is as a missing one.
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

// list gives the places of the array that is next.
func (w *wire) list() iter.Seq[int] {
	w.expect('[')
	return w.Elements()
}

func (w *wire) expect(first byte) { w.odd = w.odd || w.Next() != first }

// text reads a text: a string, or a list of parts whose texts count.
func (w *wire) text() (text string) {
	if w.Next() != '[' {
		return w.word()
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
			text = w.word()
		}
	}
	return text
}

func (w *wire) word() string {
	word, ok := w.Text()
	w.odd = w.odd || !ok
	return word
}

// wireReply is the part of a reply or a chunk that has a meaning here.
type wireReply struct {
	choices   []wireChoice
	listed    bool // there are choices, perhaps an empty list
	usage     Usage
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

// read reads a reply or a chunk.
func (r *wireReply) read(w *wire) {
	r.usage.Ticks = -1
	for key := range w.fields() {
		switch string(key) {
		case "choices":
			r.listed = true
			for range w.list() {
				var c wireChoice
				if c.read(w); !w.odd {
					r.choices = append(r.choices, c)
				}
			}
		case "usage":
			r.usage.read(w)
		case "error":
			r.err = w.Value()
		case "message", "detail":
			r.complains = true
		case "object":
			r.complains = r.complains || string(w.Value()) == `"error"`
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
			c.index, w.odd = index, w.odd || err != nil
		case "finish_reason":
			c.finish = w.text()
		case "error":
			c.err = w.Value()
		case "message", "delta":
			c.present = true
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
