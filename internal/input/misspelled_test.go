package input_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/input"
)

// TestMisspelledKeys checks that a nearly correct key of a record is an error, but not a key that may be a request
// field.
func TestMisspelledKeys(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{"promt":"x"}`:                              "prompt",
		`{"promtp":"x","system":"s"}`:                "prompt",
		`{"Prompt":"x"}`:                             "prompt",
		`{"prompt ":"x"}`:                            "prompt",
		`{"prоmpt":"x"}`:                             "prompt", // with a Cyrillic letter
		`{"prompts":["x"],"model":"m"}`:              "prompt",
		`{"prompt":"x","prompts":["y"]}`:             "prompt",
		`{"prompt":"x","sistem":"s"}`:                "system",
		`{"prompt":"x","systme":"s"}`:                "system",
		`{"prompt":"x","SYSTEM":"s"}`:                "system",
		`{"prompt":"x","sys_tem":"s","seed":1}`:      "system",
		`{"prompt":"x","\u0073ytem":"s"}`:            "system",
		`{"prompt":"x","customId":"a"}`:              "custom_id",
		`{"prompt":"x","custom-id":"a"}`:             "custom_id",
		`{"costom_id":"a","body":{"messages":[]}}`:   "custom_id",
		`{"customid":"a","messages":[{"role":"u"}]}`: "custom_id",
		`{"custom_id":"a","body":{"promt":"x"}}`:     "prompt",
		`{"custom_id":"a","bodi":{"prompt":"x"}}`:    "body",
		`{"mesages":[{"role":"user"}]}`:              "messages",
		`{"message":[{"role":"user"}]}`:              "messages",

		`{"prompt":"x"}`: "",
		`{"prompt":"x","system":"s","custom_id":"a"}`:            "",
		`{"prompt":"x","stream":true,"stop":["a"],"seed":1}`:     "",
		`{"prompt":"x","top_k":1,"temprature":1,"user":"u"}`:     "",
		`{"prompt":"x","prompt_cache_key":"k","system_new":1}`:   "",
		`{"prompt":"x","customer_id":"c","profit":1,"stem":2}`:   "",
		`{"messages":[{"role":"user"}],"system":"s","prom":1}`:   "",
		`{"messages":[{"role":"user","prompts":1,"sistem":""}]}`: "",
	} {
		var records input.Records
		for record, err := range records.All(context.Background(), strings.NewReader(raw)) {
			suggestion := ""
			if record.Err != nil {
				_, suggestion, _ = strings.Cut(record.Err.Message, "did you mean ")
			}
			if err != nil || suggestion != quoted(want) {
				t.Errorf("%s: %v, %v", raw, record.Err, err)
			}
		}
	}
}

func quoted(name string) string {
	if name == "" {
		return ""
	}
	return `"` + name + `"?`
}
