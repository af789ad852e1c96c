package cli

import (
	"encoding/json"
	"errors"
	"os"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// fieldFlags are the values of -F: any field of the request, never checked.
type fieldFlags []field

// field is one of them: a path such as a[b][] and a value, or the file that holds it.
type field struct {
	path []string // "" appends to a list
	raw  json.RawMessage
	file string
	json bool // the file's content is JSON, not text
}

func (f *fieldFlags) String() string { return "" }
func (f *fieldFlags) Type() string   { return "key=value" }

func (f *fieldFlags) Set(s string) error {
	key, value, ok := strings.Cut(s, "=")
	if !ok {
		return errors.New("must be key=value")
	}
	key, isJSON := strings.CutSuffix(key, ":")
	path, err := fieldPath(key)
	if err != nil {
		return err
	}
	switch path[0] {
	case "messages":
		return errors.New("messages are given by flags, words or -f")
	case "stream":
		return errors.New("chatcmpl stream streams, the other commands do not")
	}
	added := field{path: path, json: isJSON}
	if name, isFile := strings.CutPrefix(value, "@"); isFile {
		if added.file = name; name == "" {
			return errors.New("must name a file after @")
		}
	} else if added.raw, err = fieldValue(value, isJSON); err != nil {
		return err
	}
	*f = append(*f, added)
	return nil
}

// fieldValue is a JSON value, or a typed word: true, false, null and numbers are what they
// look like, everything else is a string.
func fieldValue(value string, isJSON bool) (json.RawMessage, error) {
	if isJSON {
		raw, err := rawjson.Compact([]byte(value))
		if err != nil {
			return nil, errors.New("must be valid JSON after :=")
		}
		return raw, nil
	}
	if json.Valid([]byte(value)) && !strings.ContainsAny(value[:1], "\"{[ \t\r\n") {
		return json.RawMessage(strings.TrimSpace(value)), nil
	}
	return quoted(value)
}

func fieldPath(key string) ([]string, error) {
	name, rest, nested := strings.Cut(key, "[")
	path := []string{name}
	if name == "" {
		return nil, errors.New("must begin with a field's name")
	}
	if !nested {
		return path, nil
	}
	inner, closed := strings.CutSuffix(rest, "]")
	if !closed {
		return nil, errors.New("must be closed by ]")
	}
	return append(path, strings.Split(inner, "][")...), nil
}

// read puts the fields together and reads the files that they name.
func (f fieldFlags) read() (rawjson.Object, error) {
	root := &node{}
	for _, given := range f {
		raw := given.raw
		if given.file != "" {
			text, err := os.ReadFile(given.file)
			if err != nil {
				return nil, usage("", "-F %s: %w", given.path[0], err)
			}
			if given.json {
				raw, err = rawjson.Compact(text)
			} else {
				raw, err = quoted(string(text))
			}
			if err != nil {
				return nil, usage("", "-F %s: %s: %w", given.path[0], given.file, err)
			}
		}
		if !root.set(given.path, raw) {
			return nil, usage("", "-F %s: it can't be a list, an object and a value at once", given.path[0])
		}
	}
	fields := make(rawjson.Object, len(root.keys))
	for i, key := range root.keys {
		fields[i] = rawjson.Member{Key: key, Value: root.items[i].json()}
	}
	return fields, nil
}

// node is a value that is put together from paths: a leaf, an object or a list.
type node struct {
	raw   json.RawMessage
	keys  []string // of an object
	items []*node
}

// set puts a value at a path; false where something else stands there.
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
	parts := make([]string, len(n.items))
	for i, item := range n.items {
		parts[i] = string(item.json())
	}
	return json.RawMessage("[" + strings.Join(parts, ",") + "]")
}
