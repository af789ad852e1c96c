package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Member is one key of an object with its value's bytes as they were written.
type Member struct {
	Key   string
	Value json.RawMessage
}

// Object is a JSON object in its written order; its values are never re-encoded.
type Object []Member

// ParseObject reads one object. The values share memory with nothing. An error of syntax
// is a *json.SyntaxError or io.ErrUnexpectedEOF; anything but an object is ErrNotObject.
func ParseObject(raw []byte) (Object, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	first, err := dec.Token()
	if err != nil {
		return nil, fmt.Errorf("reading an object: %w", err)
	}
	if first != json.Delim('{') {
		return nil, ErrNotObject
	}
	var obj Object
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, fmt.Errorf("reading a key: %w", err)
		}
		name, ok := key.(string)
		if !ok {
			return nil, ErrNotObject
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, fmt.Errorf("reading %q: %w", name, err)
		}
		obj = append(obj, Member{name, value})
	}
	if _, err := dec.Token(); err != nil {
		return nil, fmt.Errorf("reading an object's end: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, ErrNotObject
	}
	return obj, nil
}

// ErrNotObject says that a JSON value is no object, or that something follows it.
var ErrNotObject = errors.New("not a JSON object")

// Get returns the last value of a key, as JSON readers do; nil where there is none.
func (o Object) Get(key string) json.RawMessage {
	for _, v := range slices.Backward(o) {
		if v.Key == key {
			return v.Value
		}
	}
	return nil
}

// With returns the object with the key set: in its place where it was, else at the end.
func (o Object) With(key string, value json.RawMessage) Object {
	out := make(Object, 0, len(o)+1)
	found := false
	for _, m := range o {
		switch {
		case m.Key != key:
			out = append(out, m)
		case !found:
			out, found = append(out, Member{key, value}), true
		}
	}
	if !found {
		out = append(out, Member{key, value})
	}
	return out
}

// Without returns the object without the named keys.
func (o Object) Without(keys ...string) Object {
	out := make(Object, 0, len(o))
next:
	for _, m := range o {
		for _, key := range keys {
			if m.Key == key {
				continue next
			}
		}
		out = append(out, m)
	}
	return out
}

// JSON writes the object on one line, its values as they are.
func (o Object) JSON() []byte {
	out := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, Quote(m.Key)...)
		out = append(out, ':')
		out = append(out, m.Value...)
	}
	return append(out, '}')
}

// Quote returns s as a JSON string. HTML characters stay as they are; bytes that are not
// UTF-8 become U+FFFD.
func Quote(s string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	// A string always encodes.
	_ = enc.Encode(s)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Compact returns raw without the white space between its tokens, every other byte as it
// was. A syntax error is a *json.SyntaxError.
func Compact(raw []byte) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(len(raw))
	if err := json.Compact(&b, raw); err != nil {
		return nil, fmt.Errorf("compacting JSON: %w", err)
	}
	return b.Bytes(), nil
}
