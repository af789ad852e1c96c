package offline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// value is one JSON value of a request's body, with its place in it: an error can name `messages[0].role` and a line and a
// column, as serde's errors do. It is a window of the body, so that no picture is copied.
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
	what, at := "invalid unicode code point", validPrefix(body)+1
	syntax, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(body, &struct{}{}))
	switch {
	case ok && strings.HasPrefix(syntax.Error(), "unexpected end"):
		what, at = "EOF while parsing a value", len(body)
	case ok:
		what, at = "expected value", int(syntax.Offset)
	}
	return &apiError{
		status: http.StatusBadRequest,
		text:   "Failed to parse the request body as JSON: " + what + position(body, at),
	}
}

// validPrefix returns the length of the text before the first byte that is not UTF-8.
func validPrefix(body []byte) int {
	n := 0
	for n < len(body) {
		r, size := utf8.DecodeRune(body[n:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		n += size
	}
	return n
}

// kind returns the first byte of the value, which tells its type.
func (v value) kind() byte   { return v.raw[0] }
func (v value) isNull() bool { return v.kind() == 'n' }

// members calls read for each member of an object, in order. want is what an error expected in place of another type.
func (v value) members(want string, read func(key string, member value) error) error {
	if v.kind() != '{' {
		return v.wrongType(want)
	}
	c := rawjson.Read(v.raw)
	for key := range c.Members() {
		path := string(key)
		if v.path != "" {
			path = v.path + "." + path
		}
		if err := read(string(key), v.next(&c, path)); err != nil {
			return err
		}
	}
	return nil
}

// membersWith calls read as members does, and refuses an object without a member of that name.
func (v value) membersWith(name, want string, read func(key string, member value) error) error {
	found := false
	err := v.members(want, func(key string, member value) error {
		found = found || key == name
		return read(key, member)
	})
	if err == nil && !found {
		err = v.missing(name)
	}
	return err
}

// elements calls read for each element of an array.
func (v value) elements(read func(element value) error) error {
	if v.kind() != '[' {
		return v.wrongType("a sequence")
	}
	c := rawjson.Read(v.raw)
	for i := range c.Elements() {
		if err := read(v.next(&c, v.path+"["+strconv.Itoa(i)+"]")); err != nil {
			return err
		}
	}
	return nil
}

// next returns the value that is next inside v.
func (v value) next(c *rawjson.Cursor, path string) value {
	start := v.start + c.Here()
	return value{v.body, start, c.Value(), path}
}

func (v value) text(into *string) error {
	if v.kind() != '"' {
		return v.wrongType("a string")
	}
	*into, _ = rawjson.String(v.raw)
	return nil
}

// content returns the text of a string, and copies it only if it has escapes.
func (v value) content() []byte {
	if bytes.IndexByte(v.raw, '\\') < 0 {
		return v.raw[1 : len(v.raw)-1]
	}
	s, _ := rawjson.String(v.raw)
	return []byte(s)
}

func (v value) boolean(into *bool) error {
	if k := v.kind(); k != 't' && k != 'f' {
		return v.wrongType("a boolean")
	}
	*into = v.kind() == 't'
	return nil
}

func (v value) number(into **float64) error {
	if !v.isNumber() {
		return v.wrongType("f32")
	}
	n, _ := strconv.ParseFloat(string(v.raw), 64) // the ranges refuse the infinity that stands for too large a number
	*into = &n
	return nil
}

func (v value) integer(into **int64) error {
	if !v.isNumber() || v.hasFraction() {
		return v.wrongType("i32")
	}
	n, _ := strconv.ParseInt(string(v.raw), 10, 64) // the ranges refuse the extreme that stands for too large a number
	*into = &n
	return nil
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

func (v value) unknown(variant, known string) error {
	return v.mismatch(v.end(), "unknown variant `%s`, expected one of %s", clip(variant), known)
}

func (v value) end() int { return v.start + len(v.raw) }

// mismatch returns the error for a body that is JSON but no request, as serde words it.
func (v value) mismatch(at int, format string, args ...any) error {
	text := "Failed to deserialize the JSON body into the target type: "
	if v.path != "" {
		text += clip(v.path) + ": "
	}
	return &apiError{
		status: http.StatusUnprocessableEntity,
		text:   text + fmt.Sprintf(format, args...) + position(v.body, at),
	}
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

// clip bounds what an error quotes of a request.
func clip(s string) string {
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
