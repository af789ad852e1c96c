package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
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
	if !Valid(raw) {
		_, err := Compact(raw)
		return nil, err
	}
	if raw[space(raw, 0)] != '{' {
		return nil, ErrNotObject
	}
	return Known(raw), nil
}

// Known reads an object whose syntax is known to be valid; the values are parts of raw. It
// is empty where raw is no object.
func Known(raw []byte) Object {
	obj := make(Object, 0, 4)
	for key, value := range Members(raw) {
		obj = append(obj, Member{string(key), value})
	}
	return obj
}

// String reads a string whose syntax is known to be valid; ok is false where raw is none.
func String(raw []byte) (s string, ok bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	s, err := unquote(raw)
	return s, err == nil
}

// Members gives the keys and values of an object whose syntax is known to be valid, both
// parts of raw; a key with escapes is read. It gives nothing where raw is no object.
func Members(raw []byte) iter.Seq2[[]byte, json.RawMessage] {
	return func(yield func([]byte, json.RawMessage) bool) {
		i := space(raw, 0)
		if i == len(raw) || raw[i] != '{' {
			return
		}
		for i = space(raw, i+1); raw[i] != '}'; {
			end := valueEnd(raw, i)
			key := raw[i+1 : end-1]
			if bytes.IndexByte(key, '\\') >= 0 || !utf8.Valid(key) {
				// Its syntax is valid.
				plain, _ := unquote(raw[i:end])
				key = []byte(plain)
			}
			i = space(raw, space(raw, end)+1)
			end = valueEnd(raw, i)
			if !yield(key, raw[i:end:end]) {
				return
			}
			if i = space(raw, end); raw[i] == ',' {
				i = space(raw, i+1)
			}
		}
	}
}

// Elements returns the elements of an array, which are parts of raw; ok is false where raw
// is no array. The syntax of raw must be valid.
func Elements(raw []byte) (elements []json.RawMessage, ok bool) {
	i := space(raw, 0)
	if i == len(raw) || raw[i] != '[' {
		return nil, false
	}
	for i = space(raw, i+1); raw[i] != ']'; {
		end := valueEnd(raw, i)
		elements = append(elements, raw[i:end:end])
		if i = space(raw, end); raw[i] == ',' {
			i = space(raw, i+1)
		}
	}
	return elements, true
}

// space is the place of the first byte from i on that is no white space.
func space(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\t' || raw[i] == '\n' || raw[i] == '\r') {
		i++
	}
	return i
}

// valueEnd is the place after the value that begins at i of a valid text.
func valueEnd(raw []byte, i int) int {
	depth := 0
	for ; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			i = stringEnd(raw, i)
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ':', ' ', '\t', '\n', '\r':
			if depth == 0 {
				return i
			}
		}
	}
	return i
}

// stringEnd is the place of the quote that ends the string that begins at i.
func stringEnd(raw []byte, i int) int {
	for {
		i += 1 + bytes.IndexByte(raw[i+1:], '"')
		escapes := 0
		for raw[i-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i
		}
	}
}

func unquote(raw []byte) (string, error) {
	if bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw[1 : len(raw)-1]), nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", fmt.Errorf("reading a key: %w", err)
	}
	return s, nil
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
	if isPlain(s) {
		return append(append(append(make([]byte, 0, len(s)+2), '"'), s...), '"')
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	// A string always encodes.
	_ = enc.Encode(s)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
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

// Compact returns raw without the white space between its tokens, every other byte as it
// was; raw itself where there is none. A syntax error is a *json.SyntaxError.
func Compact(raw []byte) ([]byte, error) {
	if valid, spaced := check(raw); valid && !spaced {
		return raw, nil
	}
	var b bytes.Buffer
	b.Grow(len(raw))
	if err := json.Compact(&b, raw); err != nil {
		return nil, fmt.Errorf("not valid JSON: %w", err)
	}
	return b.Bytes(), nil
}
