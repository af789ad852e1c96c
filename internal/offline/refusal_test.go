package offline

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/chatcmpl/chatcmpl/internal/picture"
)

func TestMismatch(t *testing.T) {
	t.Parallel()
	const data, notJSON = "Failed to deserialize the JSON body into the target type: ", "Failed to parse the request body as JSON: "
	for _, c := range []struct {
		body string
		code int
		want string
	}{
		{"", 415, "Expected request with `Content-Type: application/json`"},
		{" ", 400, notJSON + "EOF while parsing a value at line 1 column 1"},
		{with(`,"x":` + strings.Repeat("[", 126) + strings.Repeat("]", 126)), 200, ""},
		{with(`,"x":` + strings.Repeat("[", 127) + strings.Repeat("]", 127)), 400, notJSON + "x" + strings.Repeat("[0]", 66) + "[…: recursion limit exceeded at line 1 column 196"},
		{strings.Repeat(`{"\\\"":`, 127) + "\n[1]", 400, notJSON + strings.Repeat(`\".`, 66) + `\"…: recursion limit exceeded at line 2 column 1`},
		{"hello", 400, notJSON + "expected value at line 1 column 1"},
		{"{\"a\":\n  x}", 400, notJSON + "a: expected value at line 2 column 3"},
		{`{"model":"echo"`, 400, notJSON + "EOF while parsing an object at line 1 column 15"},
		{`{"model":"` + "\xff" + `"}`, 400, notJSON + "model: invalid unicode code point at line 1 column 12"},
		{asking(`{"role":"user","content":"\ud800"}`), 400, notJSON + "messages[0].content: unexpected end of hex escape at line 1 column 61"},
		{with(`,"temperature":1e999`), 400, notJSON + "temperature: number out of range at line 1 column 84"},
		{`{"model":"echo","model" : "echo"}`, 422, data + "duplicate field `model` at line 1 column 24"},
		{asking(`{"role":"user","content":"a"},{"role":"user","\u0072ole":"user"}`), 422, data + "messages[1]: duplicate field `role` at line 1 column 84"},
		{with(`,"x":1,"x":2`), 200, ""},
		{`[]`, 422, data + "invalid type: sequence, expected struct ChatRequest at line 1 column 0"},
		{`{"messages":[{"role":5}]}`, 422, data + "messages[0].role: invalid type: integer `5`, expected a string at line 1 column 22"},
		{"{\"messages\":[\n {\"role\":\"user\"},{\"role\":null}]}", 422, data + "messages[1].role: invalid type: null, expected a string at line 2 column 29"},
		{`{"messages":[{"content":"a"}]}`, 422, data + "messages[0]: missing field `role` at line 1 column 28"},
		{asking(`{"role":"user","content":5.0}`), 422, data + "messages[0].content: invalid type: floating point `5.0`, expected a string or a sequence at line 1 column 56"},
		{asking(`{"role":"user","content":[{"type":"video"}]}`), 422, data + "messages[0].content[0].type: unknown variant `video`, expected one of `text`, `image_url`, `file` at line 1 column 69"},
		{asking(`{"role":"user","content":[{"type":"text"}]}`), 422, data + "messages[0].content[0]: missing field `text` at line 1 column 69"},
		{with(`,"temperature":"hot"`), 422, data + "temperature: invalid type: string \"hot\", expected f32 at line 1 column 84"},
		{with(`,"n":1.5`), 422, data + "n: invalid type: floating point `1.5`, expected i32 at line 1 column 72"},
		{with(`,"stream":1`), 422, data + "stream: invalid type: integer `1`, expected a boolean at line 1 column 75"},
		{with(`,"stop":{}`), 422, data + "stop: invalid type: map, expected a sequence at line 1 column 72"},
		{with(`,"stop":[true]`), 422, data + "stop[0]: invalid type: boolean `true`, expected a string at line 1 column 77"},
		{with(`,"tools":[{}]`), 422, data + "tools[0]: missing field `type` at line 1 column 76"},
		{with(`,"tools":[{"type":"function","function":{}}]`), 422, data + "tools[0].function: missing field `name` at line 1 column 106"},
		{with(`,"tools":[{"type":"function","function":{"name":"f"}},{"type":"x_search"}]`), 422, data + "tools[1].type: unknown variant `x_search`, expected `function` or `live_search` at line 1 column 136"},
		{with(`,"service_tier":1`), 422, data + "service_tier: invalid type: integer `1`, expected a string at line 1 column 81"},
		{with(`,"prompt_cache_key":[]`), 422, data + "prompt_cache_key: invalid type: sequence, expected a string at line 1 column 84"},
		{with(`,"safety_identifier":true`), 422, data + "safety_identifier: invalid type: boolean `true`, expected a string at line 1 column 89"},
		{with(`,"search_parameters":"auto"`), 422, data + "search_parameters: invalid type: string \"auto\", expected struct SearchParameters at line 1 column 91"},
		{asking(`{"role":"user","content":[{"type":"file"}]}`), 422, data + "messages[0].content[0]: missing field `file` at line 1 column 69"},
		{asking(`{"role":"user","content":[{"type":"file","file":{"file_id":1}}]}`), 422, data + "messages[0].content[0].file.file_id: invalid type: integer `1`, expected a string at line 1 column 88"},
		{asking(`{"role":"assistant","tool_calls":[1]}`), 422, data + "messages[0].tool_calls[0]: invalid type: integer `1`, expected struct ToolCall at line 1 column 63"},
		{asking(`{"role":"assistant","tool_calls":[{"id":"a"}]}`), 422, data + "messages[0].tool_calls[0]: missing field `function` at line 1 column 72"},
		{asking(`{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":""}}]}`), 422, data + "messages[0].tool_calls[0]: missing field `id` at line 1 column 102"},
		{
			asking(`{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":{}}}]}`),
			422, data + "messages[0].tool_calls[0].function.arguments: invalid type: map, expected a string at line 1 column 107",
		},
		{with(`,"tools":[{"type":"function","function":{"name":"f","strict":1}}]`), 422, data + "tools[0].function.strict: invalid type: integer `1`, expected a boolean at line 1 column 126"},
		{with(`,"tools":[{"type":"function","function":{"name":"f","description":1}}]`), 422, data + "tools[0].function.description: invalid type: integer `1`, expected a string at line 1 column 131"},
		{with(`,"tool_choice":{"function":{"name":"f"}}`), 422, data + "tool_choice: missing field `type` at line 1 column 104"},
		{with(`,"tool_choice":{"type":"x","function":{"name":"f"}}`), 422, data + "tool_choice.type: unknown variant `x`, expected `function` at line 1 column 90"},
		{
			with(`,"response_format":{"type":"json_schema","json_schema":{"name":1,"schema":{}}}`),
			422, data + "response_format.json_schema.name: invalid type: integer `1`, expected a string at line 1 column 128",
		},
		{
			with(`,"response_format":{"type":"json_schema","json_schema":{"name":"a","strict":"yes","schema":{}}}`),
			422, data + "response_format.json_schema.strict: invalid type: string \"yes\", expected a boolean at line 1 column 145",
		},
		{with(`,"tool_choice":"some"`), 422, data + "tool_choice: unknown variant `some`, expected one of `none`, `auto`, `required` at line 1 column 85"},
	} {
		w := post(t, c.body)
		if c.code == http.StatusOK && w.Code == c.code {
			continue
		}
		if w.Code != c.code || w.Body.String() != c.want || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") {
			t.Errorf("%s\ngot  %d %s\nwant %d %s", c.body, w.Code, w.Body, c.code, c.want)
		}
	}
}

