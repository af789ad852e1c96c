package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"unicode/utf8"
)

// Member is one key of an object, with its value as it was written.
type Member struct {
	Key   string
	Value json.RawMessage
}

// Object is a JSON object in its written order. Its values are never re-encoded.
type Object []Member

// ParseObject reads one object. Its values are parts of raw. A syntax error wraps a *json.SyntaxError; valid JSON of
// another type is ErrNotObject.
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

// Valid reports whether raw is one JSON value.
func Valid(raw []byte) bool {
	c := Read(raw)
	c.Skip()
	return c.End()
}

// TooDeep reports whether raw is unreadable because its values are nested too deeply.
func TooDeep(raw []byte) bool {
	c := Read(raw)
	c.Skip()
	return c.tooDeep
}

// Known returns the object that raw holds, for texts that were checked before. Its values are parts of raw. It returns
// an empty object if raw is no valid object.
func Known(raw []byte) Object {
	// The only possible error is that raw is no object.
	obj, _ := ParseObject(raw)
	return obj
}

// Members yields the keys and values of an object. Both are parts of raw, except keys with escapes. It yields nothing
// if raw is no object, and stops at a syntax error.
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

// Elements returns the elements of an array, which are parts of raw. ok is false if raw is no valid array.
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

// String returns the string that raw holds; ok is false if raw is no string.
func String(raw []byte) (s string, ok bool) {
	c := Read(raw)
	return c.Text()
}

// Text returns the string that raw holds; empty if raw is no string.
func Text(raw []byte) string {
	text, _ := String(raw)
	return text
}

// ErrNotObject reports a JSON value that is no object.
var ErrNotObject = errors.New("not a JSON object")

// Get returns the value of a key, or nil if the object lacks it. Of a repeated key the last value counts, as in
// encoding/json.
func (o Object) Get(key string) json.RawMessage {
	for _, v := range slices.Backward(o) {
		if v.Key == key {
			return v.Value
		}
	}
	return nil
}

// With returns a copy with the key set, at its current position or else at the end. Repetitions of the key are removed.
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

// Without returns a copy without the named keys, or o itself if it has none of them.
func (o Object) Without(keys ...string) Object {
	named := func(m Member) bool { return slices.Contains(keys, m.Key) }
	if !slices.ContainsFunc(o, named) {
		return o
	}
	return slices.DeleteFunc(slices.Clone(o), named)
}

// JSON returns the object on one line, with each value as it is.
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

// Array returns JSON values as an array on one line, with each value as it is.
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

// Quote returns s as a JSON string. It does not escape HTML characters, and replaces invalid UTF-8 by U+FFFD.
func Quote(s string) []byte { return AppendQuote(make([]byte, 0, len(s)+2), s) }

// AppendQuote appends the result of Quote to out.
func AppendQuote(out []byte, s string) []byte {
	if isPlain(s) {
		return append(append(append(out, '"'), s...), '"')
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	// Encoding a string never fails.
	_ = enc.Encode(s)
	return append(out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// isPlain reports whether a text needs no escapes inside a JSON string.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Compact removes the white space around and between the tokens of one JSON value, as Cursor.Compact does, and a byte
// order mark before it.
func Compact(raw []byte) ([]byte, error) {
	c := Read(bytes.TrimPrefix(raw, []byte("\ufeff")))
	c.Skip()
	return c.Compact()
}
