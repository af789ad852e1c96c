package api_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// canned returns the same body for every request.
type canned struct{ body io.Reader }

func (c canned) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(c.body)}, nil
}

type sevens struct{ io.Reader }

func (s sevens) Read(p []byte) (int, error) { return s.Reader.Read(p[:min(7, len(p))]) }

// outcome returns everything that a stream resulted in, as text: each delta, then the end.
func outcome(t *testing.T, body io.Reader, choices string) string {
	t.Helper()
	client := &api.Client{Transport: canned{body}, Base: &url.URL{Scheme: "http", Host: "fake"}}
	var out strings.Builder
	req := &api.Request{Fields: rawjson.Object{{Key: "n", Value: []byte(choices)}, {Key: "stream", Value: []byte("true")}}}
	resp, err := client.Stream(context.Background(), req, true, func(c *api.Chunk) error {
		for _, d := range c.Deltas {
			out.WriteString(d.Text + "|")
		}
		return nil
	})
	if failed, ok := errors.AsType[*api.Error](err); ok {
		return out.String() + string(failed.Kind)
	}
	if err != nil {
		t.Fatalf("an error that is no *api.Error: %v", err)
	}
	for i, c := range resp.Choices {
		out.WriteString(c.FinishReason + string(resp.Message(i)))
	}
	return out.String() + string(resp.Usage.Raw)
}

func chunkings(in string) map[string]io.Reader {
	return map[string]io.Reader{
		"whole": strings.NewReader(in), "bytes": iotest.OneByteReader(strings.NewReader(in)),
		"sevens": sevens{strings.NewReader(in)}, "data with eof": iotest.DataErrReader(strings.NewReader(in)),
	}
}

func TestStream(t *testing.T) {
	const stop = `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n"
	const a = `data: {"choices":[{"index":0,"delta":{"content":"a"}}]}` + "\n\n"
	for name, c := range map[string]struct{ in, n, want string }{
		"complete":         {a + stop + "data: [DONE]\n\n", "1", `a||stop{"role":"assistant","content":"a"}`},
		"no end mark":      {a + stop, "1", `a||stop{"role":"assistant","content":"a"}`},
		"no finish":        {a + "data: [DONE]\n\n", "1", `a|{"role":"assistant","content":"a"}`},
		"no final newline": {a + strings.TrimSpace(stop), "1", `a||stop{"role":"assistant","content":"a"}`},
		"after the end":    {a + stop + "data: [DONE]\n\ndata: {garbage\n\n", "1", `a||stop{"role":"assistant","content":"a"}`},
		"cut":              {a, "1", "a|cut"},
		"cut in a choice":  {a + stop, "2", "a||cut"},
		"empty":            {"", "1", "malformed"},
		"comments only":    {": ping\n\n", "1", "malformed"},
		"garbled":          {a + "data: {\"choices\n\n", "1", "a|malformed"},
		"wrong type":       {`data: {"choices":"none"}` + "\n\n", "1", "malformed"},
		"flat error":       {a + `data: {"code":"x","error":"down"}` + "\n\n", "1", "a|server"},
		"nested error":     {a + `data: {"error":{"message":"no","code":400}}` + "\n\n", "1", "a|refused"},
		"rate limit":       {`data: {"error":{"message":"no","code":"429"}}` + "\n\n", "1", "rate_limit"},
		"error event":      {"event: error\ndata: {\"message\":\"down\"}\n\n", "1", "server"},
		"null error":       {`data: {"error":null,"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}` + "\n\n", "1", `a|stop{"role":"assistant","content":"a"}`},
		"usage":            {a + `data: {"choices":[],"usage":{"total_tokens":1}}` + "\n\n" + stop + `data: {"choices":[],"usage":{"total_tokens":2}}` + "\n\n" + `data: {"choices":[],"usage":null}` + "\n\n", "1", `a||stop{"role":"assistant","content":"a"}{"total_tokens":2}`},
		"one piece":        {"\n " + `{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}`, "1", `a|stop{"content":"a"}`},
		"one piece failed": {`{"code":"x","error":"down"}`, "1", "server"},
		"text in one line": {`"this service is closed"`, "1", "malformed"},
		"html":             {"<html>", "1", "malformed"},
		"choice failed":    {`data: {"choices":[{"delta":{"content":""},"finish_reason":"error"}]}` + "\n\n", "1", "server"},
	} {
		t.Run(name, func(t *testing.T) {
			for chunking, r := range chunkings(c.in) {
				if got := outcome(t, r, c.n); got != c.want {
					t.Errorf("%s: %s, want %s", chunking, got, c.want)
				}
			}
		})
	}
}

// FuzzStream checks that the outcome does not depend on how the bytes arrive.
func FuzzStream(f *testing.F) {
	f.Add("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"é\"},\"finish_reason\":\"stop\"}]}\r\n\r\ndata: [DONE]\n\n")
	f.Add("data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}}]}\n\n")
	f.Add("error: {\"code\":400}\n")
	f.Add("{\"choices\":[{\"message\":{\"content\":[{\"text\":\"a\"}]}}]}")
	f.Add("data: {\"choices\":[{\"delta\":{\"refusal\":\"no\",\"function_call\":{}},\"error\":{\"code\":429}}],\"usage\":{}}\n\n")
	f.Fuzz(func(t *testing.T, in string) {
		want := outcome(t, strings.NewReader(in), "1")
		for chunking, r := range chunkings(in) {
			if got := outcome(t, r, "1"); got != want {
				t.Errorf("%s: %q, want %q", chunking, got, want)
			}
		}
	})
}
