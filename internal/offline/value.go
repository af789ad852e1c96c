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
)

// A value is one JSON value in its place in the body. encoding/json can't say `messages[0].role … at line 1 column 30`, and
// would copy each picture a few times; a value is only a window. It must stand in a body that parse found valid.
type value struct {
	body       []byte
	start, end int
	path       string
}

// parse checks the whole body and returns its one value.
func parse(body []byte) (value, error) {
	if !json.Valid(body) || !utf8.Valid(body) {
		return value{}, notJSON(body)
	}
	start := space(body, 0)
	return value{body: body, start: start, end: skip(body, start)}, nil
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

func (v value) raw() []byte  { return v.body[v.start:v.end] }
func (v value) kind() byte   { return v.body[v.start] }
func (v value) isNull() bool { return v.kind() == 'n' }

// fields visits the members of an object in their order.
func (v value) fields(want string, visit func(key string, field value) error) error {
	if v.kind() != '{' {
		return v.wrongType(want)
	}
	for i := space(v.body, v.start+1); v.body[i] != '}'; {
		name := value{body: v.body, start: i, end: skip(v.body, i)}
		key := string(name.content())
		i = space(v.body, space(v.body, name.end)+1)
		field := value{v.body, i, skip(v.body, i), key}
		if v.path != "" {
			field.path = v.path + "." + key
		}
		if err := visit(key, field); err != nil {
			return err
		}
		i = next(v.body, field.end)
	}
	return nil
}

// items visits the elements of an array.
func (v value) items(visit func(item value) error) error {
	if v.kind() != '[' {
		return v.wrongType("a sequence")
	}
	n := 0
	for i := space(v.body, v.start+1); v.body[i] != ']'; n++ {
		item := value{v.body, i, skip(v.body, i), v.path + "[" + strconv.Itoa(n) + "]"}
		if err := visit(item); err != nil {
			return err
		}
		i = next(v.body, item.end)
	}
	return nil
}

func (v value) text(into *string) error {
	if v.kind() != '"' {
		return v.wrongType("a string")
	}
	*into = string(v.content())
	return nil
}

// content is what a string holds: a window where there is no escape in it, so that a picture isn't copied.
func (v value) content() []byte {
	raw := v.raw()
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	var s string
	_ = json.Unmarshal(raw, &s) // parse found it valid
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
	n, _ := strconv.ParseFloat(string(v.raw()), 64) // too large a number is an infinity, which the ranges refuse
	*into = &n
	return nil
}

func (v value) integer(into **int64) error {
	if !v.isNumber() || bytes.ContainsAny(v.raw(), ".eE") {
		return v.wrongType("i32")
	}
	n, _ := strconv.ParseInt(string(v.raw()), 10, 64) // too large a number is the largest, which the ranges refuse
	*into = &n
	return nil
}

func (v value) isNumber() bool { return v.kind() == '-' || v.kind() >= '0' && v.kind() <= '9' }

func (v value) wrongType(want string) error {
	at := v.end
	if v.kind() == '{' || v.kind() == '[' {
		at = v.start // serde gives up before it reads what is in there
	}
	return v.misfit(at, "invalid type: %s, expected %s", v.named(), want)
}

func (v value) missing(field string) error {
	return v.misfit(v.end, "missing field `%s`", field)
}

func (v value) unknown(variant, known string) error {
	return v.misfit(v.end, "unknown variant `%s`, expected one of %s", clip(variant), known)
}

// misfit is the refusal of a body that is JSON but not a request, as serde words it.
func (v value) misfit(at int, format string, args ...any) error {
	text := "Failed to deserialize the JSON body into the target type: "
	if v.path != "" {
		text += clip(v.path) + ": "
	}
	return &apiError{
		status: http.StatusUnprocessableEntity,
		text:   text + fmt.Sprintf(format, args...) + position(v.body, at),
	}
}

func (v value) named() string {
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
		return fmt.Sprintf("boolean `%s`", v.raw())
	}
	if bytes.ContainsAny(v.raw(), ".eE") {
		return fmt.Sprintf("floating point `%s`", clip(string(v.raw())))
	}
	return fmt.Sprintf("integer `%s`", clip(string(v.raw())))
}

func position(body []byte, at int) string {
	before := body[:min(at, len(body))]
	line := bytes.Count(before, []byte("\n")) + 1
	return fmt.Sprintf(" at line %d column %d", line, len(before)-bytes.LastIndexByte(before, '\n')-1)
}

// clip keeps a request from getting its own megabytes back inside an error.
func clip(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	n := most
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}

// space returns the first index from i on that is not white space.
func space(body []byte, i int) int {
	for i < len(body) && (body[i] == ' ' || body[i] == '\t' || body[i] == '\n' || body[i] == '\r') {
		i++
	}
	return i
}

// next returns where the following member stands, or the bracket that ends them all.
func next(body []byte, i int) int {
	i = space(body, i)
	if body[i] == ',' {
		i = space(body, i+1)
	}
	return i
}

// skip returns the index after the value at i. It doesn't recurse: depth costs no stack.
func skip(body []byte, i int) int {
	depth := 0
	for {
		switch body[i] {
		case '"':
			i = skipString(body, i)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		case ' ', '\t', '\n', '\r', ',', ':':
			i++
			continue
		default:
			i = skipScalar(body, i)
		}
		if depth == 0 {
			return i
		}
	}
}

func skipScalar(body []byte, i int) int {
	for i < len(body) && bytes.IndexByte([]byte(",:]} \t\r\n"), body[i]) < 0 {
		i++
	}
	return i
}

func skipString(body []byte, i int) int {
	for from := i + 1; ; {
		end := from + bytes.IndexByte(body[from:], '"')
		slash := end
		for slash > from && body[slash-1] == '\\' {
			slash--
		}
		if (end-slash)%2 == 0 {
			return end + 1
		}
		from = end + 1
	}
}
