package offline

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/schema"
)

const (
	weatherSchema = `{"type":"object","required":["city","days"],"properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":1}},"additionalProperties":false}`
	weatherTool   = `{"type":"function","function":{"name":"get_weather","description":"d","parameters":` + weatherSchema + `,"strict":true}}`
	clockTool     = `{"function":{"name":"clock"},"type":"function"}`
	serverTool    = `{"type":"live_search"}`
)

// conforms checks JSON against a schema.
func conforms(t *testing.T, declared, doc string) {
	t.Helper()
	s, err := schema.Compile([]byte(declared))
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range s.Check([]byte(doc)) {
		t.Errorf("%s %s: %s", bad.Path, bad.Message, doc)
	}
}

func TestToolCalls(t *testing.T) {
	t.Parallel()
	const both = `"tools":[` + serverTool + `,` + weatherTool + `,` + clockTool + `]`
	const ask, tell = `{"role":"user","content":"clock and get_weather"}`, `{"role":"user","content":"hello"}`
	const called = `{"role":"assistant","content":"","tool_calls":[{"id":"a","type":"function","function":{"name":"clock","arguments":"{}"}}]}`
	const returned = `{"role":"tool","tool_call_id":"a","content":"12:00"}`
	for _, c := range []struct{ name, messages, fields, want string }{
		{"auto and named by the text", ask, both, "get_weather clock"},
		{"auto and not named", tell, both, ""},
		{"auto, explicitly", ask, both + `,"tool_choice":"auto"`, "get_weather clock"},
		{"none", ask, both + `,"tool_choice":"none"`, ""},
		{"required and named by the text", ask, both + `,"tool_choice":"required"`, "get_weather clock"},
		{"required and not named", tell, both + `,"tool_choice":"required"`, "get_weather"},
		{"required of the server", tell, `"tools":[` + serverTool + `],"tool_choice":"required"`, ""},
		{"one by name", ask, both + `,"tool_choice":{"type":"function","function":{"name":"clock"}}`, "clock"},
		{"no two in one reply", ask, both + `,"parallel_tool_calls":false`, "get_weather"},
		{"several in one reply", ask, both + `,"parallel_tool_calls":true`, "get_weather clock"},
		{"part of another word", `{"role":"user","content":"clocks, o-clock, _clock clock2"}`, both, ""},
		{"a word of its own in the end", `{"role":"user","content":"clocks (clock)"}`, both, "clock"},
		{"no tools", ask, `"tools":[]`, ""},
		{"what a tool returned", ask + `,` + called + `,` + returned, both, ""},
		{"required in spite of what a tool returned", ask + `,` + called + `,` + returned, both + `,"tool_choice":"required"`, ""},
		{"a question after what a tool returned", ask + `,` + called + `,` + returned + `,{"role":"user","content":"get_weather"}`, both, "get_weather"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, _ := at(t, New(Options{}), "", `{"model":"echo","messages":[`+c.messages+`],`+c.fields+`}`)
			reply := wholeReply(t, w).Choices[0]
			var names []string
			ids := map[string]bool{}
			for _, one := range reply.Message.Calls {
				names = append(names, one.Function.Name)
				ids[one.ID] = true
				if one.Function.Name == "get_weather" {
					conforms(t, weatherSchema, string(one.Function.Arguments))
				}
			}
			if got := strings.Join(names, " "); got != c.want || len(ids) != len(names) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if (reply.Finish == "tool_calls") != (c.want != "") || (reply.Message.Content == "") != (c.want != "") {
				t.Errorf("%+v", reply)
			}
		})
	}
}

