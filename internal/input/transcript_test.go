package input_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/input"
)

// TestAppendTranscript keeps replies in the form in which the next call can read and send them.
func TestAppendTranscript(t *testing.T) {
	for reply, want := range map[string]string{
		"{\"role\":\"assistant\",\"content\":\"caf\xe9\"}":                                      `{"role":"assistant","content":"caf` + "\ufffd" + `"}`,
		`{"role":"assistant","content":"","tool_calls":{"id":"a","function":{"arguments":{}}}}`: `{"role":"assistant","content":"","tool_calls":[{"id":"a","function":{"arguments":"{}"}}]}`,
		`{"role":"assistant","content":"a","tool_calls":{}}`:                                    `{"role":"assistant","content":"a"}`,
	} {
		name := filepath.Join(t.TempDir(), "talk.jsonl")
		if err := input.AppendTranscript(name, nil, []byte(reply)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != want+"\n" {
			t.Errorf("%q: %q, %v", reply, got, err)
		}
	}
}
