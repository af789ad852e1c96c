package batches

import (
	"strings"
	"testing"
	"testing/synctest"
)

func TestRejected(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, content, code, xai, openAI string }{
		{"nothing", "", "empty_file", "The file has no requests.", "failed 0 0 0"},
		{"blank lines", "\n \r\n\n", "empty_file", "The file has no requests.", "failed 0 0 0"},
		{"no JSON", line("a", "{}") + "{]\n", "invalid_json_line", "JSONL file validation failed: This line is not parseable as valid JSON.", "failed 0 0 0"},
		{"no object", "[1]\n", "invalid_json_line", "This line is not parseable", "failed 0 0 0"},
		{"a byte order mark", "\ufeff" + line("a", "{}"), "invalid_json_line", "This line is not parseable", "failed 0 0 0"},
		{"no UTF-8", line("a", `{"x":"`+"\xff"+`"}`), "invalid_json_line", "This line is not parseable", "failed 0 0 0"},
		{"no custom id", `{"method":"POST","url":"/v1/chat/completions","body":{}}`, "missing_required_parameter", "custom_id", "failed 0 0 0"},
		{"a number as custom id", `{"custom_id":1,"method":"POST","url":"/v1/chat/completions","body":{}}`, "missing_required_parameter", "custom_id", "failed 0 0 0"},
		{"a custom id twice", line("a", "{}") + line("b", "{}") + line("a", "{}"), "duplicate_custom_id", `The custom_id \"a\" was used before.`, "failed 0 0 0"},
		{"another method", `{"custom_id":"a","method":"GET","url":"/v1/chat/completions","body":{}}`, "invalid_method", "must be POST", "failed 0 0 0"},
		{"another url", `{"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{}}`, "invalid_url", "The url must be /v1/chat/completions.", "failed 0 0 0"},
		{"no body", `{"custom_id":"a","method":"POST","url":"/v1/chat/completions"}`, "missing_required_parameter", "'body'", "failed 0 0 0"},
		{"a text as body", line("a", `"hi"`), "missing_required_parameter", "'body'", "failed 0 0 0"},
		{"an unknown model", line("a", `{"model":"unknown"}`), "", "Model unknown is not supported for batch processing.", "completed 1 1 0"},
		{"too many records", strings.Repeat(" \n", 3) + tenLines() + line("r11", "{}"), "too_many_requests", "more than 10 requests", "failed 0 0 0"},
		{"a line too long", line("a", "{}") + line("b", `{"x":"`+strings.Repeat("x", 1000)+`"}`), "request_too_large", "longer than 1000 bytes", "failed 0 0 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.limits.records, h.limits.line = 10, 1000
				file := h.upload(c.content)
				xid, oid := h.create("xai", file, ""), h.create("openai", file, "")
				synctest.Wait()
				x, o := h.get("/v1/batches/"+xid), h.get("/v1/batches/"+oid)
				if field[*string](t, x, "cancel_time") == nil || !strings.Contains(x, c.xai) || stateOf(t, x) != "0 0 0 0 0" {
					t.Error(x)
				}
				if shownBy(t, o) != c.openAI || !strings.Contains(o, `"code":"`+c.code) && c.code != "" || (c.code != "") != (len(h.runs) == 0) {
					t.Error(o)
				}
			})
		})
	}
}

// A batch that is refused record by record tells the status and the body of each.
func TestRefusedRecord(t *testing.T) {
	t.Parallel()
	h, x, o := ended(t, line("good", `{"a":1}`)+line("bad", `{"refuse":2}`), "")
	results := h.get("/v1/batches/" + field[string](t, x, "batch_id") + "/results")
	for _, want := range []string{
		`{"batch_request_id":"bad","batch_result":{"error":{"code":8,"message":"slow down"}},"error_message":"slow down"}`,
		`{"batch_request_id":"good","batch_result":{"response":{"chat_get_completion":{"a":1}},"error":{"code":0,"message":""}},"error_message":""}`,
	} {
		if !strings.Contains(results, want) {
			t.Errorf("%s lacks %s", results, want)
		}
	}
	if !strings.Contains(x, `"cost_breakdown":{"total_cost_usd_ticks":5}`) {
		t.Error(x)
	}
	failures := h.get("/v1/files/" + field[string](t, o, "error_file_id") + "/content")
	if !strings.Contains(failures, `"custom_id":"bad","response":{"status_code":429,"request_id":"","body":{"error":"slow down"}},"error":null}`) {
		t.Error(failures)
	}
}
