package schema

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// kind is a set of JSON types. A number without a fraction is an integer and a number.
type kind uint8

const (
	nullKind kind = 1 << iota
	booleanKind
	integerKind
	numberKind
	stringKind
	arrayKind
	objectKind

	anyKind kind = 1<<iota - 1
)

// value is a decoded JSON value. Of several members with the same name the last one counts.
type value struct {
	kind  kind
	raw   json.RawMessage // as it was written; nil for a member's name
	text  string          // of a string
	names []string        // of an object's members, sorted
	parts []value         // the members in that order, or the elements of an array
}

// maxValues bounds the memory that a decoded document takes.
const maxValues = 1 << 18

var errTooLarge = errors.New("too many values")

// decode reads one JSON value. An error names the line and the column of what is not JSON, or
// is errTooLarge.
func decode(raw []byte) (value, error) {
	d := decoder{cursor: rawjson.Read(raw), left: maxValues}
	v := d.value()
	switch {
	case !d.cursor.End():
		return value{}, notJSON(raw)
	case d.left < 0:
		return value{}, errTooLarge
	}
	return v, nil
}

func notJSON(raw []byte) error {
	err := json.Unmarshal(raw, new(json.RawMessage))
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return err
	}
	before := string(raw[:max(0, syntax.Offset-1)])
	line, start := strings.Count(before, "\n")+1, strings.LastIndexByte(before, '\n')+1
	return fmt.Errorf("%d:%d: not JSON: %w", line, len([]rune(before[start:]))+1, err)
}

// decoder reads values as long as there are not too many.
type decoder struct {
	cursor rawjson.Cursor
	left   int
}

func (d *decoder) value() (v value) {
	if d.left--; d.left < 0 {
		d.cursor.Skip()
		return v
	}
	start := d.cursor.Here()
	switch d.cursor.Next() {
	case '{':
		v.kind = objectKind
		d.members(&v)
	case '[':
		v.kind = arrayKind
		d.elements(&v)
	case '"':
		v.kind = stringKind
		v.text, _ = d.cursor.Text()
	default:
		d.cursor.Skip()
	}
	if v.raw = d.cursor.Since(start); v.kind == 0 && v.raw != nil {
		v.kind = scalar(v.raw)
	}
	return v
}

func scalar(raw []byte) kind {
	switch raw[0] {
	case 'n':
		return nullKind
	case 't', 'f':
		return booleanKind
	}
	if parseNumber(raw).integer() {
		return integerKind | numberKind
	}
	return numberKind
}

func (d *decoder) elements(v *value) {
	for range d.cursor.Elements() {
		if v.parts = append(v.parts, d.value()); d.left < 0 {
			return
		}
	}
}

func (d *decoder) members(v *value) {
	type member struct {
		name  string
		value value
	}
	var members []member
	for name := range d.cursor.Members() {
		if members = append(members, member{string(name), d.value()}); d.left < 0 {
			return
		}
	}
	slices.SortStableFunc(members, func(a, b member) int { return cmp.Compare(a.name, b.name) })
	v.names = make([]string, 0, len(members))
	v.parts = make([]value, 0, len(members))
	for i, m := range members {
		if i+1 == len(members) || m.name != members[i+1].name {
			v.names, v.parts = append(v.names, m.name), append(v.parts, m.value)
		}
	}
}

// get returns the member of that name, or nil.
func (v *value) get(name string) *value {
	if i, ok := slices.BinarySearch(v.names, name); ok {
		return &v.parts[i]
	}
	return nil
}

// child returns the member of that name or the element of that index, or nil.
func (v *value) child(step string) *value {
	if v.kind == objectKind {
		return v.get(step)
	}
	i, err := strconv.Atoi(step)
	if err != nil || i < 0 || i >= len(v.parts) {
		return nil
	}
	return &v.parts[i]
}

// texts returns the strings in an array; ok is false for any other value.
func (v *value) texts() (texts []string, ok bool) {
	for i := range v.parts {
		if v.parts[i].kind != stringKind {
			return nil, false
		}
		texts = append(texts, v.parts[i].text)
	}
	return texts, v.kind == arrayKind
}

// is reports whether the value is true, false or null, as the word says.
func (v *value) is(word string) bool { return string(v.raw) == word }

// key returns a text that is the same for equal values only.
func (v *value) key() string { return string(v.appendKey(nil)) }

func (v *value) appendKey(out []byte) []byte {
	switch v.kind {
	case objectKind:
		out = append(out, '{')
		for i, name := range v.names {
			out = append(rawjson.AppendQuote(out, name), ':')
			out = append(v.parts[i].appendKey(out), ',')
		}
		return append(out, '}')
	case arrayKind:
		out = append(out, '[')
		for i := range v.parts {
			out = append(v.parts[i].appendKey(out), ',')
		}
		return append(out, ']')
	case stringKind:
		return rawjson.AppendQuote(out, v.text)
	case nullKind, booleanKind:
		return append(out, v.raw...)
	}
	return parseNumber(v.raw).appendKey(out)
}
