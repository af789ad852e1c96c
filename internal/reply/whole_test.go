package reply_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"

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
		"comments first":         {": ping\n\n: ping\r\n\r\n" + a, "a"},
		"comment behind":         {a + "\n\n: done", "a"},
		"zero byte behind":       {a + "\x00", "a"},
		"JSON behind":            {a + "\n{\"usage\":{\"total_tokens\":1}}", "a"},
		"list of a reply":        {"[" + a + "]", "a"},
		"list of chunks":         {"[" + with(`"delta":{"content":"a"}`, "") + "," + with(`"delta":{"content":"b"},"finish_reason":"stop"`, "") + "]", "ab"},
		"lines of chunks":        {with(`"delta":{"content":"a"}`, "") + "\n" + with(`"delta":{"content":"b"},"finish_reason":"stop"`, "") + "\n", "ab"},
		"lines, cut":             {with(`"delta":{"content":"a"}`, "") + "\n" + with(`"delta":{"content":"b"}`, "") + "\n{", "cut"},
		"list of others":         {`[{"a":1},{"b":2}]`, "malformed"},
		"older API":              {with(`"text":"a","finish_reason":"stop"`, ""), "a"},
		"older API, events":      {"data: " + with(`"text":"a"`, "") + "\n\ndata: " + with(`"text":"b","finish_reason":"stop"`, "") + "\n\n", "ab"},
		"events, words":          {"data: ping\n\ndata: " + with(`"delta":{"content":"a"}`, "") + "\n\ndata: keep-alive\n\ndata: " + with(`"delta":{"content":"b"},"finish_reason":"stop"`, "") + "\n\ndata: [done]\n\ndata: [", "ab"},
		"XML":                    {"<?xml version='1.0'?><Error><Message>no</Message></Error>", "not_api"},
		"page in a script":       {"/* x */ <html>", "not_api"},
		"events, cut":            {"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n", "cut"},
		"empty error":            {with(message, `,"error":{"message":"","code":null}`), "a"},
		"error false":            {with(message, `,"error":false`), "a"},
		"empty error in choice":  {with(message+`,"error":{}`, ""), "a"},
		"error":                  {with(message, `,"error":{"message":"no"}`), "server"},
		"error none":             {with(message, `,"error":"none"`), "a"},
		"error 0":                {with(message, `,"error":"0"`), "a"},
		"error success":          {with(message, `,"error":{"message":"success","type":"none"}`), "a"},
		"error with code 0":      {with(message, `,"error":{"code":"0","message":"done"}`), "a"},
		"error with status 200":  {with(message, `,"error":{"status":200,"message":"OK"}`), "a"},
		"error, but ok":          {with(message, `,"error":{"errors":[],"ok":true}`), "a"},
		"no code, but a message": {with(message, `,"error":{"code":null,"message":"down"}`), "server"},
		"error beside a reply":   {with(message+`,"finish_reason":"stop"`, `,"error":{"message":"old parameter","type":"warning"}`), "a"},
		"error in a reply":       {with(message+`,"finish_reason":"stop","error":{"message":"old parameter"}`, ""), "a"},
		"error and no text":      {with(`"message":{"content":""},"finish_reason":"stop"`, `,"error":{"message":"down"}`), "server"},
		"error, one not ended":   {`{"choices":[{` + message + `,"finish_reason":"stop"},{` + message + `}],"error":{"message":"down"}}`, "server"},
		"error after the end":    {"data: " + with(`"delta":{"content":"a"},"finish_reason":"stop"`, "") + "\n\ndata: {\"error\":\"late\"}\n\n", "a"},
		"events with a code":     {"data: {\"code\":\"abc\",\"choices\":[]}\n\ndata: [DONE]\n\n", ""},
		"delta too":              {with(message+`,"delta":{"content":""}`, ""), "a"},
		"delta first":            {with(`"delta":{"content":"x"},`+message, ""), "a"},
		"delta alone":            {with(`"delta":{"content":"a"}`, ""), "a"},
		"message as text":        {with(`"message":"a"`, ""), "a"},
		"delta as text":          {"data: " + with(`"delta":"a"`, "") + "\n\ndata: " + with(`"delta":"b","finish_reason":"stop"`, "") + "\n\n", "ab"},
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
		"success, no reply":      {`{"code":0,"msg":"success","data":null}`, "malformed"},
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