func TestRefusal(t *testing.T) {
	t.Parallel()
	const content = "Invalid request content: "
	large := base64.StdEncoding.EncodeToString(make([]byte, picture.MaxBytes+1))
	grok := func(model, fields string) string { return strings.Replace(with(fields), "echo", model, 1) }
	for _, c := range []struct {
		name, body string
		status     int
		code, want string
	}{
		{"no messages", `{"model":"echo"}`, 400, "invalid-argument", content + "messages must"},
		{"empty messages", asking(``), 400, "invalid-argument", content + "messages must"},
		{"no model", `{"messages":[{"role":"user","content":"a"}]}`, 400, "invalid-argument", content + "model must be specified."},
		{"model", grok("gpt-4", ""), 404, "not-found", "The model gpt-4 does not exist or your team does not have access to it."},
		{"role", asking(`{"role":"king","content":"a"}`), 400, "invalid-argument", content + `messages[0] has the unknown role "king".`},
		{"no content", asking(`{"role":"user","content":[]}`), 400, "invalid-argument", content + "Each message must have at least one content element."},
		{"temperature", with(`,"temperature":2.1`), 400, "invalid-argument", content + "temperature must be between 0 and 2."},
		{"a huge temperature", with(`,"temperature":1e99`), 400, "invalid-argument", content + "temperature must"},
		{"top_p", with(`,"top_p":0`), 400, "invalid-argument", content + "top_p must be greater than 0 and at most 1."},
		{"n", with(`,"n":0`), 400, "invalid-argument", content + "n must be between 1 and 1024."},
		{"presence_penalty", with(`,"presence_penalty":-2.5`), 400, "invalid-argument", content + "presence_penalty must be between -2 and 2."},
		{"frequency_penalty", with(`,"frequency_penalty":3`), 400, "invalid-argument", content + "frequency_penalty must be between -2 and 2."},
		{"max_tokens", with(`,"max_tokens":0`), 400, "invalid-argument", content + "max_tokens must be between 1 and"},
		{"max_completion_tokens", with(`,"max_completion_tokens":-1`), 400, "invalid-argument", content + "max_completion_tokens must be between 1 and"},
		{"top_logprobs", with(`,"top_logprobs":9`), 400, "invalid-argument", content + "top_logprobs must be between 0 and 8."},
		{"seed", with(`,"seed":99999999999999999999`), 400, "invalid-argument", content + "seed must be between -2147483648 and 2147483647."},
		{"stop", with(`,"stop":["a","b","c","d","e"]`), 400, "invalid-argument", content + "stop must have at most 4 sequences."},
		{"tool_choice", with(`,"tool_choice":"auto","tools":[]`), 400, "invalid-argument", content + "A tool_choice was set on the request but no tools were specified."},
		{"a tool without a name chosen", with(`,"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function","function":{"name":""}}`), 400, "invalid-argument", content + `tool_choice names the function ""`},
		{"files with n", strings.Replace(asking(`{"role":"user","content":[{"type":"file","file":{}}]}`), "{", `{"n":2,`, 1), 400, "invalid-argument", content + "n must be 1"},
		{"a penalty of nothing", grok("grok-4.5", `,"presence_penalty":0.0`), 400, "invalid-argument", "Model grok-4.5 does not support parameter presencePenalty."},
		{"a penalty", grok("grok-4-1-fast-non-reasoning", `,"frequency_penalty":1,"stop":"x"`), 400, "invalid-argument", "Model grok-4-1-fast-non-reasoning does not support parameter frequencyPenalty."},
		{"a stop", grok("grok-3-mini", `,"stop":"x"`), 400, "invalid-argument", "Model grok-3-mini does not support parameter stop."},
		{"a small picture", imageMessage("data:image/png;base64," + encodedPicture(t, 1, png.Encode)), 400, "invalid_image", "Image dimensions 1x2 are too small."},
		{"a large picture", imageMessage("data:image/png;base64," + large), 400, "invalid_image", "Image size 20971521 bytes is too large."},
		{"a gif", imageMessage("data:image/png;base64,R0lGODlhAQABAAAAACw="), 400, "invalid_image", "Unsupported image type image/gif."},
		{"a torn png", imageMessage("data:image/png;base64,iVBORw0KGgo="), 400, "invalid_image", "Image could not be decoded as image/png."},
		{"no base64", imageMessage("data:image/png;base64,?"), 400, "invalid_image", "Image data is not valid base64."},
		{"no data URI", imageMessage("file:///etc/passwd"), 400, "invalid_image", "Invalid image URL."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := post(t, c.body)
			var got struct{ Code, Error string }
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
				t.Fatal(err, w.Body)
			}
			if w.Code != c.status || got.Code != c.code || !strings.HasPrefix(got.Error, c.want) {
				t.Errorf("got %d %+v", w.Code, got)
			}
		})
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"POST", "/v1/embeddings", 404, ""},
		{"GET", "/", 404, ""},
		{"GET", "/v1/models/", 404, ""},
		{"POST", "/v1/chat%2Fcompletions", 404, ""},
		{"GET", "/v1/models%2Fecho", 404, ""},
		{"POST", "/v1/models/%65cho", 405, "GET, HEAD"},
		{"POST", "/v1/batches/a%3Acancel", 404, ""},
		{"GET", "/v1/batches/a%3Acancel", 405, "POST"},
		{"GET", "/v1/chat/completions", 405, "POST"},
		{"DELETE", "/v1/models", 405, "GET, HEAD"},
		{"POST", "/v1/models/echo", 405, "GET, HEAD"},
		{"HEAD", "/v1/chat/completions", 405, "POST"},
		{"HEAD", "/v1/models/gpt", 404, ""},
		{"PUT", "/v1/files", 405, "POST, GET, HEAD"},
		{"POST", "/v1/files/a", 405, "GET, HEAD, DELETE"},
		{"GET", "/v1/batches/a:cancel", 405, "POST"},
		{"GET", "/v1/batches/a/cancel", 405, "POST"},
		{"POST", "/v1/batches/a/results", 405, "GET, HEAD"},
		{"GET", "/v1/batches/a/results", 404, ""},
		{"GET", "/v1/batches/a", 404, ""},
		{"POST", "/v1/batches/a:cancel", 404, ""},
		{"GET", "/v1/batches/", 404, ""},
		{"DELETE", "/v1/files/a", 404, ""},
	} {
		w := ask(t, c.method, c.path, "{}")
		var got struct{ Code, Error string }
		err := json.Unmarshal(w.Body.Bytes(), &got)
		if err != nil || w.Code != c.status || w.Header().Get("Allow") != c.allow || got.Code == "" || got.Error == "" || w.Header().Get("X-Request-Id") == "" {
			t.Errorf("%s %s: %d %v %s", c.method, c.path, w.Code, w.Header(), w.Body)
		}
	}
}

func TestBodyTooLarge(t *testing.T) {
	t.Parallel()
	for _, told := range []int64{-1, 11} {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/chat/completions", strings.NewReader(`{"a":"bcd"}`))
		r.ContentLength = told
		r.Header.Set("Content-Type", "application/json")
		e := New(Options{})
		e.maxBody = 10
		e.ServeHTTP(w, r)
		if w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	}
}

func TestBodyUnreadable(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/chat/completions", iotest.ErrReader(errors.New("torn")))
	r.Header.Set("Content-Type", "application/json")
	New(Options{}).ServeHTTP(w, r)
	if w.Code != http.StatusBadRequest || w.Body.String() != "Failed to buffer the request body: torn" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
