package reply_test

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/chatcmpl/chatcmpl/internal/reply"
)

type sevens struct{ io.Reader }

func (s sevens) Read(p []byte) (int, error) { return s.Reader.Read(p[:min(7, len(p))]) }

// outcome reads a stream and returns a text of its deltas and its end.
func outcome(t *testing.T, body io.Reader, choices string) string {
	t.Helper()
	var out strings.Builder
	n, _ := strconv.Atoi(choices)
	r := &reply.Reader{Choices: n, Collect: true, Each: func(c *reply.Chunk) error {
		for _, d := range c.Deltas {
			out.WriteString(d.Text + "|")
		}
		return nil
	}}
	resp, err := r.Stream(&http.Response{StatusCode: http.StatusOK, Header: http.Header{}, ContentLength: -1}, body)
	if failed, ok := errors.AsType[*reply.Error](err); ok {
		return out.String() + string(failed.Kind)
	}
	if err != nil {
		t.Fatalf("an error that is no *reply.Error: %v", err)
	}
	for _, c := range resp.Choices {
		out.WriteString(c.FinishReason + string(c.Message()))
	}
	return out.String() + string(resp.Usage.Raw)
}

func every(in string) map[string]io.Reader {
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
		"wrong type":       {`data: {"choices":"none"}` + "\n\n", "1", "cut"},
		"flat error":       {a + `data: {"code":"x","error":"down"}` + "\n\n", "1", "a|server"},
		"nested error":     {a + `data: {"error":{"message":"no","code":400}}` + "\n\n", "1", "a|refused"},
		"rate limit":       {`data: {"error":{"message":"no","code":"429"}}` + "\n\n", "1", "rate_limit"},
		"error event":      {"event: error\ndata: {\"message\":\"down\"}\n\n", "1", "server"},
		"error at the end": {a + stop + `data: {"error":{"message":"no usage","code":500}}` + "\n\n", "1", `a||stop{"role":"assistant","content":"a"}`},
		"event at the end": {a + stop + "event: error\ndata: {\"message\":\"down\"}\n\n", "1", `a||stop{"role":"assistant","content":"a"}`},
		"garbled end":      {a + stop + "data: {\"choices\n\n", "1", `a||stop{"role":"assistant","content":"a"}`},
		"error beside end": {`data: {"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}],"error":{"message":"old parameter"}}` + "\n\n", "1", `a|stop{"role":"assistant","content":"a"}`},
		"error, no text":   {stop + `data: {"error":"down"}` + "\n\n", "1", "|server"},
		"delta as text":    {`data: {"choices":[{"index":0,"delta":"a"}]}` + "\n\n" + a + stop, "1", `a|a||stop{"role":"assistant","content":"aa"}`},
		"code, no choices": {`data: {"code":"ok","choices":[]}` + "\n\n" + a + stop, "1", `a||stop{"role":"assistant","content":"a"}`},
		"null error":       {`data: {"error":null,"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]}` + "\n\n", "1", `a|stop{"role":"assistant","content":"a"}`},
		"usage":            {a + `data: {"choices":[],"usage":{"total_tokens":1}}` + "\n\n" + stop + `data: {"choices":[],"usage":{"total_tokens":2}}` + "\n\n" + `data: {"choices":[],"usage":null}` + "\n\n", "1", `a||stop{"role":"assistant","content":"a"}{"total_tokens":2}`},
		"one piece":        {"\n " + `{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}`, "1", `a|stop{"content":"a"}`},
		"one piece failed": {`{"code":"x","error":"down"}`, "1", "server"},
		"text in one line": {`"this service is closed"`, "1", "malformed"},
		"text":             {"It works!", "1", "malformed"},
		"words":            {"data: ping\n\n" + a + "data: keep-alive\n\n" + stop + "data: DONE\n\n" + a, "1", `a||stop{"role":"assistant","content":"a"}`},
		"lines":            {`{"choices":[{"delta":{"content":"a"}}]}` + "\n" + `{"choices":[{"delta":{},"finish_reason":"stop"}]}`, "1", `a||stop{"role":"assistant","content":"a"}`},
		"comment, reply":   {": ping\n\n" + `{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}`, "1", `a|stop{"content":"a"}`},
		"html":             {"<html>", "1", "not_api"},
		"choice failed":    {`data: {"choices":[{"delta":{"content":""},"finish_reason":"error"}]}` + "\n\n", "1", "|server"},
	} {
		t.Run(name, func(t *testing.T) {
			for how, r := range every(c.in) {
				if got := outcome(t, r, c.n); got != c.want {
					t.Errorf("%s: %s, want %s", how, got, c.want)
				}
			}
		})
	}
}

