package offline

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func ask(t *testing.T, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	New(Options{}).ServeHTTP(w, r)
	return w
}

func post(t *testing.T, body string) *httptest.ResponseRecorder {
	t.Helper()
	return ask(t, http.MethodPost, "/v1/chat/completions", body)
}

// with returns a valid request with more fields.
func with(fields string) string {
	return `{"model":"echo","messages":[{"role":"user","content":"one two"}]` + fields + `}`
}

// asking returns a valid request with these messages.
func asking(messages string) string { return `{"model":"echo","messages":[` + messages + `]}` }

func encodedPicture(t *testing.T, side int, encode func(io.Writer, image.Image) error) string {
	t.Helper()
	var buf bytes.Buffer
	if err := encode(&buf, image.NewGray(image.Rect(0, 0, side, 2*side))); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(buf.Bytes())
}

func asJPEG(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }

func imageMessage(url string) string {
	return asking(`{"role":"user","content":[{"type":"text","text":"what"},{"type":"image_url","image_url":{"url":"` + url + `","detail":"high"}}]}`)
}

func TestReplyText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, text, finish string }{
		{"the last user message", asking(`{"role":"user","content":"a"},{"role":"user","content":"b <&>"},{"role":"system","content":"c"}`), "b <&>", "stop"},
		{"text parts together", asking(`{"content":[{"text":"a","type":"text"},{"type":"text","text":"b\u00e9\n"}],"role":"user"}`), "abé\n", "stop"},
		{"no user message", asking(`{"role":"system","content":"a"},{"role":"assistant","content":"b"}`), "b", "stop"},
		{"no text at all", asking(`{"role":"assistant","content":null,"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]}`), "There is no text to repeat.", "stop"},
		{"an empty message", asking(`{"role":"user","content":""}`), "", "stop"},
		{"max_tokens", with(`,"max_tokens":1`), "one", "length"},
		{"max_tokens that is enough", with(`,"max_tokens":2`), "one two", "stop"},
		{"the newer name wins", with(`,"max_completion_tokens":1,"max_tokens":2`), "one", "length"},
		{"stop", with(`,"stop":" t"`), "one", "stop"},
		{"the first of several stops", with(`,"stop":["two","","ne"]`), "o", "stop"},
		{"stop before max_tokens", with(`,"stop":["two"],"max_tokens":1`), "one ", "stop"},
		{"null is not there", with(`,"stop":null,"n":null,"tools":null,"temperature":null,"stream":null`), "one two", "stop"},
		{"unknown fields", with(`,"x":{"y":[1,"\"]}",{"z":null}]},"logprobs":true`), "one two", "stop"},
		{"a png", imageMessage("data:image/png;base64," + encodedPicture(t, 8, png.Encode)), "what\n1 picture: [image/png 8x16]", "stop"},
		{"a jpeg that says png", imageMessage("data:image/png;base64," + encodedPicture(t, 10, asJPEG)), "what\n1 picture: [image/jpeg 10x20]", "stop"},
		{"an escaped url", imageMessage(`data:image\/png;base64,` + strings.ReplaceAll(encodedPicture(t, 8, png.Encode), "/", `\/`)), "what\n1 picture: [image/png 8x16]", "stop"},
		{
			"two urls", asking(`{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/a.png"}},{"type":"image_url","image_url":{"url":"http://x"}}]}`),
			"2 pictures: [https URL] [http URL]", "stop",
		},
		{"a file part", asking(`{"role":"user","content":[{"type":"file","file":{"file_id":"f"}},{"type":"text","text":"a"}]}`), "a", "stop"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := post(t, c.body)
			var got struct {
				Choices []struct {
					Message struct{ Role, Content string }
					Finish  string `json:"finish_reason"`
				}
			}
			if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK || len(got.Choices) != 1 {
				t.Fatalf("%d %s (%v)", w.Code, w.Body, err)
			}
			if one := got.Choices[0]; one.Message.Content != c.text || one.Finish != c.finish || one.Message.Role != "assistant" {
				t.Errorf("got %+v, want %q and %s", one, c.text, c.finish)
			}
		})
	}
}

