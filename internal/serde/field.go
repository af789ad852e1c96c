package serde

import (
	"slices"
	"strconv"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Decoder reads a value into a place of its own, or refuses its type.
type Decoder func(v Value) error

// Field says how to decode a member of an object. An optional member may be missing or null.
type Field struct {
	name     string
	decode   Decoder
	optional bool
	found    bool
}

// Required decodes a member that must be there, and is not null unless its Decoder takes null.
func Required(name string, decode Decoder) Field { return Field{name: name, decode: decode} }

// Optional decodes a member that may be missing or null.
func Optional(name string, decode Decoder) Field {
	return Field{name: name, decode: decode, optional: true}
}

// Object decodes the fields of an object, and ignores its other members. want names the expected type in an error. A field
// that stands twice is an error.
func (v Value) Object(want string, fields ...Field) error {
	if v.Kind() != '{' {
		return v.WrongType(want)
	}
	c := rawjson.Read(v.raw)
	for key := range c.Members() {
		i := slices.IndexFunc(fields, func(f Field) bool { return f.name == string(key) })
		if i < 0 {
			continue
		}
		f := &fields[i]
		if f.found {
			return v.duplicate(f.name, c.Here())
		}
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
			return v.Missing(f.name)
		}
	}
	return nil
}

// Elements decodes each element of an array.
func (v Value) Elements(decode Decoder) error {
	if v.Kind() != '[' {
		return v.WrongType("a sequence")
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
func (v Value) next(c *rawjson.Cursor, path string) Value {
	start := v.start + c.Here()
	return Value{v.body, start, c.Value(), path}
}

// List decodes an array into a slice.
func List[T any](into *[]T, decode func(element *T, v Value) error) Decoder {
	return func(v Value) error {
		return v.Elements(func(element Value) error {
			*into = append(*into, *new(T))
			return decode(&(*into)[len(*into)-1], element)
		})
	}
}

// Text decodes a string.
func Text(into *string) Decoder {
	return func(v Value) error {
		if v.Kind() != '"' {
			return v.WrongType("a string")
		}
		*into, _ = rawjson.String(v.raw)
		return nil
	}
}

// IsText checks a text that is not used.
func IsText(v Value) error {
	if v.Kind() != '"' {
		return v.WrongType("a string")
	}
	return nil
}

// Boolean decodes true or false.
func Boolean(into *bool) Decoder {
	return func(v Value) error {
		if k := v.Kind(); k != 't' && k != 'f' {
			return v.WrongType("a boolean")
		}
		*into = v.Kind() == 't'
		return nil
	}
}

// IsBoolean checks true or false that is not used.
func IsBoolean(v Value) error { return Boolean(new(bool))(v) }

// Number decodes a number.
func Number(into **float64) Decoder {
	return func(v Value) error {
		if !v.isNumber() {
			return v.WrongType("f32")
		}
		n, _ := strconv.ParseFloat(string(v.raw), 64) // too large a number becomes an infinity, which is out of range
		*into = &n
		return nil
	}
}

// Integer decodes a whole number.
func Integer(into **int64) Decoder {
	return func(v Value) error {
		if !v.isNumber() || v.hasFraction() {
			return v.WrongType("i32")
		}
		n, _ := strconv.ParseInt(string(v.raw), 10, 64) // too large a number becomes the largest, which is out of range
		*into = &n
		return nil
	}
}

// Variant decodes a text that must be one of those known.
func Variant(into *string, known ...string) Decoder {
	return func(v Value) error {
		var t Tag
		if err := t.Decode(v); err != nil {
			return err
		}
		*into = t.Name
		return t.Check(known...)
	}
}

// Raw keeps the JSON of a value of any type.
func Raw(into *[]byte) Decoder {
	return func(v Value) error {
		*into = v.raw
		return nil
	}
}

// Tag holds the member of an object that tells what the object is.
type Tag struct {
	Value

	Name string
}

// Decode is the Decoder of the member.
func (t *Tag) Decode(v Value) error {
	t.Value = v
	return Text(&t.Name)(v)
}

// Check refuses a tag that is not one of those known.
func (t *Tag) Check(known ...string) error {
	if slices.Contains(known, t.Name) {
		return nil
	}
	return t.mismatch(t.end(), "unknown variant `%s`, expected %s", Clip(t.Name), variants(known))
}

// variants lists what is known: two of them are joined by "or".
func variants(known []string) string {
	if len(known) <= 2 {
		return "`" + strings.Join(known, "` or `") + "`"
	}
	return "one of `" + strings.Join(known, "`, `") + "`"
}
