package conversation

import (
	"encoding/json"

	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/rows"
	"github.com/chatcmpl/chatcmpl/internal/template"
)

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
