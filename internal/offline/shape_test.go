package offline

import (
	"encoding/json"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/schema"
)

// askAt sends a request to an endpoint that may have had others.
func askAt(t *testing.T, e *Endpoint, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	e.ServeHTTP(w, r)
	return w
}

// scripted returns an endpoint with rules.
func scripted(t *testing.T, rules ...string) *Endpoint {
	t.Helper()
	replies, err := ReadReplies(strings.NewReader(strings.Join(rules, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return New(Options{Replies: replies})
}

// hold checks JSON against a definition of testdata/wire.schema.json.
func hold(t *testing.T, shape string, doc []byte) {
	t.Helper()
	var wire struct {
		Defs json.RawMessage `json:"$defs"`
	}
	text, err := os.ReadFile("testdata/wire.schema.json")
	if err == nil {
		err = json.Unmarshal(text, &wire)
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := schema.Compile(fmt.Appendf(nil, `{"$ref":"#/$defs/%s","$defs":%s}`, shape, wire.Defs))
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range s.Check(doc) {
		t.Errorf("no %s: %s %s\n%s", shape, bad.Path, bad.Message, doc)
	}
}

// wireReply is a reply as a client reads it, in one piece or joined from chunks.
type wireReply struct {
	ID, Model string
	Choices   []wireChoice
	Usage     *tokenUsage
}

type wireChoice struct {
	Index   int
	Message struct {
		Content   string
		Reasoning string `json:"reasoning_content"`
		Refusal   string
		Calls     []toolCall `json:"tool_calls"`
	}
	Finish string `json:"finish_reason"`
}

// wholeReply reads a reply in one piece.
func wholeReply(t *testing.T, w *httptest.ResponseRecorder) (reply wireReply) {
	t.Helper()
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	hold(t, "reply", w.Body.Bytes())
	if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil {
		t.Fatal(err)
	}
	for i, c := range reply.Choices {
		if c.Index != i {
			t.Errorf("choice %d has the index %d", i, c.Index)
		}
	}
	u := reply.Usage
	if u.TotalTokens != u.PromptTokens+u.CompletionTokens+u.Completion.Reasoning || u.PromptTokens != u.Prompt.Text+u.Prompt.Image {
		t.Errorf("the usage does not add up: %+v", u)
	}
	return reply
}

// streamedReply joins the chunks of a stream, and checks their order.
func streamedReply(t *testing.T, w *httptest.ResponseRecorder) (reply wireReply) {
	t.Helper()
	body, done := strings.CutSuffix(w.Body.String(), "data: [DONE]\n\n")
	if !done || w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	events := strings.Split(strings.TrimSuffix(body, "\n\n"), "\n\n")
	for i, event := range events {
		data, _ := strings.CutPrefix(event, "data: ")
		hold(t, "chunk", []byte(data))
		var c struct {
			ID, Model string
			Choices   []struct {
				Index int
				Delta struct {
					Role, Content, Refusal string
					Reasoning              string     `json:"reasoning_content"`
					Calls                  []toolCall `json:"tool_calls"`
				}
				Finish string `json:"finish_reason"`
			}
			Usage *tokenUsage
		}
		if err := json.Unmarshal([]byte(data), &c); err != nil {
			t.Fatal(err)
		}
		reply.ID, reply.Model = c.ID, c.Model
		if c.Usage != nil && i != len(events)-1 {
			t.Errorf("event %d has the usage, but is not the last", i)
		}
		reply.Usage = c.Usage
		for _, choice := range c.Choices {
			first := choice.Index == len(reply.Choices)
			if first {
				reply.Choices = append(reply.Choices, wireChoice{Index: choice.Index})
			}
			if first != (choice.Delta.Role != "") || choice.Index != i%len(reply.Choices) {
				t.Errorf("event %d is out of order: %s", i, data)
			}
			to := &reply.Choices[choice.Index]
			to.Message.Content += choice.Delta.Content
			to.Message.Reasoning += choice.Delta.Reasoning
			to.Message.Refusal += choice.Delta.Refusal
			to.Message.Calls = append(to.Message.Calls, choice.Delta.Calls...)
			to.Finish += choice.Finish
		}
	}
	return reply
}

// TestShapes asks for each kind of reply in one piece and as a stream; both must be equal.
func TestShapes(t *testing.T) {
	t.Parallel()
	const weather = `{"type":"function","function":{"name":"weather","parameters":{"type":"object","required":["city"],"properties":{"city":{"type":"string"}}}}}`
	const clock = `{"type":"function","function":{"name":"clock"}}`
	for _, c := range []struct{ name, query, rule, body, want string }{
		{"a text", "", "", with(""), "stop one two"},
		{"nothing", "", "", asking(`{"role":"user","content":""}`), "stop "},
		{"choices", "", "", with(`,"n":3`), "stop one two|stop one two|stop one two"},
		{"reasoning", "reasoning=3", "", with(`,"n":2`), "stop (the wire carries) one two|stop (the wire carries) one two"},
		{"a limit", "", "", with(`,"max_tokens":1`), "length one"},
		{"a stop", "", "", with(`,"stop":["w"]`), "stop one t"},
		{"a call", "reasoning=1", "", strings.Replace(with(`,"tools":[`+clock+`]`), "one two", "look at the clock", 1), `tool_calls (the) clock{}`},
		{
			"two calls", "", "", strings.Replace(with(`,"n":2,"tools":[`+clock+`,`+weather+`]`), "one two", `clock and weather {\"city\":\"Ulm\"}`, 1),
			`tool_calls clock{} weather{"city":"Ulm"}|tool_calls clock{} weather{"city":"Ulm"}`,
		},
		{"no call", "", "", with(`,"tools":[` + clock + `]`), "stop one two"},
		{"an object", "", "", with(`,"response_format":{"type":"json_object"}`), `stop {"reply":"one two"}`},
		{"a schema", "", "", with(`,"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"properties":{"n":{"type":"integer"}}}}}`), `stop {"n":1}`},
		{"pictures", "", "", imageMessage("data:image/png;base64," + encodedPicture(t, 8, png.Encode)), "stop what\n1 picture: [image/png 8x16]"},
		{"lorem", "tokens=4", "", strings.Replace(with(""), "echo", "lorem", 1), "stop the wire carries what"},
		{"a scripted reply", "", `{"match":"two$","reply":"three"}`, with(`,"n":2`), "stop three|stop three"},
		{"a scripted refusal", "", `{"message":{"refusal":"no"}}`, with(""), "stop !no "},
		{
			"a scripted message", "", `{"message":{"reasoning_content":"hm m","content":"a","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":{"x": 1}}}]}}`,
			with(""), `tool_calls (hm m) a f{"x":1}`,
		},
		{"a scripted end", "", `{"reply":"a","finish_reason":"content_filter"}`, with(""), "content_filter a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := "/v1/chat/completions?" + c.query
			e := scripted(t, c.rule)
			got := wholeReply(t, askAt(t, e, http.MethodPost, path, c.body))
			if got.String() != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			bare := strings.Replace(c.body, "{", `{"stream":true,`, 1)
			if usage := streamedReply(t, askAt(t, e, http.MethodPost, path, bare)).Usage; usage != nil {
				t.Errorf("nobody asked for the usage %+v", usage)
			}
			full := strings.Replace(bare, "{", `{"stream_options":{"include_usage":true},`, 1)
			live := streamedReply(t, askAt(t, e, http.MethodPost, path, full))
			if live.String() != c.want || live.Model != got.Model || live.Usage == nil || *live.Usage != *got.Usage {
				t.Errorf("streamed %s %+v\nwhole    %s %+v", live, live.Usage, got, got.Usage)
			}
		})
	}
}

// String returns the completions of all choices.
func (r wireReply) String() string {
	var all []string
	for _, choice := range r.Choices {
		all = append(all, choice.String())
	}
	return strings.Join(all, "|")
}

func (c wireChoice) String() string {
	out := c.Finish + " "
	if c.Message.Reasoning != "" {
		out += "(" + c.Message.Reasoning + ") "
	}
	if c.Message.Refusal != "" {
		out += "!" + c.Message.Refusal + " "
	}
	parts := []string{}
	if c.Message.Content != "" {
		parts = append(parts, c.Message.Content)
	}
	for _, one := range c.Message.Calls {
		parts = append(parts, one.Function.Name+string(one.Function.Arguments))
	}
	return out + strings.Join(parts, " ")
}

func TestDeferred(t *testing.T) {
	t.Parallel()
	e := New(Options{})
	w := askAt(t, e, http.MethodPost, "/v1/chat/completions", with(`,"deferred":true,"n":2`))
	hold(t, "deferred", w.Body.Bytes())
	var told struct {
		ID string `json:"request_id"`
	}
	if err := json.Unmarshal(w.Body.Bytes(), &told); err != nil {
		t.Fatal(err)
	}
	path := "/v1/chat/deferred-completion/" + told.ID
	if w := askAt(t, e, http.MethodHead, path, ""); w.Code != http.StatusAccepted {
		t.Errorf("a look at a pending reply: %d", w.Code)
	}
	if w := askAt(t, e, http.MethodGet, path, ""); w.Code != http.StatusAccepted || w.Body.Len() > 0 {
		t.Errorf("the first poll: %d %s", w.Code, w.Body)
	}
	if w := askAt(t, e, http.MethodHead, path, ""); w.Code != http.StatusOK {
		t.Errorf("a look at a reply: %d", w.Code)
	}
	if got := wholeReply(t, askAt(t, e, http.MethodGet, path, "")); len(got.Choices) != 2 || got.Choices[1].Message.Content != "one two" {
		t.Errorf("the second poll: %+v", got)
	}
	w = askAt(t, e, http.MethodGet, path, "")
	hold(t, "error", w.Body.Bytes())
	if w.Code != http.StatusNotFound {
		t.Errorf("the third poll: %d", w.Code)
	}
}

func TestModelsShape(t *testing.T) {
	t.Parallel()
	e := scripted(t, `{"model":"mine","reply":"a"}`, `{"model":"mine","reply":"b"}`, `{"model":"echo","reply":"c"}`)
	w := askAt(t, e, http.MethodGet, "/v1/models", "")
	hold(t, "models", w.Body.Bytes())
	var list struct{ Data []struct{ ID string } }
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || fmt.Sprint(list.Data) != "[{echo} {lorem} {grok-4.3} {mine}]" {
		t.Error(list, err)
	}
	for _, name := range []string{"echo", "mine", "grok-2"} {
		hold(t, "model", askAt(t, e, http.MethodGet, "/v1/models/"+name, "").Body.Bytes())
	}
}
