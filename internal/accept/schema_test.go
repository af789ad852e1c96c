package accept_test

import (
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/accept"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// TestComplaint names what keeps a text from being JSON.
func TestComplaint(t *testing.T) {
	t.Parallel()
	rules, err := accept.Compile(accept.Options{Schema: "name:string"})
	if err != nil {
		t.Fatal(err)
	}
	const good = `{"name":"x"}`
	for text, want := range map[string]string{
		good:                            "",
		"no":                            "the reply is not JSON",
		`{"name":NaN}`:                  "the reply is not JSON",
		good + " done":                  "the reply is JSON before other text",
		"```json\n" + good + "\n```":    "the reply is JSON in a code fence, which -x removes",
		strings.Repeat(`{"a":`, 20_000): "the reply is nested too deep to be read",
		`{"name":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "}": "the reply is nested too deep to be read",
	} {
		resp := &reply.Response{Choices: []reply.Choice{{Text: text, Length: int64(len(text))}}}
		if got := rules.Complaint(resp); got != want {
			t.Errorf("%.40q: %q, want %q", text, got, want)
		}
	}
}
