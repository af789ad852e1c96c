package option

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// FieldValue holds a request field set by -F: its path, and its value or the file that holds the value.
type FieldValue struct {
	// Path names the field, then the members below it; an empty name appends to a list.
	Path []string
	// Value is nil if File is set.
	Value json.RawMessage
	// File names a file with the value: JSON if JSON is set, otherwise the text of a string.
	File string
	// Text is a value with {{column}} in it, which each row fills in; empty for any other value.
	Text string
	JSON bool
}

// ParseField reads k=v, k:=JSON, k=@FILE or k:=@FILE, where k may be a path such as a[b][].
func ParseField(text string) (FieldValue, error) {
	field, value, err := splitField(text)
	if err != nil {
		return FieldValue{}, err
	}
	if name, isFile := strings.CutPrefix(value, "@"); isFile {
		if field.File = name; name == "" {
			return field, errors.New("must name a file after @")
		}
		return field, nil
	}
	field.Value, err = typedValue(value, field.JSON)
	return field, err
}

// ParseRowField reads what ParseField does, with columns of rows in the value.
func ParseRowField(text string) (FieldValue, error) {
	field, value, err := splitField(text)
	switch {
	case err != nil || !strings.Contains(value, columnMark):
		return ParseField(text)
	case strings.HasPrefix(value, "@"):
		return field, errors.New("a file name can't hold a {{column}}")
	}
	field.Text = value
	return field, nil
}

// columnMark begins a column in a text.
const columnMark = "{{"

// splitField returns a field without its value, and the text of that.
func splitField(text string) (field FieldValue, value string, err error) {
	key, value, ok := strings.Cut(text, "=")
	if !ok {
		return FieldValue{}, "", errors.New("must be key=value")
	}
	key, isJSON := strings.CutSuffix(key, ":")
	path, err := fieldPath(key)
	if err != nil {
		return FieldValue{}, "", err
	}
	switch path[0] {
	case "messages":
		return FieldValue{}, "", errors.New("give messages with flags, words or -f")
	case "stream":
		return FieldValue{}, "", errors.New("only chatcmpl stream streams, and it sets this field itself")
	}
	return FieldValue{Path: path, JSON: isJSON}, value, nil
}

func fieldPath(key string) ([]string, error) {
	name, rest, nested := strings.Cut(key, "[")
	path := []string{name}
	if name == "" {
		return nil, errors.New("must begin with a field's name")
	}
	if !nested {
		return path, nil
	}
	inner, closed := strings.CutSuffix(rest, "]")
	if !closed {
		return nil, errors.New("must be closed by ]")
	}
	return append(path, strings.Split(inner, "][")...), nil
}

// typedValue returns the JSON of a value. Unless it is JSON already, true, false, null and numbers become the JSON
// values of that spelling, and all other text becomes a string.
func typedValue(value string, isJSON bool) (json.RawMessage, error) {
	if isJSON {
		raw, err := rawjson.Compact([]byte(value))
		if err != nil {
			return nil, errors.New("must be valid JSON after :=")
		}
		return raw, nil
	}
	if json.Valid([]byte(value)) && !strings.ContainsAny(value[:1], "\"{[ \t\r\n") {
		return json.RawMessage(strings.TrimSpace(value)), nil
	}
	if !utf8.ValidString(value) {
		return nil, errNotUTF8
	}
	return rawjson.Quote(value), nil
}
