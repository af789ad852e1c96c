// Package api sends requests to a Chat Completions API: it builds their JSON, and sends each once within its time limits.
// Package reply reads the answers. Nothing is printed, no environment is read.
package api

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/models"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Request is one chat completion request. It contains exactly what is sent.
type Request struct {
	// Fields holds all fields except "messages", in the order in which they are sent. Their values are never
	// re-encoded.
	Fields rawjson.Object
	// Messages holds complete message objects.
	Messages []rawjson.Doc

	doc rawjson.Doc
}

// smallBody is the size in bytes up to which a body is sent from memory. net/http sends such a body together with the
// headers, in one write and without a copy.
const smallBody = 64 << 10

// Doc returns the request as JSON: the model, the messages, then all other fields. The first call builds it; the
// request must not change afterwards.
func (r *Request) Doc() rawjson.Doc {
	if r.doc.Len() == 0 {
		r.doc = r.join()
	}
	return r.doc
}

// join builds the document. It merges small pieces, so that a small request is one slice of memory; a message with a
// large picture stays a piece.
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

// Model returns the name of the model; empty if it is missing or no string.
func (r *Request) Model() string {
	name, _ := rawjson.String(r.Fields.Get("model"))
	return name
}

// Choices returns the number of choices that the request asks for: its field n, or 1 if n is missing or no positive
// integer.
func (r *Request) Choices() int {
	if raw := r.Fields.Get("n"); raw != nil {
		if n, err := strconv.Atoi(string(raw)); err == nil && n > 1 {
			return n
		}
	}
	return 1
}

// HasFileParts reports whether a message contains a part of type "file". Such a part makes the request agentic, and
// agentic requests allow no n greater than 1.
func (r *Request) HasFileParts() bool {
	return slices.ContainsFunc(r.Messages, hasFilePart)
}

func hasFilePart(m rawjson.Doc) bool {
	var message struct {
		Content []struct {
			Type string `json:"type"`
		} `json:"content"`
	}
	// Pictures are large and contain no parts.
	text := m.WithoutBase64()
	if json.Unmarshal(text.Bytes(), &message) != nil {
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
	return slices.DeleteFunc(models.Refused(r.Model()), func(name string) bool {
		value := r.Fields.Get(name)
		return value == nil || string(value) == "null" || name == "stop" && string(value) == "[]"
	})
}
