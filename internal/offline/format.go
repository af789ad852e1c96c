package offline

import (
	"encoding/json"

	"github.com/chatcmpl/chatcmpl/internal/sample"
	"github.com/chatcmpl/chatcmpl/internal/schema"
)

// A format is what a request says about the form of the reply.
type format struct {
	kind   string
	schema []byte // where the kind is json_schema
}

func (q *request) readFormat(v value) error {
	q.format = format{}
	var kindAt value
	var declared *value
	err := v.need("struct ResponseFormat", "type", func(key string, field value) error {
		switch {
		case key == "type":
			kindAt = field
			return field.text(&q.format.kind)
		case key == "json_schema" && !field.isNull():
			declared = &field
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case q.format.kind == "text", q.format.kind == "json_object":
		return nil
	case q.format.kind != "json_schema":
		return kindAt.unknown(q.format.kind, "`text`, `json_object`, `json_schema`")
	case declared == nil:
		return v.missing("json_schema")
	}
	return declared.need("struct JsonSchema", "schema", func(key string, field value) error {
		if key == "schema" {
			q.format.schema = field.raw()
		}
		return nil
	})
}

// formatted is the text in the form that a request asks for: the text itself where it has that form, and else JSON that is
// made up. wrong asks for JSON that does not fit the schema.
func (q *request) formatted(text string, wrong bool) (string, error) {
	switch q.format.kind {
	case "json_object":
		if isObject(text) {
			return text, nil
		}
		return string(encode(map[string]string{"reply": text})), nil
	case "json_schema":
		return q.fitting(text, wrong)
	}
	return text, nil
}

// fitting is the text where the schema that is asked for takes it, and else an instance of it.
func (q *request) fitting(text string, wrong bool) (string, error) {
	refused := func(err error) error {
		return invalid("Invalid request content: response_format.json_schema.schema: %v", err)
	}
	s, err := schema.Compile(q.format.schema)
	switch {
	case err != nil:
		return "", refused(err)
	case wrong:
		return misfit(s), nil
	case fits(s, text):
		return text, nil
	}
	made, err := sample.Of(q.format.schema)
	if err != nil {
		return "", refused(err)
	}
	return string(made), nil
}

// misfit is JSON that a schema refuses, or a text that is no JSON where it refuses none.
func misfit(s *schema.Schema) string {
	for _, candidate := range []string{"{}", "[]", `"wrong"`, "0"} {
		if !fits(s, candidate) {
			return candidate
		}
	}
	return "This is no JSON."
}

func fits(s *schema.Schema, text string) bool { return len(s.Check([]byte(text))) == 0 }

func isObject(text string) bool {
	var members map[string]json.RawMessage
	return json.Unmarshal([]byte(text), &members) == nil && members != nil
}
