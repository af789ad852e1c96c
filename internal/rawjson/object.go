package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"unicode/utf8"
)

// Member is one key of an object with its value's bytes as they were written.
type Member struct {
	Key   string
	Value json.RawMessage
}

// Object is a JSON object in its written order; its values are never re-encoded.
type Object []Member

// ParseObject reads one object. The values are parts of raw. An error of syntax wraps a
// *json.SyntaxError; anything but an object is ErrNotObject.
func ParseObject(raw []byte) (Object, error) {
	c := Read(raw)
	isObject := c.Next() == '{'
	obj := make(Object, 0, 4)
	for key := range c.Members() {
		obj = append(obj, Member{string(key), c.Value()})
	}
	switch {
	case !c.End():
		_, err := c.Compact()
		return nil, err
	case !isObject:
		return nil, ErrNotObject
	}
	return obj, nil
}

// Valid says whether raw is one JSON value.
func Valid(raw []byte) bool {
	c := Read(raw)
	c.Skip()
	return c.End()
}

// Known reads an object whose syntax is known to be valid; the values are parts of raw. It
// is empty where raw is no object.
func Known(raw []byte) Object {
	// There is no error but that.
	obj, _ := ParseObject(raw)
	return obj
}

// Members gives the keys and values of an object, both parts of raw but for a key with escapes.
// It gives nothing where raw is no object, and no more where its syntax is wrong.
func Members(raw []byte) iter.Seq2[[]byte, json.RawMessage] {
	return func(yield func([]byte, json.RawMessage) bool) {
		c := Read(raw)
		for key := range c.Members() {
			value := c.Value()
			if value == nil || !yield(key, value) {
				return
			}
		}
	}
}

// Elements returns the elements of an array, which are parts of raw; ok is false where raw is
// no array.
func Elements(raw []byte) (elements []json.RawMessage, ok bool) {
	c := Read(raw)
	if c.Next() != '[' {
		return nil, false
	}
	for range c.Elements() {
		elements = append(elements, c.Value())
	}
	return elements, c.End()
}

// String reads a string; ok is false where raw is none.
func String(raw []byte) (s string, ok bool) {
	c := Read(raw)
	return c.Text()
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

// Without returns the object without the named keys; itself where it has none of them.
func (o Object) Without(keys ...string) Object {
	named := func(m Member) bool { return slices.Contains(keys, m.Key) }
	if !slices.ContainsFunc(o, named) {
		return o
	}
	return slices.DeleteFunc(slices.Clone(o), named)
}

// JSON writes the object on one line, its values as they are.
func (o Object) JSON() []byte {
	out := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			out = append(out, ',')
		}
		out = AppendQuote(out, m.Key)
		out = append(out, ':')
		out = append(out, m.Value...)
	}
	return append(out, '}')
}

// Array writes JSON values as an array on one line, each as it is.
func Array[E ~[]byte](elements []E) []byte {
	size := len("[]")
	for _, e := range elements {
		size += len(e) + len(",")
	}
	out := append(make([]byte, 0, size), '[')
	for i, e := range elements {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, e...)
	}
	return append(out, ']')
}

// Quote returns s as a JSON string. HTML characters stay as they are; bytes that are not
// UTF-8 become U+FFFD.
func Quote(s string) []byte { return AppendQuote(make([]byte, 0, len(s)+2), s) }

// AppendQuote appends what Quote returns.
func AppendQuote(out []byte, s string) []byte {
	if isPlain(s) {
		return append(append(append(out, '"'), s...), '"')
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	// A string always encodes.
	_ = enc.Encode(s)
	return append(out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// isPlain says whether a text is the same inside a JSON string.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Compact returns one JSON value as Cursor.Compact does.
func Compact(raw []byte) ([]byte, error) {
	c := Read(raw)
	c.Skip()
	return c.Compact()
}
