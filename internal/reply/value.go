package reply

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// value accumulates JSON from the pieces of a stream. Texts are joined, objects and arrays are merged, and for other
// values the last piece wins. This applies also to unknown fields, which the server receives back in the next request.
type value struct {
	kind   byte // '{', '[' or '"'; 0 for other JSON, or nothing yet
	raw    json.RawMessage
	text   strings.Builder
	joiner rawjson.Joiner
	keys   []string // of an object, in order of arrival
	fields map[string]*value
	items  []*value
	index  map[string]*value // items by their field "index"
	calls  calls
	last   json.RawMessage // last array that was merged
}

// partSize is the approximate memory in bytes of a choice, or of a part of its message, except its text.
const partSize = 1 << 10

// merge adds a piece, the value of the field name, and returns the approximate memory used in bytes.
func (v *value) merge(name string, raw json.RawMessage) (size int) {
	switch {
	case len(raw) == 0, raw[0] == 'n':
		return 0
	case isLabel(name):
		v.label(raw)
		return len(raw)
	case name == "arguments" && raw[0] != '"':
		raw = rawjson.Quote(string(raw))
	}
	if v.kind != 0 && v.kind != raw[0] {
		if name != "content" || !v.toParts(&raw) {
			*v = value{}
		}
	}
	switch raw[0] {
	case '"':
		v.kind = '"'
		v.text.WriteString(v.joiner.Next(raw))
		return len(raw)
	case '{':
		return v.mergeObject(raw)
	case '[':
		return v.mergeArray(name, raw)
	}
	v.raw = bytes.Clone(raw)
	return len(raw)
}

// isLabel reports whether the value of the field name is a label that is replaced, not text that is joined.
func isLabel(name string) bool {
	return slices.Contains([]string{"role", "type", "id", "name", "index", "format", "status", "object"}, name)
}

// label sets a label; an empty one changes nothing.
func (v *value) label(raw json.RawMessage) {
	if v.raw == nil || string(raw) != `""` {
		v.raw = bytes.Clone(raw)
	}
}

// toParts converts a text to a list of parts if the other value is such a list. It returns false for other values.
func (v *value) toParts(raw *json.RawMessage) bool {
	part := func(quoted []byte) json.RawMessage {
		return rawjson.Array([]json.RawMessage{rawjson.Object{{Key: "type", Value: rawjson.Quote("text")}, {Key: "text", Value: quoted}}.JSON()})
	}
	switch {
	case v.kind == '[' && (*raw)[0] == '"':
		*raw = part(*raw)
		return true
	case v.kind == '"' && (*raw)[0] == '[':
		before := v.string()
		if *v = (value{}); before != "" {
			v.mergeArray("content", part(rawjson.Quote(before)))
		}
		return true
	}
	return false
}

func (v *value) mergeObject(raw json.RawMessage) (size int) {
	v.kind = '{'
	for key, value := range rawjson.Members(raw) {
		if value[0] != 'n' {
			before := len(v.keys)
			size += v.field(string(key)).merge(string(key), value) + partSize*(len(v.keys)-before)
		}
	}
	return size
}

// field returns the named field of an object and adds it if it is missing.
func (v *value) field(name string) *value {
	v.kind = '{'
	field := v.fields[name]
	if field == nil {
		field = &value{}
		if v.fields == nil {
			v.fields = map[string]*value{}
		}
		v.fields[name] = field
		v.keys = append(v.keys, name)
	}
	return field
}

// get returns the named field; nil if there is none or v is nil.
func (v *value) get(name string) *value {
	if v == nil {
		return nil
	}
	return v.fields[name]
}

// mergeArray merges elements that belong to earlier items, and appends the others. It ignores a list that is the same
// as the last one, because some servers send it with every chunk.
func (v *value) mergeArray(name string, raw json.RawMessage) (size int) {
	v.kind = '['
	if bytes.Equal(raw, v.last) {
		return 0
	}
	v.last = append(v.last[:0], raw...)
	elements, _ := rawjson.Elements(raw)
	for _, element := range elements {
		item := v.itemFor(name, element)
		if item == nil {
			item = &value{}
			v.items = append(v.items, item)
			size += partSize
		}
		size += item.merge("", element)
		v.remember(name, item, element)
	}
	return size
}

// remember records the keys by which itemFor finds an item.
func (v *value) remember(name string, item *value, element json.RawMessage) {
	if name == "tool_calls" {
		v.calls.remember(item, element)
		return
	}
	if index := rawjson.Known(element).Get("index"); index != nil {
		if v.index == nil {
			v.index = map[string]*value{}
		}
		v.index[string(index)] = item
	}
}

// itemFor returns the item to which an element of an array belongs; nil for a new one.
func (v *value) itemFor(name string, element json.RawMessage) *value {
	if element[0] != '{' {
		return nil
	}
	if name == "tool_calls" {
		return v.calls.find(element)
	}
	if index := rawjson.Known(element).Get("index"); index != nil {
		return v.index[string(index)]
	}
	if len(v.items) == 0 {
		return nil
	}
	last := v.items[len(v.items)-1]
	kind := word(rawjson.Known(element).Get("type"))
	if isText := kind == "text" || kind == "thinking" || strings.HasPrefix(kind, "reasoning."); isText && kind == last.get("type").string() {
		return last
	}
	return nil
}

// string returns the text of a value; empty for nil and for other JSON.
func (v *value) string() string {
	switch {
	case v == nil:
		return ""
	case v.kind == '"':
		return v.text.String()
	}
	return word(v.raw)
}

// json returns the JSON of the value; null if v is nil or empty.
func (v *value) json() json.RawMessage {
	switch {
	case v == nil:
		return json.RawMessage("null")
	case v.kind == '{':
		return v.object().JSON()
	case v.kind == '[':
		items := make([]json.RawMessage, len(v.items))
		for i, item := range v.items {
			items[i] = item.json()
		}
		return rawjson.Array(items)
	case v.kind == '"':
		return rawjson.Quote(v.text.String() + v.joiner.End())
	case v.raw == nil:
		return json.RawMessage("null")
	}
	return v.raw
}

func (v *value) object() rawjson.Object {
	obj := make(rawjson.Object, len(v.keys))
	for i, key := range v.keys {
		obj[i] = rawjson.Member{Key: key, Value: v.fields[key].json()}
	}
	return obj
}

// message returns the value as a message for the next request.
func (v *value) message() json.RawMessage {
	if v.kind == '"' {
		// The server sent a text instead of a message.
		return rawjson.Object{{Key: "role", Value: rawjson.Quote("assistant")}, {Key: "content", Value: v.json()}}.JSON()
	}
	if calls := v.get("tool_calls"); calls != nil {
		for _, call := range calls.items {
			call.drop("index")
		}
	}
	head := rawjson.Object{{Key: "role", Value: rawjson.Quote("assistant")}, {Key: "content", Value: rawjson.Quote("")}}
	for i, m := range head {
		if field := v.get(m.Key); field != nil {
			head[i].Value = field.json()
		}
	}
	return append(head, v.object().Without("role", "content")...).JSON()
}

// drop removes a field of an object.
func (v *value) drop(name string) {
	delete(v.fields, name)
	v.keys = slices.DeleteFunc(v.keys, func(key string) bool { return key == name })
}
