package conversation

import (
	"encoding/json"
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/rows"
	"github.com/chatcmpl/chatcmpl/internal/template"
)

// setFields sets the fields of -F. Where none has columns they are joined once.
func (t *Template) setFields(values []option.FieldValue) (err error) {
	if !slices.ContainsFunc(values, func(v option.FieldValue) bool { return v.Text != "" }) {
		t.fields, err = joinFields(values)
		return err
	}
	for i, v := range values {
		field := filledField{FieldValue: v}
		switch {
		case v.Text == "":
		case v.JSON:
			field.json, err = template.ParseJSON(v.Text)
		default:
			field.text, err = template.Parse(v.Text)
		}
		if err != nil {
			return failure.BadUsage(`\{{ is a literal {{`, "-F %s: %w", v.Path[0], err)
		}
		if v.Text != "" {
			values[i].Value = json.RawMessage("null")
		}
		t.filled = append(t.filled, field)
	}
	if _, err = joinFields(values); err != nil {
		return err
	}
	t.fields, err = joinFields(slices.DeleteFunc(values, func(v option.FieldValue) bool { return v.Text != "" }))
	return err
}

// Columns returns the columns in the fields, each as often as it occurs.
func (t *Template) Columns() []string {
	var all []string
	for _, field := range t.filled {
		switch {
		case field.text != nil:
			all = append(all, field.text.Columns()...)
		case field.json != nil:
			all = append(all, field.json.Columns()...)
		}
	}
	return all
}

// Fill returns the template with the values of a row in its fields.
func (t *Template) Fill(row *rows.Row) (*Template, error) {
	if t.filled == nil {
		return t, nil
	}
	values := make([]option.FieldValue, len(t.filled))
	for i, field := range t.filled {
		value, err := field.value(row)
		if err != nil {
			return nil, err
		}
		values[i] = option.FieldValue{Path: field.Path, Value: value}
	}
	fields, err := joinFields(values)
	filled := *t
	filled.fields = fields
	return &filled, err
}

// filledField is a value of -F. It has columns in a text or in JSON, or is always the same.
type filledField struct {
	option.FieldValue

	text *template.Template
	json *template.JSON
}

func (f *filledField) value(row *rows.Row) (json.RawMessage, error) {
	switch {
	case f.json != nil:
		return f.json.Fill(row)
	case f.text == nil:
		return f.Value, nil
	}
	text, err := f.text.Fill(row)
	return rawjson.Quote(text), err
}