// Equal requests get the same text under ids of their own, which are the same in every process.
func TestReplyIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	const want = `{"id":"1cef4f70-06fb-a587-8cff-258e026ebf13","object":"chat.completion","created":1767225600,"model":"grok-4.5","choices":[` +
		`{"index":0,"message":{"role":"assistant","content":"a b","refusal":null},"finish_reason":"stop"},` +
		`{"index":1,"message":{"role":"assistant","content":"a b","refusal":null},"finish_reason":"stop"}],` +
		`"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7,` +
		`"prompt_tokens_details":{"text_tokens":3,"audio_tokens":0,"image_tokens":0,"cached_tokens":0},` +
		`"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0},` +
		`"num_sources_used":0,"cost_in_usd_ticks":460000},"system_fingerprint":"fp_offline"}`
	const body = `{"model":"grok-4.5","n":2,"messages":[{"role":"system","content":"s"},{"role":"user","content":"a b"}]}`
	for range 2 {
		w := post(t, body)
		if w.Body.String() != want {
			t.Errorf("got  %s\nwant %s", w.Body, want)
		}
		if got := w.Header().Get("X-Request-Id") + " " + w.Header().Get("Content-Type"); got != "93dc37a4-c686-78f8-42e1-fa7ea907e54a application/json" {
			t.Errorf("header: %s", got)
		}
	}
}

func TestStream(t *testing.T) {
	t.Parallel()
	const head = `data: {"id":"ID","object":"chat.completion.chunk","created":1767225600,"model":"echo","choices":`
	const tail = `,"system_fingerprint":"fp_offline"}` + "\n\n"
	want := head + `[{"index":0,"delta":{"role":"assistant","content":"né"}}]` + tail +
		head + `[{"index":1,"delta":{"role":"assistant","content":"né"}}]` + tail +
		head + `[{"index":0,"delta":{"content":"\n zwei "}}]` + tail +
		head + `[{"index":1,"delta":{"content":"\n zwei "}}]` + tail +
		head + `[{"index":0,"delta":{},"finish_reason":"stop"}]` + tail +
		head + `[{"index":1,"delta":{},"finish_reason":"stop"}]` + tail +
		head + `[],"usage":{"prompt_tokens":2,"completion_tokens":4,"total_tokens":6,` +
		`"prompt_tokens_details":{"text_tokens":2,"audio_tokens":0,"image_tokens":0,"cached_tokens":0},` +
		`"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0},` +
		`"num_sources_used":0,"cost_in_usd_ticks":440000}` + tail + "data: [DONE]\n\n"
	w := post(t, `{"model":"echo","n":2,"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"né\n zwei "}]}`)
	id := strings.Split(w.Body.String(), `"`)[3]
	if got := strings.ReplaceAll(w.Body.String(), id, "ID"); got != want || len(id) != 36 || !w.Flushed {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := w.Header().Get("Content-Type"); got != "text/event-stream" {
		t.Error(got)
	}
	empty := post(t, `{"model":"echo","stream":true,"messages":[{"role":"user","content":""}]}`).Body.String()
	if !strings.Contains(empty, `"delta":{"role":"assistant","content":""}`) || strings.Contains(empty, "usage") {
		t.Errorf("an empty reply: %s", empty)
	}
}

func TestModels(t *testing.T) {
	t.Parallel()
	w := ask(t, http.MethodGet, "/v1/models", "")
	if !strings.HasPrefix(w.Body.String(), `{"object":"list","data":[{"id":"echo","object":"model","created":1767225600,"owned_by":"chatcmpl"`) {
		t.Error(w.Body)
	}
	for name, code := range map[string]int{"echo": 200, "grok-9-fast": 200, "gpt": 404, "a/b": 404, "": 404} {
		if w := ask(t, http.MethodGet, "/v1/models/"+name, ""); w.Code != code || !json.Valid(w.Body.Bytes()) || w.Header().Get("X-Request-Id") == "" {
			t.Errorf("%q: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " ", "a", "a b", " a  b\n", "日本 語\u3000x", strings.Repeat("a ", 1000) + strings.Repeat(" ", 1000)} {
		var all strings.Builder
		count := 0
		for token := range tokensOf(text) {
			all.WriteString(token)
			count++
		}
		words := len(strings.Fields(text))
		if text != "" {
			words = max(words, 1)
		}
		if all.String() != text || count != words {
			t.Errorf("%q: %q in %d tokens, want %d", text, all.String(), count, words)
		}
	}
}
