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
		v.label(name, raw)
		return len(raw)
	}
	raw = v.normal(name, raw)
	switch {
	case v.kind == 0 || v.kind == raw[0]:
	case isScalar(raw):
		// It can't be joined to what came before.
		return 0
	case name != "content" || !v.toParts(&raw):
		*v = value{}
	}
	switch raw[0] {
	case '"':
		v.mergeText(name, raw)
		return len(raw)
	case '{':
		return v.mergeObject(raw)
	case '[':
		return v.mergeArray(name, raw)
	}
	v.raw = bytes.Clone(raw)
	return len(raw)
}

// normal returns a piece in the type that the API defines for the field: arguments as a string, lists as lists.
func (v *value) normal(name string, raw json.RawMessage) json.RawMessage {
	switch {
	case name == "arguments" && raw[0] != '"', name == "content" && isScalar(raw):
		return rawjson.Quote(string(raw))
	case raw[0] == '{' && (v.kind == '[' || name == "tool_calls" || name == "content"):
		return listOf(raw)
	}
	return raw
}

// listOf returns a list of one object; an empty one if the object has no members.
func listOf(object json.RawMessage) json.RawMessage {
	for range rawjson.Members(object) {
		return rawjson.Array([]json.RawMessage{object})
	}
	return json.RawMessage("[]")
}

// isScalar reports whether JSON is a number or a boolean.
func isScalar(raw json.RawMessage) bool { return !bytes.ContainsAny(raw[:1], `"[{`) }

// mergeText appends a piece of text. Some servers repeat a whole signature or URL, or send arguments again, often after a
// placeholder {}: these replace what came before.
func (v *value) mergeText(name string, raw json.RawMessage) {
	v.kind = '"'
	text := v.joiner.Next(raw)
	before := v.text.String()
	switch {
	case strings.HasSuffix(name, "signature") || strings.HasSuffix(name, "url"):
		if text == before {
			return
		}
	case name == "arguments" && strings.HasPrefix(text, "{"):
		if text == before || isShortObject(before) {
			v.text.Reset()
		}
	}
	v.text.WriteString(text)
}

// isLabel reports whether the value of the field name is a label that is replaced, not text that is joined.
func isLabel(name string) bool {
	return slices.Contains([]string{"role", "type", "id", "name", "index", "format", "status", "object"}, name)
}

// label sets a label; an empty one changes nothing. A name may come in pieces, or whole again and again.
func (v *value) label(name string, raw json.RawMessage) {
	// No API takes longer names of functions.
	const longest = 64
	if name == "name" {
		before, text := rawjson.Text(v.raw), rawjson.Text(raw)
		if before != "" && text != "" && len(before) < longest && !strings.HasPrefix(text, before) {
			raw = rawjson.Quote(before + text)
		}
	}
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

// mergeArray merges elements that belong to earlier items, and appends the others. It ignores items of a list that is the
// same as the last one, because some servers send it with every chunk. Pieces of text and tool calls are never ignored.
func (v *value) mergeArray(name string, raw json.RawMessage) (size int) {
	v.kind = '['
	again := name != "content" && name != "tool_calls" && bytes.Equal(raw, v.last)
	v.last = append(v.last[:0], raw...)
	elements, _ := rawjson.Elements(raw)
	for _, element := range elements {
		if name == "tool_calls" && element[0] != '{' {
			continue
		}
		item := v.itemFor(name, element)
		if item == nil && again {
			continue
		}
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
	kind := rawjson.Text(rawjson.Known(element).Get("type"))
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
	return rawjson.Text(v.raw)
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
