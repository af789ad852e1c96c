package secret_test

import (
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// TestBody checks that secrets are found in every form in which a server may send them back.
func TestBody(t *testing.T) {
	t.Parallel()
	redactor := &secret.Redactor{}
	redactor.Add("secret-key-1")
	for body, want := range map[string]string{
		`{"a":"\n","b":1.0}`:                                            `{"a":"\n","b":1.0}`,
		`{"a":"a secret-key-1."}`:                                       `{"a":"a *****."}`,
		`{"a":["\u0073ecret\u002dkey-1\n"], "b" : 1.0}`:                 `{"a":["*****\n"], "b" : 1.0}`,
		`{"\u0073ecret-key-1":"{\"b\":\"\\u0073ecret-key-1\"}"}`:        `{"*****":"{\"b\":\"*****\"}"}`,
		`not JSON secret-key-1`:                                         `not JSON *****`,
		"data: {\"choices\":[{\"d\":\"x\"}]}\n\ndata:{\"d\":\"y\"}\n\n": "data: {\"choices\":[{\"d\":\"x\"}]}\n\ndata:{\"d\":\"y\"}\n\n",
		"data: {\"choices\":[{\"index\":0,\"d\":\"a secr\"}]}\r\n\r\n: ping\r\ndata: {\"choices\":[{\"index\":1,\"d\":\"b\"}]}\r\n\r\ndata: {\"choices\":[{\"index\":0,\"d\":\"et-key-1.\"}]}\r\n\r\ndata: [DONE]\r\n": "data: {\"choices\":[{\"index\":0,\"d\":\"a *****\"}]}\r\n\r\n: ping\r\ndata: {\"choices\":[{\"index\":1,\"d\":\"b\"}]}\r\n\r\ndata: {\"choices\":[{\"index\":0,\"d\":\".\"}]}\r\n\r\ndata: [DONE]\r\n",
	} {
		if got := string(redactor.Body([]byte(body))); got != want {
			t.Errorf("%s\n%s", body, got)
		}
	}
}

// TestBodyInShapes finds a secret that is split over the pieces of one text, in every shape of them. {A} is its first half,
// {B} its second.
func TestBodyInShapes(t *testing.T) {
	t.Parallel()
	const key = "secret-key-1"
	var redactor secret.Redactor
	redactor.Add(key)
	event := func(json string) string { return "data: " + json + "\n\n" }
	for _, body := range []string{
		// Shapes of the pieces.
		`{"choices":[{"message":{"content":[{"type":"text","text":"{A}"},{"type":"text","text":"{B}"}]}}]}`,
		`{"choices":[{"message":{"content":["{A}",{"text":{"value":"{B}"}}]}}]}`,
		`{"choices":[{"logprobs":{"content":[{"token":"{A}","top_logprobs":[{"token":"x"}]},{"token":"{B}"}]}}]}`,
		event(`{"choices":[{"delta":{"content":[{"type":"text","text":"{A}"}]}}]}`) + event(`{"choices":[{"delta":{"content":"{B}"}}]}`),
		event(`{"choices":[{"index":"0","delta":{"content":"{A}"}}]}`) + event(`{"choices":[{"index":0.0,"delta":{"content":"{B}"}}]}`),
		event(`{"choices":{"delta":{"content":"{A}"}}}`) + event(`{"choices":[{"delta":{"content":"{B}"}}]}`),
		event(`{"choices":[{"message":{"content":"{A}"}}]}`) + event(`{"choices":[{"delta":{"content":"{B}"}}]}`),
		event(`{"choices":[{"message":{"content":"{A}"},"delta":null}]}`) + event(`{"choices":[{"delta":{"content":"{B}"}}]}`),
		event(`{"choices":[{"delta":{"content":"{A}"},"message":{"content":"{A}"}}]}`) + event(`{"choices":[{"message":{"content":"{A}{B}"},"delta":{"content":"{B}"}}]}`),
		event(`{"choices":[{"delta":"{A}"}]}`) + event(`{"choices":[{"delta":{"content":{"text":"{B}"}}}]}`),
		event(`{"choices":[{"delta":{"reasoning":"{A}"}}]}`) + event(`{"choices":[{"delta":{"reasoning_content":"{B}"}}]}`),
		event(`{"choices":[{"delta":{"reasoning":"{A}","reasoning_content":"{A}"}}]}`) + event(`{"choices":[{"delta":{"reasoning":"{B}","reasoning_content":"{B}"}}]}`),
		event(`{"choices":[{"delta":{"tool_calls":{"function":{"arguments":"{A}"}}}}]}`) + event(`{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{B}"}}]}}]}`),
		// Framings of the stream.
		"data: {\"choices\":[{\"delta\":{\"content\":\"{A}\"}}]}\r\rdata: {\"choices\":[{\"delta\":{\"content\":\"{B}\"}}]}\r\r",
		"data: {\"choices\":\ndata: [{\"delta\":{\"content\":\"{A}\"}}]}\n\ndata: {\"choices\":[{\"delta\":\ndata:{\"content\":\"{B}\"}}]}\n",
		"data: {\"choices\":[{\"delta\":{\"content\":\"{A}\"}}]}\ndata: {\"choices\":[{\"delta\":{\"content\":\"{B}\"}}]}\n",
	} {
		got := string(redactor.Body([]byte(strings.NewReplacer("{A}", key[:9], "{B}", key[9:]).Replace(body))))
		if strings.Contains(got, key[9:]) || !strings.Contains(got, "*****") || strings.Count(got, "\n") != strings.Count(body, "\n") {
			t.Errorf("%s\n%s", body, got)
		}
	}
	for _, body := range []string{
		event(`{"choices":[{"index":0,"delta":{"content":"{A}"}}]}`) + event(`{"choices":[{"index":1,"delta":{"content":"{B}"}}]}`),
		event(`{"choices":[{"delta":{"content":"{A}"}}]}`) + event(`{"choices":[{"delta":{"refusal":"{B}"}}]}`),
		`{"choices":[{"message":{"content":"{A}"}},{"message":{"content":"{B}"}}]}`,
		"data: {\ndata: \"a\": \"{A}\"}\r\ndata: no JSON {B}\n\n: data\ndata:\n",
	} {
		body = strings.NewReplacer("{A}", key[:9], "{B}", key[9:]).Replace(body)
		if got := string(redactor.Body([]byte(body))); got != body {
			t.Errorf("%q became %q", body, got)
		}
	}
}

// TestBodyOfManyTexts keeps a reply with many texts that end with the beginning of a secret.
func TestBodyOfManyTexts(t *testing.T) {
	t.Parallel()
	var redactor secret.Redactor
	redactor.Add("secret-key-1")
	body := `{"choices":[{"logprobs":{"content":[{"token":"\n"}` + strings.Repeat(`,{"a":"s"}`, 3<<15) + `]}}]}`
	if got := string(redactor.Body([]byte(body))); got != body {
		t.Errorf("%d bytes became %d", len(body), len(got))
	}
}
