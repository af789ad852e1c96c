package offline

import (
	"slices"
	"strconv"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// decoder reads a value into a place of its own, or refuses its type.
type decoder func(v value) error

// fieldSpec says how to decode a member of an object. An optional member may be missing or null.
type fieldSpec struct {
	name     string
	decode   decoder
	optional bool
	found    bool
}

func required(name string, decode decoder) fieldSpec { return fieldSpec{name: name, decode: decode} }

func optional(name string, decode decoder) fieldSpec {
	return fieldSpec{name: name, decode: decode, optional: true}
}

// object decodes the fields of an object, and ignores its other members. want names the expected type in an error.
func (v value) object(want string, fields ...fieldSpec) error {
	if v.kind() != '{' {
		return v.wrongType(want)
	}
	c := rawjson.Read(v.raw)
	for key := range c.Members() {
		i := slices.IndexFunc(fields, func(f fieldSpec) bool { return f.name == string(key) })
		if i < 0 {
			continue
		}
		f := &fields[i]
		f.found = true
		member := v.next(&c, strings.TrimPrefix(v.path+"."+f.name, "."))
		if f.optional && member.isNull() {
			continue
		}
		if err := f.decode(member); err != nil {
			return err
		}
	}
	for _, f := range fields {
		if !f.optional && !f.found {
			return v.missing(f.name)
		}
	}
	return nil
}

// elements decodes each element of an array.
func (v value) elements(decode decoder) error {
	if v.kind() != '[' {
		return v.wrongType("a sequence")
	}
	c := rawjson.Read(v.raw)
	for i := range c.Elements() {
		if err := decode(v.next(&c, v.path+"["+strconv.Itoa(i)+"]")); err != nil {
			return err
		}
	}
	return nil
}

// next reads the value that is next inside v.
func (v value) next(c *rawjson.Cursor, path string) value {
	start := v.start + c.Here()
	return value{v.body, start, c.Value(), path}
}

func asList[T any](into *[]T, decode func(element *T, v value) error) decoder {
	return func(v value) error {
		*into = nil
		return v.elements(func(element value) error {
			*into = append(*into, *new(T))
			return decode(&(*into)[len(*into)-1], element)
		})
	}
}

func asText(into *string) decoder {
	return func(v value) error {
		if v.kind() != '"' {
			return v.wrongType("a string")
		}
		*into, _ = rawjson.String(v.raw)
		return nil
	}
}

// isText checks a text that is not used.
func isText(v value) error {
	if v.kind() != '"' {
		return v.wrongType("a string")
	}
	return nil
}

func asBoolean(into *bool) decoder {
	return func(v value) error {
		if k := v.kind(); k != 't' && k != 'f' {
			return v.wrongType("a boolean")
		}
		*into = v.kind() == 't'
		return nil
	}
}

func asNumber(into **float64) decoder {
	return func(v value) error {
		if !v.isNumber() {
			return v.wrongType("f32")
		}
		n, _ := strconv.ParseFloat(string(v.raw), 64) // too large a number becomes an infinity, which is out of range
		*into = &n
		return nil
	}
}

func asInteger(into **int64) decoder {
	return func(v value) error {
		if !v.isNumber() || v.hasFraction() {
			return v.wrongType("i32")
		}
		n, _ := strconv.ParseInt(string(v.raw), 10, 64) // too large a number becomes the largest, which is out of range
		*into = &n
		return nil
	}
}

// asVariant decodes a text that must be one of those known.
func asVariant(into *string, known ...string) decoder {
	return func(v value) error {
		var t tag
		if err := t.decode(v); err != nil {
			return err
		}
		*into = t.name
		return t.check(known...)
	}
}

func asRaw(into *[]byte) decoder {
	return func(v value) error {
		*into = v.raw
		return nil
	}
}

// tag holds the member of an object that tells what the object is.
type tag struct {
	value
	name string
}

func (t *tag) decode(v value) error {
	t.value = v
	return asText(&t.name)(v)
}

func (t *tag) check(known ...string) error {
	if slices.Contains(known, t.name) {
		return nil
	}
	variants := "`" + strings.Join(known, "`, `") + "`"
	return t.mismatch(t.end(), "unknown variant `%s`, expected one of %s", clip(t.name), variants)
}
