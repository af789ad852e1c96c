package reply_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/reply"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// whole reads a body that was not requested as a stream, and returns its texts, or the kind of its error.
func whole(t *testing.T, redactor *secret.Redactor, body string) (string, *reply.Response) {
	t.Helper()
	r := &reply.Reader{Choices: 1, Redactor: redactor}
	resp, err := r.Whole(&http.Response{StatusCode: http.StatusCreated, Header: http.Header{}, ContentLength: -1}, strings.NewReader(body))
	if failed, ok := errors.AsType[*reply.Error](err); ok {
		return string(failed.Kind), nil
	}
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, c := range resp.Choices {
		texts = append(texts, c.Text)
	}
	return strings.Join(texts, "|"), resp
}

// TestWhole checks that every complete reply with a text is accepted.
func TestWhole(t *testing.T) {
	t.Parallel()
	const a = `{"choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}]}`
	with := func(choice, more string) string { return `{"choices":[{` + choice + `}]` + more + `}` }
	const message = `"message":{"content":"a"}`
	for name, c := range map[string]struct{ body, want string }{
		"plain":                  {a, "a"},
		"byte order mark":        {"\ufeff" + a, "a"},
		"white space":            {strings.Repeat(" \r\n", 1000) + a + "\n\n", "a"},
		"end mark":               {a + "\n\ndata: [DONE]\n\n", "a"},
		"end mark without space": {a + "data:[DONE]", "a"},
		"events":                 {"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"b\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n", "ab"},
		"events, comment first":  {": ping\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"stop\"}]}\n\n", "a"},
		"one event":              {"data: " + a + "\n\n", "a"},
		"events, cut":            {"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n", "cut"},
		"empty error":            {with(message, `,"error":{"message":"","code":null}`), "a"},
		"error false":            {with(message, `,"error":false`), "a"},
		"empty error in choice":  {with(message+`,"error":{}`, ""), "a"},
		"error":                  {with(message, `,"error":{"message":"no"}`), "server"},
		"delta too":              {with(message+`,"delta":{"content":""}`, ""), "a"},
		"delta first":            {with(`"delta":{"content":"x"},`+message, ""), "a"},
		"delta alone":            {with(`"delta":{"content":"a"}`, ""), "a"},
		"message as text":        {with(`"message":"a"`, ""), "a"},
		"choice not in a list":   {`{"choices":{"message":{"content":"a"}}}`, "a"},
		"odd index":              {with(`"index":"0",`+message, ""), "a"},
		"odd finish_reason":      {with(`"finish_reason":["stop"],`+message, ""), "a"},
		"odd usage":              {with(message, `,"usage":"none"`), "a"},
		"odd tool_calls":         {with(`"message":{"content":"a","tool_calls":{},"refusal":false,"reasoning":{}}`, ""), "a"},
		"odd fields":             {with(message, `,"id":7,"created":"now","object":null,"request_id":1`), "a"},
		"base_resp":              {with(message, `,"base_resp":{"status_code":0,"status_msg":"success"}`), "a"},
		"thinking part":          {with(`"message":{"content":[{"type":"thinking","thinking":"h"},{"type":"text","text":"a"}]}`, ""), "a"},
		"parts as texts":         {with(`"message":{"content":["a","b"]}`, ""), "ab"},
		"one part":               {with(`"message":{"content":{"type":"text","text":"a"}}`, ""), "a"},
		"text with value":        {with(`"message":{"content":[{"type":"text","text":{"value":"a"}}]}`, ""), "a"},
		"number":                 {with(`"message":{"content":42}`, ""), "42"},
		"no index, two":          {`{"choices":[{"message":{"content":"a"}},{"message":{"content":"b"}}]}`, "a|b"},
		"by index":               {`{"choices":[{"index":1,"message":{"content":"b"}},{"index":0,"message":{"content":"a"}}]}`, "a|b"},
		"one message missing":    {`{"choices":[{"index":0,"message":{"content":"a"}},{"index":1}]}`, "a|"},
		"no message":             {with(`"index":0`, ""), "malformed"},
		"empty":                  {"", "malformed"},
		"not JSON":               {"OK", "malformed"},
		"a text":                 {`"closed"`, "malformed"},
		"other JSON":             {`{"a":1}`, "malformed"},
		"page":                   {"<html>", "not_api"},
		"too deep":               {strings.Repeat("[", 20000) + strings.Repeat("]", 20000), "malformed"},
		"Baidu":                  {`{"error_code":17,"error_msg":"Open api daily limit reached"}`, "server"},
		"MiniMax":                {`{"choices":null,"base_resp":{"status_code":1004,"status_msg":"no"}}`, "server"},
		"rate limit inside":      {`{"error":{"message":"no","code":429}}`, "rate_limit"},
		"network_error":          {with(message+`,"finish_reason":"network_error"`, ""), "server"},
	} {
		if got, _ := whole(t, nil, c.body); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestUnusable checks that a complete but unusable reply allows only one more attempt.
func TestUnusable(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct{ retryable, unusable bool }{
		"":             {true, true},
		"OK":           {true, true},
		`{"a":1}`:      {true, true},
		"<html>":       {false, true},
		"data: {}\n\n": {true, false},
	} {
		_, err := (&reply.Reader{Choices: 1}).Whole(&http.Response{StatusCode: http.StatusOK, Header: http.Header{}, ContentLength: -1}, strings.NewReader(body))
		e, ok := errors.AsType[*reply.Error](err)
		if !ok || e.Retryable != want.retryable || e.Unusable != want.unusable {
			t.Errorf("%q: %+v", body, e)
		}
	}
}

// TestJoinedReply checks that an unrequested stream is joined to the reply that the server should have sent.
func TestJoinedReply(t *testing.T) {
	t.Parallel()
	const events = `data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"a"}}]}` + "\n\n" +
		`data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"b"},"finish_reason":"stop"}]}` + "\n\n" +
		`data: {"id":"x","choices":[],"usage":{"total_tokens":3}}` + "\n\ndata: [DONE]\n\n"
	const want = `{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"ab"},"finish_reason":"stop"}],"usage":{"total_tokens":3}}`
	_, resp := whole(t, nil, events)
	if resp == nil || string(resp.Raw) != want || resp.Usage.Tokens != 3 {
		t.Errorf("%s\nwant %s", resp.Raw, want)
	}
}

// TestSecretsInReplies checks that secrets in a reply are replaced in any spelling.
func TestSecretsInReplies(t *testing.T) {
	t.Parallel()
	redactor := &secret.Redactor{}
	redactor.Add("secret-key-1")
	for _, body := range []string{
		`{"choices":[{"message":{"content":"a secret-key-1."}}]}`,
		`{"choices":[{"message":{"content":"a \u0073ecret\u002dkey-1."}}]}`,
		"data: {\"choices\":[{\"delta\":{\"content\":\"a secr\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"et-key-1.\"},\"finish_reason\":\"stop\"}]}\n\n",
	} {
		if got, resp := whole(t, redactor, body); got != "a *****." || !resp.Redacted || strings.Contains(string(resp.Choices[0].Message()), "secret") {
			t.Errorf("%s: %s", body, got)
		}
	}
	if got, resp := whole(t, redactor, `{"choices":[{"message":{"content":"a secret."}}]}`); got != "a secret." || resp.Redacted {
		t.Error(got)
	}
}

// TestEndings checks the finish_reasons of many servers.
func TestEndings(t *testing.T) {
	t.Parallel()
	for want, words := range map[reply.Ending]string{
		reply.Complete: " stop STOP end_turn eos_token tool_calls function_call tool_use stop_sequence completed FINISH_REASON_STOP",
		reply.Limited:  "length MAX_TOKENS max_tokens model_length FINISH_REASON_MAX_TOKENS max_output_tokens FinishReason.MAX_TOKENS token_limit incomplete Length context_length_exceeded",
		reply.Filtered: "content_filter SAFETY sensitive content_filtered RECITATION PROHIBITED_CONTENT guardrail_intervened BLOCKLIST SPII refusal",
		reply.Failed:   "error network_error abort insufficient_system_resource server_error timeout INTERNAL_ERROR",
		reply.Unknown:  "OTHER pause_turn MALFORMED_FUNCTION_CALL FINISH_REASON_UNSPECIFIED",
	} {
		for word := range strings.SplitSeq(words, " ") {
			if got := reply.EndingOf(word); got != want {
				t.Errorf("%q: %d, want %d", word, got, want)
			}
		}
	}
}

// TestModelIDs reads model lists in the known formats.
func TestModelIDs(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"data":[{"id":"a"},{"id":"b"}]}`:  "a b",
		`[{"id":"a"},{"id":"b"}]`:           "a b",
		`{"data":null}`:                     "",
		`{"object":"list","data":[]}`:       "",
		`{"models":[{"name":"a"}]}`:         "a",
		`{"data":["a","b"]}`:                "a b",
		`[]`:                                "",
		`{"data":[{"id":"a"},{"other":1}]}`: "a",
	} {
		ids, err := reply.ModelIDs([]byte(body))
		if err != nil || strings.Join(ids, " ") != want {
			t.Errorf("%s: %v, %v", body, ids, err)
		}
	}
	for _, body := range []string{``, `{}`, `"a"`, `{"data":1}`, `null`} {
		if _, err := reply.ModelIDs([]byte(body)); err == nil {
			t.Errorf("%s: no error", body)
		}
	}
}

// TestCost reads the cost of a reply, in xAI's ticks or in USD.
func TestCost(t *testing.T) {
	t.Parallel()
	for usage, want := range map[string]int64{
		`{"cost_in_usd_ticks":12}`:               12,
		`{"cost":0.00014}`:                       1400000,
		`{"cost":0.00014,"cost_in_usd_ticks":7}`: 7,
		`{"cost":0}`:                             0,
		`{"cost":0.00000000001}`:                 1,
		`{"cost":1e-3}`:                          10000000,
		`{"cost":-1}`:                            -1,
		`{"cost":"free"}`:                        -1,
		`{"cost":1e400}`:                         -1,
		`{}`:                                     -1,
	} {
		_, resp := whole(t, nil, `{"choices":[{"message":{"content":"a"}}],"usage":`+usage+`}`)
		if resp == nil || resp.Usage.Ticks != want {
			t.Errorf("%s: %+v", usage, resp.Usage)
		}
	}
}

// TestStatusOfErrors checks that an error has the status of its response.
func TestStatusOfErrors(t *testing.T) {
	t.Parallel()
	_, err := (&reply.Reader{Choices: 1}).Whole(&http.Response{StatusCode: http.StatusAccepted, Header: http.Header{"X-Request-Id": {"r-1"}}, ContentLength: -1}, strings.NewReader(""))
	if e, ok := errors.AsType[*reply.Error](err); !ok || e.Status != http.StatusAccepted || e.Kind != failure.Malformed || e.RequestID != "r-1" || e.Error() != "the reply is empty (status 202)" {
		t.Errorf("%v", err)
	}
}
