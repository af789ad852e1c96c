package reply_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/reply"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// BenchmarkStream reads chunks as OpenAI and xAI send them, with a key among the secrets.
func BenchmarkStream(b *testing.B) {
	const chunk = `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1700000000,"model":"m","choices":[{"index":0,"delta":{"content":"word "},"finish_reason":null}],"system_fingerprint":"fp_1"}` + "\n\n"
	const end = `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\ndata: [DONE]\n\n"
	body := strings.Repeat(chunk, 1000) + end
	redactor := &secret.Redactor{}
	redactor.Add("sk-test-key-12345")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		r := &reply.Reader{Choices: 1, Redactor: redactor, Each: func(*reply.Chunk) error { return nil }}
		if _, err := r.Stream(&http.Response{StatusCode: http.StatusOK, Header: http.Header{}}, strings.NewReader(body)); err != nil {
			b.Fatal(err)
		}
	}
}