func TestToolArguments(t *testing.T) {
	t.Parallel()
	made := func(text string) string {
		w, _ := at(t, New(Options{}), "", strings.Replace(ofModel("echo", text), "{", `{"tools":[`+weatherTool+`],`, 1))
		return string(wholeReply(t, w).Choices[0].Message.Calls[0].Function.Arguments)
	}
	fromSchema := made("get_weather")
	for text, want := range map[string]string{
		`get_weather {"city":"Ulm","days":2}`:             `{"city":"Ulm","days":2}`,
		`call get_weather({"city":"Ulm","days":2}) now`:   `{"city":"Ulm","days":2}`,
		"get_weather:\n{\"days\": 1, \"city\": \"{\"} {}": `{"days": 1, "city": "{"}`,
		`get_weather {"city":"Ulm"}`:                      fromSchema,
		`get_weather {"city":"Ulm","days":2`:              fromSchema,
		`get_weather of {"city":"Ulm","days":2}`:          fromSchema,
	} {
		if got := made(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestToolAnswers(t *testing.T) {
	t.Parallel()
	const before = `{"role":"user","content":"q"},{"role":"assistant","content":"","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]},`
	for messages, want := range map[string]string{
		before + `{"role":"tool","tool_call_id":"a","content":"one"},{"role":"tool","tool_call_id":"b","content":"two"}`: "one\ntwo",
		before + `{"role":"function","name":"f","content":"old"}`:                                                        "old",
		before + `{"role":"tool","tool_call_id":"a","content":"one"},{"role":"system","content":"s"}`:                    "q",
	} {
		w, _ := at(t, New(Options{}), "", asking(messages))
		if got := wholeReply(t, w).Choices[0].Message.Content; got != want {
			t.Errorf("%s: %q, want %q", messages, got, want)
		}
	}
}

func TestToolRefusals(t *testing.T) {
	t.Parallel()
	for fields, want := range map[string]string{
		`"tools":[],"tool_choice":"none"`: "A tool_choice was set on the request but no tools were specified.",
		`"tools":[` + clockTool + `],"tool_choice":{"type":"function","function":{"name":"watch"}}`: `tool_choice names the function \"watch\", which is not among the tools.`,
		`"tools":[{"type":"function"}]`:                                                                           "tools[0]: missing field `function`",
		`"tools":[{"type":"function","function":null}]`:                                                           "tools[0]: missing field `function`",
		`"tools":[{"type":"function","function":{"name":1}}]`:                                                     "tools[0].function.name: invalid type: integer `1`, expected a string",
		`"tools":[{"type":"function","function":{"name":"echo_it","parameters":false}}],"tool_choice":"required"`: `the parameters of the function \"echo_it\":`,
	} {
		w, _ := at(t, New(Options{}), "", strings.Replace(with(""), "{", "{"+fields+",", 1))
		if w.Code/100 != 4 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", fields, w.Code, w.Body)
		}
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	const declared = `,"response_format":{"json_schema":{"name":"w","strict":true,"schema":` + weatherSchema + `},"type":"json_schema"}`
	content := func(query, text, fields string) string {
		w, _ := at(t, New(Options{}), query, strings.Replace(ofModel("echo", text), "{", "{"+strings.TrimPrefix(fields, ",")+",", 1))
		return wholeReply(t, w).Choices[0].Message.Content
	}
	const object = `,"response_format":{"type":"json_object"}`
	for _, c := range []struct{ text, fields, want string }{
		{"hi", `,"response_format":{"type":"text"}`, "hi"},
		{"hi", object, `{"reply":"hi"}`},
		{` {"a": 1}`, object, ` {"a": 1}`},
		{`[1]`, object, `{"reply":"[1]"}`},
		{`{"city":"Ulm","days":2}`, declared, `{"city":"Ulm","days":2}`},
	} {
		if got := content("", c.text, c.fields); got != c.want {
			t.Errorf("%s with %s: %s", c.text, c.fields, got)
		}
	}
	made := content("", "hi", declared)
	conforms(t, weatherSchema, made)
	if content("", "hi", declared) != made || content("", `{"city":5}`, declared) != made {
		t.Error("it is not the same every time")
	}
	for _, wrong := range []string{content("wrong=1", "hi", declared), content("wrong=1", `{"city":"Ulm","days":2}`, declared)} {
		if s, err := schema.Compile([]byte(weatherSchema)); err != nil || len(s.Check([]byte(wrong))) == 0 {
			t.Error(wrong, err)
		}
	}
	if got := content("wrong=1", "hi", `,"response_format":{"type":"json_schema","json_schema":{"name":"any","schema":true}}`); json.Valid([]byte(got)) {
		t.Errorf("every JSON fits, so it is none: %s", got)
	}
}

// With wrong=1 the first reply does not fit, and the one to a complaint does.
func TestWrongThenRight(t *testing.T) {
	t.Parallel()
	body := `{"model":"echo","response_format":{"type":"json_schema","json_schema":{"name":"w","schema":` + weatherSchema + `}},"messages":[` +
		`{"role":"user","content":"a"},{"role":"assistant","content":"wrong"},{"role":"user","content":"again"}]}`
	w, _ := at(t, New(Options{}), "wrong=1", body)
	conforms(t, weatherSchema, wholeReply(t, w).Choices[0].Message.Content)
}

func TestFormatRefusals(t *testing.T) {
	t.Parallel()
	for declared, want := range map[string]string{
		`{}`:                                     "response_format: missing field `type`",
		`{"type":"xml"}`:                         "response_format.type: unknown variant `xml`, expected one of `text`, `json_object`, `json_schema`",
		`{"type":"json_schema"}`:                 "response_format: missing field `json_schema`",
		`{"type":"json_schema","json_schema":1}`: "response_format.json_schema: invalid type: integer `1`, expected struct JsonSchema",
		`{"type":"json_schema","json_schema":{"name":"a"}}`:                            "response_format.json_schema: missing field `schema`",
		`{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"king"}}}`:   "response_format.json_schema.schema: ",
		`{"type":"json_schema","json_schema":{"name":"a","schema":{"$ref":"http:x"}}}`: "response_format.json_schema.schema: ",
		`{"type":"json_schema","json_schema":{"name":"a","schema":false}}`:             "response_format.json_schema.schema: ",
	} {
		w, _ := at(t, New(Options{}), "", with(`,"response_format":`+declared))
		if w.Code != http.StatusBadRequest && w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", declared, w.Code, w.Body)
		}
	}
}