// TestBadEndings takes a reply from a body that ends badly, once the reply is whole.
func TestBadEndings(t *testing.T) {
	t.Parallel()
	const whole = `{"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}]}`
	for body, want := range map[string]string{whole: "a", whole + "\n": "a", "<html>": "not_api", `{"error":"down"}`: "server", whole[:len(whole)-1]: "cut", "OK": "cut", "": "cut"} {
		for _, length := range []int64{-1, int64(len(body)) + 9} {
			r := &reply.Reader{Choices: 1}
			broken := io.MultiReader(strings.NewReader(body), iotest.ErrReader(io.ErrUnexpectedEOF))
			resp, err := r.Whole(&http.Response{StatusCode: http.StatusOK, Header: http.Header{}, ContentLength: length}, broken)
			got := ""
			if failed, ok := errors.AsType[*reply.Error](err); ok {
				got = string(failed.Kind)
			} else if resp != nil {
				got = resp.Choices[0].Text
			}
			if got != want {
				t.Errorf("%q, length %d: %q, want %q", body, length, got, want)
			}
		}
	}
}

// TestPages tells a page by its type, too.
func TestPages(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{"It works!": "the reply is an HTML page", "{": "the reply is not JSON", "<Error/>": "the reply is an HTML page"} {
		answer := &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, ContentLength: -1}
		if _, err := (&reply.Reader{Choices: 1}).Stream(answer, strings.NewReader(body)); err == nil || err.Error() != want {
			t.Errorf("%s: %v", body, err)
		}
	}
	answer := &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/xml"}}, ContentLength: -1}
	if _, err := (&reply.Reader{Choices: 1}).Whole(answer, strings.NewReader("<Error/>")); err == nil || err.Error() != "the reply is XML" {
		t.Error(err)
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
		"data: {\n\n":  {true, true},
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
		reply.Complete: " stop STOP end_turn eos_token tool_calls function_call tool_use stop_sequence completed FINISH_REASON_STOP" +
			" stop_token eot_token end_token eos_token_id stop_token_ids stop_sequence_token no_error end_of_text stopped_word normal",
		reply.Limited: "length MAX_TOKENS max_tokens model_length FINISH_REASON_MAX_TOKENS max_output_tokens FinishReason.MAX_TOKENS token_limit incomplete Length context_length_exceeded" +
			" ERROR_LIMIT time_limit not_finished context_limit context_overflow output_limit max_time tokens_exhausted stopped_limit stop:length cut_off limit",
		reply.Filtered: "content_filter SAFETY sensitive content_filtered RECITATION PROHIBITED_CONTENT guardrail_intervened BLOCKLIST SPII refusal" +
			" ERROR_TOXIC blacklist unsafe toxic violation censored IMAGE_SAFETY nsfw language",
		reply.Failed: "error network_error abort insufficient_system_resource server_error timeout INTERNAL_ERROR" +
			" rate_limit USER_CANCEL canceled server_busy overloaded",
		reply.Unknown: "OTHER pause_turn MALFORMED_FUNCTION_CALL FINISH_REASON_UNSPECIFIED unstoppable",
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

// TestLongLists bounds the time and the memory that lists take.
func TestLongLists(t *testing.T) {
	t.Parallel()
	if _, err := reply.ModelIDs([]byte(`["a"` + strings.Repeat(`,"b"`, 1<<20) + "]")); err == nil || err.Error() != "it has more than 65536 models" {
		t.Error(err)
	}
	long := `{"error":[{}` + strings.Repeat(",{}", 1<<20) + `,"x"]}`
	for name, body := range map[string]string{"error": long, "choice": `{"choices":[` + long + `]}`, "event": "data: " + long + "\n\n"} {
		_, err := (&reply.Reader{Choices: 1}).Whole(&http.Response{StatusCode: http.StatusOK, Header: http.Header{}, ContentLength: -1}, strings.NewReader(body))
		if err == nil || err.Error() != "the server failed: an error of over 1 MiB, which is not read" {
			t.Errorf("%s: %v", name, err)
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
