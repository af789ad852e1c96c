package reply_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// TestSeveralValues reads events with more than one value, or with a second label.
func TestSeveralValues(t *testing.T) {
	t.Parallel()
	const a = `{"choices":[{"index":0,"delta":{"content":"a"}}]}`
	const b = `{"choices":[{"index":0,"delta":{"content":"}{b"},"finish_reason":"stop"}]}`
	const want = `a|}{b|stop{"role":"assistant","content":"a}{b"}`
	for in, want := range map[string]string{
		"data: " + a + b + "\n\n":                           want,
		"data: " + a + " \t" + b + "[DONE]\n\n":             want,
		"data: " + a + "data: " + b + "\n\n":                want,
		"data: " + a + "\ndata: " + b + "\n\n":              want,
		"data: data: " + a + "\n\ndata: data:" + b + "\n\n": want,
		"data: " + a + "[1]" + "\n\ndata: " + b + "\n\n":    want,
		"data: " + a + "{\n\ndata: " + b + "\n\n":           "a|malformed",
		"data: " + b + "[DONE]" + a + "\n\n":                `}{b|stop{"role":"assistant","content":"}{b"}`,
	} {
		for how, r := range every(in) {
			if got := outcome(t, r, "1"); got != want {
				t.Errorf("%q, %s: %s, want %s", in, how, got, want)
			}
		}
	}
}

// TestNumbersOfPython reads NaN and Infinity as null.
func TestNumbersOfPython(t *testing.T) {
	t.Parallel()
	const text = `"content":"NaN \"NaN\\\" -Infinity"`
	const end = `,"logprobs":[NaN,-Infinity,{"NaN":Infinity}]`
	const want = `,"logprobs":[null,null,{"NaN":null}]`
	got, resp := whole(t, nil, `{"choices":[{"message":{`+text+`}`+end+`}]}`)
	if got != `NaN "NaN\" -Infinity` || string(resp.Raw) != `{"choices":[{"message":{`+text+`}`+want+`}]}` {
		t.Errorf("%s: %s", got, resp.Raw)
	}
	events := `data: {"choices":[{"delta":{` + text + `}` + end + `}]}` + "\n" + `data: {"choices":[{"delta":{},"finish_reason":"stop"}]}` + "\n"
	r := &reply.Reader{Choices: 1, Each: func(c *reply.Chunk) error {
		if raw := string(c.Raw); strings.Contains(raw, "log") && raw != `{"choices":[{"delta":{`+text+`}`+want+`}]}` {
			t.Errorf("chunk %s", raw)
		}
		return nil
	}}
	if _, err := r.Stream(&http.Response{StatusCode: http.StatusOK, ContentLength: -1}, strings.NewReader(events)); err != nil {
		t.Error(err)
	}
	list := strings.NewReader(`{"data":[{"id":"m","score":NaN}]}`)
	if raw, _, err := r.Models(&http.Response{StatusCode: http.StatusOK, ContentLength: -1}, list); string(raw) != `{"data":[{"id":"m","score":null}]}` {
		t.Errorf("models %s, %v", raw, err)
	}
}

// TestUsageElsewhere takes the usage from the places in which Moonshot and Groq send it, unless the usual one has it.
func TestUsageElsewhere(t *testing.T) {
	t.Parallel()
	const usage, other = `"usage":{"total_tokens":3}`, `"usage":{"total_tokens":9}`
	for _, more := range [][2]string{
		{`,` + usage, ``}, {`,` + usage, `,"usage":null`}, {``, `,"x_groq":{"id":"r",` + usage + `}`}, {`,` + other, `,` + usage}, {`,` + other, `,` + usage + `,"x_groq":null`},
	} {
		body := `{"choices":[{"message":{"content":"a"},"finish_reason":"stop"` + more[0] + `}]` + more[1] + `}`
		for _, in := range []string{body, "data: " + strings.Replace(body, "message", "delta", 1) + "\n\n"} {
			if _, resp := whole(t, nil, in); resp == nil || resp.Usage.Tokens != 3 || resp.Usage.Ticks != -1 {
				t.Errorf("%s: %+v", in, resp)
			}
		}
	}
}

// TestRefusalAmongParts finds a refusal that is a part of the content.
func TestRefusalAmongParts(t *testing.T) {
	t.Parallel()
	const part = `{"content":[{"type":"text","text":""},{"type":"refusal","refusal":"no"}]}`
	for _, in := range []string{`{"choices":[{"message":` + part + `}]}`, `data: {"choices":[{"delta":` + part + `,"finish_reason":"stop"}]}` + "\n\n"} {
		if _, resp := whole(t, nil, in); resp == nil || resp.Choices[0].Refusal != "no" {
			t.Errorf("%s: %+v", in, resp)
		}
		r := &reply.Reader{Choices: 1}
		if resp, err := r.Stream(&http.Response{StatusCode: http.StatusOK, ContentLength: -1}, strings.NewReader(in)); err != nil || resp.Choices[0].Refusal != "no" {
			t.Errorf("%s: %+v, %v", in, resp, err)
		}
	}
}

// TestCallsThatAreNone counts no null and no empty object as a tool call.
func TestCallsThatAreNone(t *testing.T) {
	t.Parallel()
	for calls, want := range map[string]int{`null`: 0, `{}`: 0, `[null]`: 0, `[{}]`: 0, `[""]`: 0, `[null,{"id":"a"}]`: 1, `{"id":"a"}`: 1} {
		message := `{"content":"a","tool_calls":` + calls + `}`
		if _, resp := whole(t, nil, `{"choices":[{"message":`+message+`}]}`); resp.Choices[0].ToolCalls != want {
			t.Errorf("%s: %d calls", calls, resp.Choices[0].ToolCalls)
		}
	}
}
