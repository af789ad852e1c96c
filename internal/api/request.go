// Package api speaks the Chat Completions wire: requests, the thin HTTP client, the
// meaning of a reply and of a stream, and errors told by their kind. It prints nothing,
// reads no environment and waits for nothing but the network.
package api

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

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

// RefusedParameters names the fields of the request that its model is known to refuse:
// reasoning models answer 400 to presence_penalty, frequency_penalty and stop, even to a
// penalty of 0. Such models are told by name, on any host and behind any vendor prefix:
// grok-4 and later, grok-3-mini, grok-build; those named -non-reasoning take stop.
func (r *Request) RefusedParameters() []string {
	var given []string
	for _, name := range []string{"presence_penalty", "frequency_penalty", "stop"} {
		if value := r.Fields.Get(name); present(value) && (name != "stop" || string(value) != "[]") {
			given = append(given, name)
		}
	}
	if given == nil {
		return nil
	}
	model := strings.ToLower(r.Model())
	model = model[strings.LastIndexByte(model, '/')+1:]
	switch {
	case !isReasoning(model):
		return nil
	case strings.Contains(model, "-non-reasoning"):
		return slices.DeleteFunc(given, func(name string) bool { return name == "stop" })
	}
	return given
}

func isReasoning(model string) bool {
	rest, ok := strings.CutPrefix(model, "grok-")
	if !ok {
		return false
	}
	if strings.HasPrefix(rest, "3-mini") || strings.HasPrefix(rest, "build") {
		return true
	}
	major := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
	// A date such as grok-0128 or a size is no generation.
	return len(major) > 0 && major[0] != '0' && len(major) <= 2 && (len(major) == 2 || major >= "4")
}
