// Package api speaks the Chat Completions wire: requests, the thin HTTP client, the
// meaning of a reply and of a stream, and errors told by their kind. It prints nothing,
// reads no environment and waits for nothing but the network.
package api

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Request is one chat completion request. What is not in it is not sent.
type Request struct {
	// Fields are all fields but "messages", in the order they are sent. Their values are
	// never re-encoded.
	Fields rawjson.Object
	// Messages are whole message objects.
	Messages []rawjson.Doc

	doc rawjson.Doc
}

// smallBody is the size in bytes up to which a body is sent from memory: net/http sends
// such a one together with its head, in one write and without a copy.
const smallBody = 64 << 10

// Doc is the request's JSON: the model, the messages, then every other field. It is made
// once: the request must not change after the first call.
func (r *Request) Doc() rawjson.Doc {
	if r.doc.Len() == 0 {
		r.doc = r.join()
	}
	return r.doc
}

// join puts the pieces together: what is literal in one, so that a small request is one
// piece of memory, and pictures as they are.
func (r *Request) join() rawjson.Doc {
	var d rawjson.Doc
	text := make([]byte, 0, 512)
	text = append(text, '{')
	if model := r.Fields.Get("model"); model != nil {
		text = append(append(append(text, `"model":`...), model...), ',')
	}
	text = append(text, `"messages":[`...)
	for i, m := range r.Messages {
		if i > 0 {
			text = append(text, ',')
		}
		if m.Len() > smallBody {
			d.Raw(text)
			d.Append(m)
			text = nil
		} else {
			text = append(text, m.Bytes()...)
		}
	}
	text = append(text, ']')
	for _, f := range r.Fields {
		if f.Key != "model" && f.Key != "messages" {
			text = append(append(rawjson.AppendQuote(append(text, ','), f.Key), ':'), f.Value...)
		}
	}
	d.Raw(append(text, '}'))
	return d
}

// Model is the model's name; empty where it is missing or no string.
func (r *Request) Model() string {
	w := readWire(r.Fields.Get("model"))
	if name := w.text(); !w.odd {
		return name
	}
	return ""
}

// Choices is the number of choices asked for: n, or 1 where it is missing or no integer
// that is at least 1.
func (r *Request) Choices() int {
	if raw := r.Fields.Get("n"); raw != nil {
		if n, err := strconv.Atoi(string(raw)); err == nil && n > 1 {
			return n
		}
	}
	return 1
}

// HasFileParts says whether a message's content holds a part of type "file", which makes
// the request agentic: such requests have no n over 1.
func (r *Request) HasFileParts() bool {
	return slices.ContainsFunc(r.Messages, hasFilePart)
}

func hasFilePart(m rawjson.Doc) bool {
	var message struct {
		Content []struct {
			Type string `json:"type"`
		} `json:"content"`
	}
	// Pictures can't change the answer and are large.
	shape := m.WithoutBase64()
	if json.Unmarshal(shape.Bytes(), &message) != nil {
		return false
	}
	for _, part := range message.Content {
		if part.Type == "file" {
			return true
		}
	}
	return false
}

// RefusedParameters returns the names of the request's fields that its model is known to refuse. Null and an empty list of
// stops count as absent.
func (r *Request) RefusedParameters() []string {
	return slices.DeleteFunc(Refused(r.Model()), func(name string) bool {
		value := r.Fields.Get(name)
		return !present(value) || name == "stop" && string(value) == "[]"
	})
}
