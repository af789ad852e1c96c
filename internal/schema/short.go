package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Short reads the short form of an object's schema and returns the schema as JSON. Each
// field is required unless it is marked, and no other is allowed:
//
//	fields = field *( "," field )
//	field  = name [ "?" ] [ ":" type ] [ text ]     ? = may be left out; no type = a string
//	type   = ( word | enum | "{" fields "}" ) *( "[]" )
//	word   = string | int | integer | number | float | bool | boolean | any
//	enum   = "(" value *( "|" value ) ")"           numbers, true, false, null, else strings
//	name, value = a bare word, or a JSON string
//	text   = a JSON string                          the field's description
//
// An error names the column, counted in characters from 1, and what was expected there.
func Short(text string) (raw []byte, err error) {
	if at := invalid(text); at >= 0 {
		return nil, (&short{text: text, at: at}).want("UTF-8")
	}
	p := short{text: text}
	if raw, err = p.fields(); err != nil {
		return nil, err
	}
	if !p.done() {
		return nil, p.want("a comma or the end")
	}
	return raw, nil
}

// deepest limits the nesting of objects, and of lists around one type: schemas that deep are compiled.
const deepest = 20

// short is a parser of the short form: its text, and the place in it in bytes.
type short struct {
	text  string
	at    int
	depth int
}

func (p *short) want(what string) error {
	p.done()
	rest, column := p.text[p.at:], utf8.RuneCountInString(p.text[:p.at])+1
	if rest == "" {
		return fmt.Errorf("column %d: expected %s, got the end", column, what)
	}
	word := p.bare()
	if word == "" {
		r, _ := utf8.DecodeRuneInString(rest)
		word = string(r)
	}
	return fmt.Errorf("column %d: expected %s, got %q", column, what, word)
}

// fields reads a list of fields up to what can't be one, and returns the object's schema.
func (p *short) fields() ([]byte, error) {
	if p.depth++; p.depth > deepest {
		return nil, p.want(fmt.Sprintf("at most %d objects in each other", deepest))
	}
	defer func() { p.depth-- }()
	var properties rawjson.Object
	required := []string{}
	for {
		start := p.at
		name, ok := p.word()
		if !ok {
			return nil, p.want("a name")
		}
		if properties.Get(name) != nil {
			p.at = start
			return nil, p.want("a name that isn't there yet")
		}
		if !p.take("?") {
			required = append(required, name)
		}
		schema, err := p.described()
		if err != nil {
			return nil, err
		}
		properties = append(properties, rawjson.Member{Key: name, Value: schema})
		if !p.take(",") {
			return object(properties, required), nil
		}
	}
}

func object(properties rawjson.Object, required []string) []byte {
	names := make([]string, len(required))
	for i, name := range required {
		names[i] = string(rawjson.Quote(name))
	}
	return rawjson.Object{
		{Key: "type", Value: []byte(`"object"`)},
		{Key: "properties", Value: properties.JSON()},
		{Key: "required", Value: []byte("[" + strings.Join(names, ",") + "]")},
		{Key: "additionalProperties", Value: []byte("false")},
	}.JSON()
}

// described reads what follows a name: a type, a description, both or nothing.
func (p *short) described() (schema []byte, err error) {
	schema = []byte(`{"type":"string"}`)
	if p.take(":") {
		schema, err = p.kind()
	}
	if err != nil || !p.sees(`"`) {
		return schema, err
	}
	text, ok := p.word()
	if !ok {
		return nil, p.want("a description in quotes")
	}
	return rawjson.Known(schema).With("description", rawjson.Quote(text)).JSON(), nil
}

func (p *short) kind() ([]byte, error) {
	schema, err := p.single()
	for n := 1; err == nil && p.take("["); n++ {
		if !p.take("]") {
			return nil, p.want(`"]"`)
		}
		if n > deepest {
			return nil, p.want(fmt.Sprintf("at most %d lists in each other", deepest))
		}
		schema = rawjson.Object{{Key: "type", Value: []byte(`"array"`)}, {Key: "items", Value: schema}}.JSON()
	}
	return schema, err
}

func (p *short) single() ([]byte, error) {
	switch {
	case p.take("{"):
		schema, err := p.fields()
		if err == nil && !p.take("}") {
			return nil, p.want(`a comma or "}"`)
		}
		return schema, err
	case p.take("("):
		return p.enum()
	}
	start := p.at
	name := p.bare()
	types := map[string]string{
		"string": "string", "int": "integer", "integer": "integer", "number": "number",
		"float": "number", "bool": "boolean", "boolean": "boolean",
	}
	if name == "any" {
		return []byte("{}"), nil
	}
	if types[name] == "" {
		p.at = start
		return nil, p.want("a type (string, int, number, bool, any, {…} or (…|…))")
	}
	return []byte(`{"type":"` + types[name] + `"}`), nil
}

// enum reads the values of an enumeration, whose opening parenthesis was read.
func (p *short) enum() ([]byte, error) {
	var values []string
	texts := true
	for {
		quoted := p.sees(`"`)
		word, ok := p.word()
		if !ok {
			return nil, p.want("a value")
		}
		value := string(rawjson.Quote(word))
		if c := word; !quoted && json.Valid([]byte(c)) && !strings.ContainsAny(c, `{["`) {
			value, texts = c, false
		}
		values = append(values, value)
		if p.take(")") {
			break
		}
		if !p.take("|") {
			return nil, p.want(`"|" or ")"`)
		}
	}
	schema := rawjson.Object{{Key: "enum", Value: []byte("[" + strings.Join(values, ",") + "]")}}
	if texts {
		schema = slices.Insert(schema, 0, rawjson.Member{Key: "type", Value: []byte(`"string"`)})
	}
	return schema.JSON(), nil
}

// done passes over white space, and says whether the text ends after it.
func (p *short) done() bool {
	p.at = len(p.text) - len(strings.TrimLeftFunc(p.text[p.at:], unicode.IsSpace))
	return p.at == len(p.text)
}

// sees says whether a mark comes next.
func (p *short) sees(mark string) bool {
	return !p.done() && strings.HasPrefix(p.text[p.at:], mark)
}

// take passes over a mark, if it comes next.
func (p *short) take(mark string) bool {
	if !p.sees(mark) {
		return false
	}
	p.at += len(mark)
	return true
}

// word reads a bare word or a JSON string; ok is false if there is neither.
func (p *short) word() (word string, ok bool) {
	if !p.sees(`"`) {
		word = p.bare()
		return word, word != ""
	}
	d := json.NewDecoder(strings.NewReader(p.text[p.at:]))
	if err := d.Decode(&word); err != nil {
		return "", false
	}
	p.at += int(d.InputOffset())
	return word, true
}

// bare reads a bare word, which may be empty.
func (p *short) bare() string {
	p.done()
	rest := p.text[p.at:]
	end := strings.IndexFunc(rest, func(c rune) bool {
		return unicode.IsSpace(c) || unicode.IsControl(c) || strings.ContainsRune(`,:?{}[]()|"`, c)
	})
	if end < 0 {
		end = len(rest)
	}
	p.at += end
	return rest[:end]
}

// invalid is the offset of the first byte that is not UTF-8, or -1.
func invalid(text string) int {
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD") {
			return i
		}
	}
	return -1
}
