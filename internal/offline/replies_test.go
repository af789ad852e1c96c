package offline

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

// ofModel returns a request with one user message.
func ofModel(model, text string) string {
	return string(encode(map[string]any{"model": model, "messages": []map[string]string{{"role": "user", "content": text}}}))
}

func TestRules(t *testing.T) {
	t.Parallel()
	e := scripted(
		t,
		"\ufeff"+`{"match":"^hi$","reply":"first","times":2}`+"\r",
		`  `,
		`{"match":"(?i)HI","reply":"second"}`,
		`{"model":"mine","match":"x","reply":"mine and x"}`,
		`{"model":"mine","reply":"mine"}`,
		`{"match":"^$","reply":"nothing","times":1}`,
	)
	for i, c := range []struct{ model, text, want string }{
		{"echo", "hi", "first"},
		{"echo", "hi there", "second"},
		{"grok-4", "hi", "first"},
		{"echo", "hi", "second"},
		{"mine", "x", "mine and x"},
		{"mine", "hi", "second"},
		{"mine", "y", "mine"},
		{"echo", "x", "x"},
		{"echo", "", "nothing"},
		{"echo", "", ""},
	} {
		w, _ := at(t, e, "", ofModel(c.model, c.text))
		if got := wholeReply(t, w).Choices[0].Message.Content; got != c.want {
			t.Errorf("%d: %s to %q says %q, want %q", i, c.model, c.text, got, c.want)
		}
	}
	if w, _ := at(t, e, "", ofModel("yours", "y")); w.Code != http.StatusNotFound {
		t.Errorf("no rule is for that model: %d", w.Code)
	}
}

// The texts of a rule are quoted in JSON.
func TestRuleOfOddWords(t *testing.T) {
	t.Parallel()
	e := scripted(t, `{"model":"a\"b","reply":"c\"\u0000","finish_reason":"\"end\\"}`)
	for _, fields := range []string{"{", `{"stream":true,`} {
		w, _ := at(t, e, "", strings.Replace(ofModel(`a"b`, "hi"), "{", fields, 1))
		for event := range strings.SplitSeq(strings.TrimSuffix(w.Body.String(), "data: [DONE]\n\n"), "\n\n") {
			if doc := strings.TrimPrefix(event, "data: "); doc != "" && !json.Valid([]byte(doc)) {
				t.Error(event)
			}
		}
	}
}

// A rule matches the text of the last user message, all its parts joined.
func TestRuleMatchesWhat(t *testing.T) {
	t.Parallel()
	e := scripted(t, `{"match":"^ab$","reply":"matched"}`)
	for body, want := range map[string]string{
		`{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},{"role":"assistant","content":"c"}`: "matched",
		`{"role":"user","content":"ab"},{"role":"user","content":"d"}`:                                                         "d",
	} {
		w, _ := at(t, e, "", asking(body))
		if got := wholeReply(t, w).Choices[0].Message.Content; got != want {
			t.Errorf("%s: %s", body, got)
		}
	}
}

func TestScriptedErrors(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		`{"error":{"status":429,"body":{"code":"c","error":"e"},"headers":{"Retry-After":"3"}}}`: `429 application/json 3 {"code":"c","error":"e"}`,
		`{"error":{"status":422,"body":"Failed \"so\""}}`:                                        `422 text/plain; charset=utf-8  Failed "so"`,
		`{"error":{"status":502,"body":"<p>","headers":{"content-type":"text/html"}}}`:           `502 text/html  <p>`,
		`{"error":{"status":200,"body":{ "error": "late"}}}`:                                     `200 application/json  { "error": "late"}`,
		`{"error":{"status":500}}`:                                                               `500 application/json  `,
	} {
		for _, body := range []string{with(""), with(`,"stream":true`)} {
			w, _ := at(t, scripted(t, rule), "", body)
			got := fmt.Sprintf("%d %s %s %s", w.Code, w.Header().Get("Content-Type"), w.Header().Get("Retry-After"), w.Body)
			if got != want {
				t.Errorf("%s\ngot  %s\nwant %s", rule, got, want)
			}
		}
	}
}

func TestReadRepliesRefuses(t *testing.T) {
	t.Parallel()
	const one = `a rule answers with one of "reply", "message" and "error"`
	for file, want := range map[string]string{
		"{}":                                     "1: " + one,
		"\n\n" + `{"match":"a"}`:                 "3: " + one,
		`{"reply":"a","message":{}}`:             "1: " + one,
		`{"reply":"a"}` + "\nreply":              "2: not JSON: invalid character 'r' looking for beginning of value",
		`{"reply":"a"} {}`:                       "1: something follows the rule",
		`{"reply":"a"}}`:                         "1: something follows the rule",
		`{"reply":5}`:                            "1: reply: takes no number",
		`["reply"]`:                              "1: a rule is an object",
		`{"answer":"a"}`:                         `1: unknown field "answer"`,
		`{"reply":"a","match":"("}`:              "1: match: error parsing regexp: missing closing ): `(`",
		`{"reply":"a","times":0}`:                "1: times: must be at least 1",
		`{"reply":"a","times":"b"}`:              "1: times: takes no string",
		`{"error":{"status":99}}`:                "1: error: status must be between 400 and 599, or from 200 with a body",
		`{"error":{"status":600}}`:               "1: error: status must be between 400 and 599, or from 200 with a body",
		`{"message":{"role":"user"}}`:            `1: message: the role must be assistant`,
		`{"message":{"tool_calls":[{}]}}`:        `1: message: a tool call needs the name of its function`,
		`{"reply":"a","finish_reason":"x"}`:      "",
		`{"error":{"status":500,"bodie":"x"}}`:   `1: unknown field "bodie"`,
		`{"reply":"a` + "\xff" + `"}`:            "1: not UTF-8",
		`{"reply":"` + strings.Repeat("a", 100):  "1: the line ends within the rule",
		`{"error":{"status":500},"times":1,"x":`: "1: the line ends within the rule",
	} {
		_, err := ReadReplies(strings.NewReader(file))
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%s\ngot  %v\nwant %s", file, err, want)
		}
	}
	torn := errors.New("torn")
	if _, err := ReadReplies(iotest.ErrReader(torn)); !errors.Is(err, torn) {
		t.Error(err)
	}
}
