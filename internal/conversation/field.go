package conversation

import (
	"encoding/json"
	"errors"
	"os"
	"slices"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// readFields returns the values of -F, with the content of the files that they name.
func readFields(values []option.FieldValue) ([]option.FieldValue, error) {
	values = slices.Clone(values)
	for i, v := range values {
		if v.File == "" {
			continue
		}
		raw, err := readField(v)
		if err != nil {
			return nil, err
		}
		values[i].Value = raw
	}
	return values, nil
}

func readField(v option.FieldValue) (json.RawMessage, error) {
	text, err := os.ReadFile(v.File)
	if err != nil {
		return nil, failure.BadUsage("", "-F %s: %w", v.Path[0], err)
	}
	raw := json.RawMessage(rawjson.Quote(string(text)))
	switch {
	case v.JSON:
		raw, err = rawjson.Compact(text)
	case !utf8.Valid(text):
		err = errors.New("must be UTF-8 text")
	}
	if err != nil {
		return nil, failure.BadUsage("", "-F %s: %s: %w", v.Path[0], v.File, err)
	}
	return raw, nil
}

// joinFields joins the values of -F into fields of a request.
func joinFields(values []option.FieldValue) (rawjson.Object, error) {
	root := &node{}
	for _, v := range values {
		if !root.set(v.Path, v.Value) {
			return nil, failure.BadUsage("", "-F %s: it can't be a list, an object and a value at once", v.Path[0])
		}
	}
	fields := make(rawjson.Object, len(root.keys))
	for i, key := range root.keys {
		fields[i] = rawjson.Member{Key: key, Value: root.items[i].json()}
	}
	return fields, nil
}

// node is a value that is built from paths: a leaf, an object or a list.
type node struct {
	raw   json.RawMessage
	keys  []string // of an object
	items []*node
}

// set puts a value at a path. It returns false if something else is there.
func (n *node) set(path []string, raw json.RawMessage) bool {
	if len(path) == 0 {
		if n.items != nil {
			return false
		}
		n.raw = raw
		return true
	}
	if n.raw != nil || n.items != nil && (len(n.keys) == 0) != (path[0] == "") {
		return false
	}
	if path[0] != "" {
		for i, key := range n.keys {
			if key == path[0] {
				return n.items[i].set(path[1:], raw)
			}
		}
		n.keys = append(n.keys, path[0])
	}
	added := &node{}
	n.items = append(n.items, added)
	return added.set(path[1:], raw)
}

func (n *node) json() json.RawMessage {
	if n.items == nil {
		return n.raw
	}
	if len(n.keys) > 0 {
		obj := make(rawjson.Object, len(n.keys))
		for i, key := range n.keys {
			obj[i] = rawjson.Member{Key: key, Value: n.items[i].json()}
		}
		return obj.JSON()
	}
	elements := make([]json.RawMessage, len(n.items))
	for i, item := range n.items {
		elements[i] = item.json()
	}
	return rawjson.Array(elements)
}
