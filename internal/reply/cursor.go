package reply

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/complaint"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// wire reads JSON from a server. A value of an unexpected type counts as missing.
type wire struct{ rawjson.Cursor }

func readWire(raw []byte) *wire { return &wire{rawjson.Read(raw)} }

// each calls f for each element of the next value, an array. f must read the element. An object counts as the only
// element.
func (w *wire) each(f func(place int)) {
	switch w.Next() {
	case '[':
		for place := range w.Elements() {
			f(place)
		}
	case '{':
		f(0)
	default:
		w.Skip()
	}
}

// word reads a string; empty for any other value.
func (w *wire) word() string {
	text, _ := w.Text()
	return text
}

// content reads the content of a message, which is a string, a list of parts, or one part, and returns its text. For
// other values it returns the JSON.
func (w *wire) content() string {
	switch w.Next() {
	case '"':
		return w.word()
	case 'n':
		w.Skip()
		return ""
	case '[', '{':
		var text strings.Builder
		w.each(func(int) { text.WriteString(w.part()) })
		return text.String()
	}
	return string(w.Value())
}

// part reads the text of a part, which may be inside a nested object. Reasoning is not part of the text.
func (w *wire) part() (text string) {
	if w.Next() == '"' {
		return w.word()
	}
	kind := ""
	for key := range w.Members() {
		switch string(key) {
		case "type":
			kind = w.word()
		case "text":
			if text = ""; w.Next() == '{' {
				for key := range w.Members() {
					if string(key) == "value" {
						text = w.word()
					}
				}
			} else {
				text = w.word()
			}
		}
	}
	if strings.HasPrefix(kind, "thinking") || strings.HasPrefix(kind, "reasoning") {
		return ""
	}
	return text
}

// refusalIn returns the refusal that is a part of a message's content, as JSON; nil if there is none.
func refusalIn(content json.RawMessage) (refusal json.RawMessage) {
	if !bytes.Contains(content, []byte(`"refusal"`)) {
		return nil
	}
	w := readWire(content)
	w.each(func(int) {
		for key := range w.Members() {
			if string(key) == "refusal" && w.Next() == '"' && refusal == nil {
				refusal = w.Value()
			}
		}
	})
	return refusal
}

// textOf returns the text of a message's content.
func textOf(raw json.RawMessage) string {
	if raw == nil {
		return ""
	}
	return readWire(raw).content()
}

// failure reads a field "error"; nil if it is empty.
func (w *wire) failure() json.RawMessage {
	if raw := w.Value(); !isEmptyError(raw) {
		return raw
	}
	return nil
}

// isEmptyError reports whether a field "error" reports no error. Some gateways send the field in every reply.
func isEmptyError(raw json.RawMessage) bool {
	w := readWire(raw)
	return w.isEmpty()
}

// isEmpty reads the next value and reports whether it is null, false, 0, an empty string, a word such as "none", or
// contains only such values. An object with a success code is also empty.
func (w *wire) isEmpty() bool {
	empty := true
	switch w.Next() {
	case '{':
		success := false
		for key := range w.Members() {
			value := w.Here()
			empty = w.isEmpty() && empty
			success = success || isSuccess(string(key), w.Since(value))
		}
		return empty || success
	case '[':
		for range w.Elements() {
			empty = w.isEmpty() && empty
		}
		return empty
	case '"':
		return complaint.IsNoError(w.word())
	}
	return complaint.IsNoError(string(w.Value()))
}

// isSuccess reports whether a member of an object says that the whole object is no error.
func isSuccess(key string, value json.RawMessage) bool {
	word := strings.ToLower(strings.Trim(string(value), `"`))
	switch key {
	case "code":
		return word == "0" || word == "200" || word == "ok" || word == "success"
	case "status":
		return word == "200" || word == "ok" || word == "success"
	case "ok", "success":
		return word == "true"
	}
	return false
}
