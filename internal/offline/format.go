package offline

import (
	"encoding/json"

	"github.com/chatcmpl/chatcmpl/internal/sample"
	"github.com/chatcmpl/chatcmpl/internal/schema"
)

// formatted returns the text in the form that the request asks for: the text itself if it has that form, otherwise JSON
// that is made up. wrong asks for JSON that violates the schema.
func (q *chatRequest) formatted(text string, wrong bool) (string, error) {
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

// fitting returns the text if the schema allows it, otherwise an instance of the schema.
func (q *chatRequest) fitting(text string, wrong bool) (string, error) {
	refused := func(err error) error {
		return invalid("Invalid request content: response_format.json_schema.schema: %v", err)
	}
	s, err := schema.Compile(q.format.schema)
	switch {
	case err != nil:
		return "", refused(err)
	case wrong:
		return violation(s), nil
	case fits(s, text):
		return text, nil
	}
	made, err := sample.Of(q.format.schema)
	if err != nil {
		return "", refused(err)
	}
	return string(made), nil
}

// violation returns JSON that a schema refuses, or a text that is not JSON if the schema allows everything.
func violation(s *schema.Schema) string {
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
