package offline

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzRequest checks that every body gets a reply or a refusal, complete and well-formed.
func FuzzRequest(f *testing.F) {
	f.Add([]byte(with(`,"stream":true,"n":3,"stream_options":{"include_usage":true},"stop":["x\\\""]`)))
	f.Add([]byte(with(`,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"tool_choice":"required","parallel_tool_calls":false`)))
	f.Add([]byte(with(`,"response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"enum":[1]}}},"deferred":true`)))
	f.Add([]byte(asking(`{"role":"user","content":[{"type":"file","file":{}}]},{"role":"tool","content":"x","tool_calls":[1]}`)))
	f.Add([]byte(`{"model":"grok-4","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}]}`))
	f.Add([]byte(" {\"messages\" : [ { } ] , \"\\u006eodel\":-1.5e9}\n"))
	f.Add([]byte(strings.Repeat("[", 9000) + strings.Repeat("]", 9000)))
	f.Fuzz(func(t *testing.T, body []byte) {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/chat/completions?reasoning=1", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		New(Options{}).ServeHTTP(w, r)
		if kind := w.Code / 100; kind != 2 && kind != 4 {
			t.Fatalf("status %d: %s", w.Code, w.Body)
		}
		switch kind := w.Header().Get("Content-Type"); {
		case kind == "application/json" && !json.Valid(w.Body.Bytes()):
			t.Fatalf("not JSON: %s", w.Body)
		case kind == "text/event-stream" && !bytes.HasSuffix(w.Body.Bytes(), []byte("\n\ndata: [DONE]\n\n")):
			t.Fatalf("no whole stream: %s", w.Body)
		case kind == "":
			t.Fatalf("status %d without a type: %s", w.Code, w.Body)
		}
	})
}

// FuzzReplies reads every file of rules; if its rules are valid, they answer or do not match.
func FuzzReplies(f *testing.F) {
	f.Add([]byte(`{"match":"a|b","model":"m","reply":"x","times":2,"finish_reason":"length"}` + "\n\r\n"))
	f.Add([]byte(`{"message":{"role":"assistant","content":null,"tool_calls":[{"function":{"name":"f","arguments":{"a":[1]}}}]}}`))
	f.Add([]byte("\ufeff" + `{"error":{"status":429,"body":"x","headers":{"Retry-After":"1"}}}`))
	f.Fuzz(func(t *testing.T, file []byte) {
		replies, err := ReadReplies(bytes.NewReader(file))
		if err != nil {
			line, _, found := strings.Cut(err.Error(), ": ")
			if !found || strings.Trim(line, "0123456789") != "" {
				t.Fatalf("no line: %v", err)
			}
			return
		}
		w, _ := at(t, New(Options{Replies: replies}), "", with(""))
		if len(replies.rules) == 0 && w.Code != http.StatusOK {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	})
}
