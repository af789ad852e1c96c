package template

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/rows"
)

// JSON is a template of JSON. In a string a column stands for its text, elsewhere for one JSON value, so that no value changes
// what is around it.
type JSON struct {
	Template

	quoted []bool // the columns that stand in a string, by their part
}

var errNotJSON = errors.New("must be valid JSON after :=")

// ParseJSON reads a template of JSON.
func ParseJSON(text string) (*JSON, error) {
	plain, err := Parse(text)
	if err != nil {
		return nil, err
	}
	t := &JSON{Template: *plain}
	inString := false
	for _, p := range t.parts {
		inString = endsInString(p.text, inString)
		t.quoted = append(t.quoted, inString)
	}
	_, err = t.fill(func(string) (rows.Value, error) { return rows.Value{Text: "0"}, nil })
	return t, err
}

// endsInString reports whether a piece of JSON ends in a string, if it begins in one or not.
func endsInString(piece string, inString bool) bool {
	for i := 0; i < len(piece); i++ {
		switch {
		case piece[i] == '"':
			inString = !inString
		case piece[i] == '\\' && inString:
			i++
		}
	}
	return inString
}

// Fill returns the JSON with the values of a row. Errors are *MissingError and *ValueError.
func (t *JSON) Fill(row *rows.Row) (json.RawMessage, error) {
	return t.fill(func(column string) (rows.Value, error) {
		value, ok := row.Get(column)
		if !ok {
			return value, &MissingError{column}
		}
		return value, nil
	})
}

func (t *JSON) fill(get func(column string) (rows.Value, error)) (json.RawMessage, error) {
	var out []byte
	for i, p := range t.parts {
		out = append(out, p.text...)
		if p.column == "" {
			continue
		}
		value, err := get(p.column)
		if err != nil {
			return nil, err
		}
		if t.quoted[i] {
			quoted := rawjson.Quote(value.Text)
			out = append(out, quoted[1:len(quoted)-1]...)
			continue
		}
		raw := value.JSON
		if raw == nil {
			raw = json.RawMessage(value.Text)
		}
		if !rawjson.Valid(raw) {
			return nil, &ValueError{p.column}
		}
		out = append(out, raw...)
	}
	compact, err := rawjson.Compact(out)
	if err != nil {
		return nil, errNotJSON
	}
	return compact, nil
}

// ValueError reports a value that is not JSON where JSON is needed.
type ValueError struct{ Column string }

func (e *ValueError) Error() string {
	return fmt.Sprintf("the value of the column %q is not JSON", e.Column)
}
