// Package serde decodes JSON as a Rust server with serde does, and words what it refuses as serde words it. It copies no
// large text: a value is a window of the body.
package serde

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Value is one JSON value of a request's body, with its place in it: an error can name `messages[0].role` and a line
// and a column, as serde's errors do. It is a window of the body, so that no picture is copied.
type Value struct {
	body  []byte
	start int // where raw begins in body
	raw   json.RawMessage
	path  string
}

// SyntaxError reports a body that is not JSON, or is nested too deep.
type SyntaxError struct{ text string }

func (e *SyntaxError) Error() string { return e.text }

// MismatchError reports JSON that is not what it should be.
type MismatchError struct{ text string }

func (e *MismatchError) Error() string { return e.text }

// Parse returns the value of a body, which must be valid JSON as a whole.
func Parse(body []byte) (Value, error) {
	if err := checkSyntax(body); err != nil {
		return Value{}, err
	}
	const space = " \t\r\n"
	raw := bytes.TrimLeft(body, space)
	return Value{body: body, start: len(body) - len(raw), raw: bytes.TrimRight(raw, space)}, nil
}

// Kind returns the first byte of the value, which tells its type.
func (v Value) Kind() byte   { return v.raw[0] }
func (v Value) isNull() bool { return v.Kind() == 'n' }

// Raw returns the JSON of the value; nil for the zero Value.
func (v Value) Raw() []byte { return v.raw }

// Content returns the text of a string, and copies it only if it has escapes.
func (v Value) Content() []byte {
	if bytes.IndexByte(v.raw, '\\') < 0 {
		return v.raw[1 : len(v.raw)-1]
	}
	s, _ := rawjson.String(v.raw)
	return []byte(s)
}

func (v Value) isNumber() bool    { return v.Kind() == '-' || v.Kind() >= '0' && v.Kind() <= '9' }
func (v Value) hasFraction() bool { return bytes.ContainsAny(v.raw, ".eE") }

// WrongType returns the error for a value of another type than is wanted.
func (v Value) WrongType(want string) error {
	at := v.end()
	if v.Kind() == '{' || v.Kind() == '[' {
		at = v.start // serde refuses a composite value before it reads it
	}
	return v.mismatch(at, "invalid type: %s, expected %s", v.describe(), want)
}

// Missing returns the error for an object without a member that it needs.
func (v Value) Missing(member string) error {
	return v.mismatch(v.end(), "missing field `%s`", member)
}

// duplicate returns the error for a member that an object has twice. serde notices it before the colon; next is the offset of
// the second value.
func (v Value) duplicate(member string, next int) error {
	colon := bytes.LastIndexByte(v.raw[:next], ':')
	return v.mismatch(v.start+colon, "duplicate field `%s`", member)
}

func (v Value) end() int { return v.start + len(v.raw) }

// mismatch returns the error for a body that is JSON, but not what it should be.
func (v Value) mismatch(at int, format string, args ...any) error {
	path := ""
	if v.path != "" {
		path = Clip(v.path) + ": "
	}
	return &MismatchError{path + fmt.Sprintf(format, args...) + position(v.body, at)}
}

// describe returns serde's words for the value.
func (v Value) describe() string {
	switch v.Kind() {
	case '{':
		return "map"
	case '[':
		return "sequence"
	case '"':
		return fmt.Sprintf("string %q", Clip(string(v.Content())))
	case 'n':
		return "null"
	case 't', 'f':
		return fmt.Sprintf("boolean `%s`", v.raw)
	}
	if v.hasFraction() {
		return fmt.Sprintf("floating point `%s`", Clip(string(v.raw)))
	}
	return fmt.Sprintf("integer `%s`", Clip(string(v.raw)))
}

// position says where serde stopped reading: its column is the number of bytes that it has read of the line.
func position(body []byte, read int) string {
	line, column := rawjson.Position(body, read)
	return fmt.Sprintf(" at line %d column %d", line, column-1)
}

// Clip bounds what an error quotes of a request.
func Clip(s string) string {
	const limit = 200
	if len(s) <= limit {
		return s
	}
	n := limit
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