// TestMessages checks that the pieces of a message are joined to a valid message for the next request.
func TestMessages(t *testing.T) {
	for name, c := range map[string]struct {
		deltas []string
		want   string
	}{
		"same index": {
			[]string{`"tool_calls":[{"id":"a","index":0,"type":"function","function":{"name":"f","arguments":"{\"p\":1}"}}]`, `"tool_calls":[{"id":"b","index":0,"type":"function","function":{"name":"f","arguments":"{}"}}]`},
			`"tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{\"p\":1}"}},{"id":"b","type":"function","function":{"name":"f","arguments":"{}"}}]`,
		},
		"pieces": {
			[]string{`"tool_calls":[{"id":"a","index":3,"function":{"name":"f","arguments":""}}]`, `"tool_calls":[{"index":3,"function":{"arguments":"{\"p\""}}]`, `"tool_calls":[{"index":3,"id":"a","function":{"name":"f","arguments":":1}"}}]`},
			`"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"p\":1}"}}]`,
		},
		"no index": {
			[]string{`"tool_calls":[{"id":"a","function":{"name":"f","arguments":""}}]`, `"tool_calls":[{"function":{"arguments":"{}"}}]`, `"tool_calls":[{"id":"b","function":{"name":"g","arguments":"{"}}]`, `"tool_calls":[{"id":"","function":{"arguments":"}"}}]`},
			`"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}},{"id":"b","function":{"name":"g","arguments":"{}"}}]`,
		},
		"no id, no index, whole calls": {
			[]string{`"tool_calls":[{"function":{"name":"f","arguments":"{}"}},{"function":{"name":"g","arguments":"{}"}}]`},
			`"tool_calls":[{"function":{"name":"f","arguments":"{}"}},{"function":{"name":"g","arguments":"{}"}}]`,
		},
		"late id": {
			[]string{`"tool_calls":[{"index":0,"id":null,"function":{"name":"f","arguments":""}}]`, `"tool_calls":[{"index":0,"id":"a","function":{"arguments":"{}"}}]`},
			`"tool_calls":[{"function":{"name":"f","arguments":"{}"},"id":"a"}]`,
		},
		"pieces in turns": {
			[]string{`"tool_calls":[{"id":"a","index":0,"function":{"name":"f","arguments":"{"}},{"id":"b","index":1,"function":{"name":"g","arguments":"["}}]`, `"tool_calls":[{"index":0,"function":{"arguments":"}"}},{"index":1,"function":{"arguments":"]"}}]`},
			`"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}},{"id":"b","function":{"name":"g","arguments":"[]"}}]`,
		},
		"late signature": {
			[]string{`"tool_calls":[{"id":"a","index":0,"function":{"name":"f","arguments":"{}"}}]`, `"tool_calls":[{"index":0,"extra_content":{"google":{"thought_signature":"s"}}}]`},
			`"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"},"extra_content":{"google":{"thought_signature":"s"}}}]`,
		},
		"arguments as object": {
			[]string{`"content":"text","tool_calls":[{"id":"a","index":0,"function":{"name":"f","arguments":{"p": 1}}}]`},
			`"content":"text","tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"p\": 1}"}}]`,
		},
		"empty tool_calls": {[]string{`"content":"a","tool_calls":[]`, `"content":"b","tool_calls":[]`}, `"content":"ab","tool_calls":[]`},
		"function_call": {
			[]string{`"content":null,"function_call":{"name":"f","arguments":""}`, `"function_call":{"arguments":"{}"}`},
			`"content":"","function_call":{"name":"f","arguments":"{}"}`,
		},
		"reasoning, its name": {[]string{`"reasoning":"h"`, `"reasoning":"m"`, `"content":"ok"`}, `"content":"ok","reasoning":"hm"`},
		"reasoning twice":     {[]string{`"reasoning":"h","reasoning_content":"h"`, `"content":"ok"`}, `"content":"ok","reasoning":"h","reasoning_content":"h"`},
		"reasoning_details": {
			[]string{
				`"reasoning_details":[{"type":"reasoning.text","text":"h","index":0,"format":"x"}]`, `"reasoning_details":[{"type":"reasoning.text","text":"m","index":0,"format":"x"}]`,
				`"reasoning_details":[{"type":"reasoning.text","signature":"s","index":0}]`, `"reasoning_details":[{"type":"reasoning.encrypted","data":"d","index":1}]`,
			},
			`"reasoning_details":[{"type":"reasoning.text","text":"hm","index":0,"format":"x","signature":"s"},{"type":"reasoning.encrypted","data":"d","index":1}]`,
		},
		"surrogates":      {[]string{`"content":"a\ud83d"`, `"content":"\ude00b"`}, `"content":"a😀b"`},
		"half at the end": {[]string{`"content":"a\ud83d"`}, `"content":"a�"`},
		"no surrogate":    {[]string{`"content":"a\\ud83d"`, `"content":"\ude00b"`}, `"content":"a\\ud83d�b"`},
		"parts": {
			[]string{`"content":[{"type":"thinking","thinking":[{"type":"text","text":"h"}]}]`, `"content":[{"type":"thinking","thinking":[{"type":"text","text":"m"}]}]`, `"content":"o"`, `"content":"k"`},
			`"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"ok"}]`,
		},
		"text, then parts": {[]string{`"content":"o"`, `"content":[{"type":"text","text":"k"}]`}, `"content":[{"type":"text","text":"ok"}]`},
		"unknown fields":   {[]string{`"content":"a","audio":{"id":"x","data":"AB"}`, `"audio":{"data":"CD","expires_at":5}`}, `"content":"a","audio":{"id":"x","data":"ABCD","expires_at":5}`},
		"equal pieces": {
			[]string{
				`"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"n\":1"}}]`, `"tool_calls":[{"index":0,"function":{"arguments":"0"}}]`,
				`"tool_calls":[{"index":0,"function":{"arguments":"0"}}]`, `"tool_calls":[{"index":0,"function":{"arguments":"}"}}]`,
			},
			`"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"n\":100}"}}]`,
		},
		"equal parts":     {[]string{`"content":[{"type":"text","text":"ha"}]`, `"content":[{"type":"text","text":"ha"}]`}, `"content":[{"type":"text","text":"haha"}]`},
		"equal texts":     {[]string{`"content":["ha"]`, `"content":["ha"]`}, `"content":["ha","ha"]`},
		"equal reasoning": {[]string{`"reasoning_details":[{"type":"reasoning.text","text":"ha"}]`, `"reasoning_details":[{"type":"reasoning.text","text":"ha"}]`}, `"reasoning_details":[{"type":"reasoning.text","text":"haha"}]`},
		"equal calls": {
			[]string{`"tool_calls":[{"function":{"name":"f","arguments":"{}"}}]`, `"tool_calls":[{"function":{"name":"f","arguments":"{}"}}]`},
			`"tool_calls":[{"function":{"name":"f","arguments":"{}"}},{"function":{"name":"f","arguments":"{}"}}]`,
		},
		"same call again": {
			[]string{`"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}]`, `"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}]`},
			`"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}]`,
		},
		"call without list": {[]string{`"tool_calls":{"index":0,"id":"a","function":{"name":"f","arguments":"{"}}`, `"tool_calls":{"index":0,"function":{"arguments":"}"}}`}, `"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]`},
		"no call":           {[]string{`"content":"a","tool_calls":{}`}, `"content":"a","tool_calls":[]`},
		"part without list": {[]string{`"content":{"type":"text","text":"o"}`, `"content":"k"`}, `"content":[{"type":"text","text":"ok"}]`},
		"number as text":    {[]string{`"content":4`, `"content":2`}, `"content":"42"`},
		"number in a text":  {[]string{`"content":"a","reasoning":"h"`, `"reasoning":0`}, `"content":"a","reasoning":"h"`},
		"empty arguments first": {
			[]string{`"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":{}}}]`, `"tool_calls":[{"index":0,"function":{"arguments":"{\"x\""}}]`, `"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]`},
			`"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"x\":1}"}}]`,
		},
		"braces in arguments": {
			[]string{`"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":\"{}"}}]`, `"tool_calls":[{"index":0,"function":{"arguments":"{}\"}"}}]`},
			`"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{\"x\":\"{}{}\"}"}}]`,
		},
		"same signature again": {
			[]string{`"tool_calls":[{"index":0,"id":"a","x":{"thought_signature":"s"}}]`, `"tool_calls":[{"index":0,"x":{"thought_signature":"s"}}]`},
			`"tool_calls":[{"id":"a","x":{"thought_signature":"s"}}]`,
		},
		"same picture again": {[]string{`"images":[{"index":0,"image_url":{"url":"x"}}]`, `"images":[{"index":0,"image_url":{"url":"x"}}]`}, `"images":[{"index":0,"image_url":{"url":"x"}}]`},
		"name in pieces": {
			[]string{`"tool_calls":[{"index":0,"id":"a","function":{"name":"get_","arguments":""}}]`, `"tool_calls":[{"index":0,"function":{"name":"weather"}}]`, `"tool_calls":[{"index":0,"function":{"name":"get_weather","arguments":"{}"}}]`},
			`"tool_calls":[{"id":"a","function":{"name":"get_weather","arguments":"{}"}}]`,
		},
		"same list again": {[]string{`"content":"a","annotations":[{"type":"u","u":"x"}]`, `"content":"b","annotations":[{"type":"u","u":"x"}]`}, `"content":"ab","annotations":[{"type":"u","u":"x"}]`},
		"odd types":       {[]string{`"content":"a","refusal":false,"reasoning":7,"role":null`, `"content":"b","logprobs":{}`}, `"content":"ab","refusal":false,"reasoning":7,"logprobs":{}`},
	} {
		t.Run(name, func(t *testing.T) {
			var in strings.Builder
			for _, delta := range c.deltas {
				in.WriteString(`data: {"choices":[{"index":0,"delta":{` + delta + `}}]}` + "\n\n")
			}
			in.WriteString(`data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n")
			got := outcome(t, strings.NewReader(in.String()), "1")
			_, got, _ = strings.Cut(got, "stop")
			want := `{"role":"assistant",` + c.want
			if !strings.HasPrefix(c.want, `"content"`) {
				want = `{"role":"assistant","content":"",` + c.want
			}
			if got != want+"}" {
				t.Errorf("%s\nwant %s}", got, want)
			}
		})
	}
}

// FuzzStream checks that the outcome of a stream does not depend on how its bytes are split over reads.
func FuzzStream(f *testing.F) {
	f.Add("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"é\"},\"finish_reason\":\"stop\"}]}\r\n\r\ndata: [DONE]\n\n")
	f.Add("data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"1\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}}]}\n\n")
	f.Add("error: {\"code\":400}\n")
	f.Add("{\"choices\":[{\"message\":{\"content\":[{\"text\":\"a\"}]}}]}")
	f.Add("data: {\"choices\":[{\"delta\":{\"refusal\":\"no\",\"function_call\":{}},\"error\":{\"code\":429}}],\"usage\":{}}\n\n")
	f.Fuzz(func(t *testing.T, in string) {
		want := outcome(t, strings.NewReader(in), "1")
		for how, r := range every(in) {
			if got := outcome(t, r, "1"); got != want {
				t.Errorf("%s: %q, want %q", how, got, want)
			}
		}
	})
}
