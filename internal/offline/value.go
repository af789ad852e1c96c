package offline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// value is one JSON value of a request's body, with its place in it: an error can name `messages[0].role` and a line
// and a column, as serde's errors do. It is a window of the body, so that no picture is copied.
type value struct {
	body  []byte
	start int // where raw begins in body
	raw   json.RawMessage
	path  string
}

// parse returns the value of a body, which must be valid JSON as a whole.
func parse(body []byte) (value, error) {
	if !rawjson.Valid(body) || !utf8.Valid(body) {
		return value{}, notJSON(body)
	}
	const space = " \t\r\n"
	raw := bytes.TrimLeft(body, space)
	return value{body: body, start: len(body) - len(raw), raw: bytes.TrimRight(raw, space)}, nil
}

func notJSON(body []byte) error {
	const invalid = 0xff // in no UTF-8
	what, at := "invalid unicode code point", 1+bytes.IndexByte(bytes.ToValidUTF8(body, []byte{invalid}), invalid)
	syntax, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(body, &struct{}{}))
	switch {
	case ok && strings.HasPrefix(syntax.Error(), "unexpected end"):
		what, at = "EOF while parsing a value", len(body)
	case ok:
		what, at = "expected value", int(syntax.Offset)
	}
	return newError(http.StatusBadRequest, "", "Failed to parse the request body as JSON: %s%s", what, position(body, at))
}

// kind returns the first byte of the value, which tells its type.
func (v value) kind() byte   { return v.raw[0] }
func (v value) isNull() bool { return v.kind() == 'n' }

// content returns the text of a string, and copies it only if it has escapes.
func (v value) content() []byte {
	if bytes.IndexByte(v.raw, '\\') < 0 {
		return v.raw[1 : len(v.raw)-1]
	}
	s, _ := rawjson.String(v.raw)
	return []byte(s)
}

func (v value) isNumber() bool    { return v.kind() == '-' || v.kind() >= '0' && v.kind() <= '9' }
func (v value) hasFraction() bool { return bytes.ContainsAny(v.raw, ".eE") }

func (v value) wrongType(want string) error {
	at := v.end()
	if v.kind() == '{' || v.kind() == '[' {
		at = v.start // serde refuses a composite value before it reads it
	}
	return v.mismatch(at, "invalid type: %s, expected %s", v.describe(), want)
}

func (v value) missing(member string) error {
	return v.mismatch(v.end(), "missing field `%s`", member)
}

func (v value) end() int { return v.start + len(v.raw) }

// mismatch returns the error for a body that is JSON but no request, as serde words it.
func (v value) mismatch(at int, format string, args ...any) error {
	path := ""
	if v.path != "" {
		path = clip(v.path) + ": "
	}
	text := mismatchPrefix + path + fmt.Sprintf(format, args...) + position(v.body, at)
	return &apiError{status: http.StatusUnprocessableEntity, text: text}
}

// describe returns serde's words for the value.
func (v value) describe() string {
	switch v.kind() {
	case '{':
		return "map"
	case '[':
		return "sequence"
	case '"':
		return fmt.Sprintf("string %q", clip(string(v.content())))
	case 'n':
		return "null"
	case 't', 'f':
		return fmt.Sprintf("boolean `%s`", v.raw)
	}
	if v.hasFraction() {
		return fmt.Sprintf("floating point `%s`", clip(string(v.raw)))
	}
	return fmt.Sprintf("integer `%s`", clip(string(v.raw)))
}

// position says where serde stopped reading: its column is the number of bytes that it has read of the line.
func position(body []byte, read int) string {
	line, column := rawjson.Position(body, read)
	return fmt.Sprintf(" at line %d column %d", line, column-1)
}
