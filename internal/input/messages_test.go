package input

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// FuzzMessages checks that any file of messages is either accepted, its messages being parts of the file byte for byte,
// or refused with a position inside the file.
func FuzzMessages(f *testing.F) {
	for _, seed := range []string{
		"", " \r\n", "\ufeff", "{", "[", "[{}]", "null", `{"role":"user"}`, `[{"role":"user","content":"x"} , {"role":"tool"}]`,
		"\ufeff{\"role\":\"user\", \"n\":1.50}\r\n\r\n{\"role\":\"a\",\"role\":\"b\"}\n",
		`{"model":"m","stream":true,"messages":[{"role":"user"}],"big":12345678901234567890}`, `{"model":"m"}`,
		`{"choices":[{"message":{"role":"assistant","content":null}}]}`, `{"choices":[{"message":{"role":"assistant","content":"x"}}]}` + "\n" + `{"role":"user"}`,
		`{"choices":5}`, `{"messages":{}}`, "{\"role\":\"user\",\n{\"role\":\"user\"}", `{"role":"user"}x`, `{"role":"us` + "\xff" + `er"}`,
		"\ufeff{\"role\":\"user\"}\n\ufeff{\"role\":\"user\"}\n", "[\x00]\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		original := bytes.Clone(raw)
		var conv Conversation
		err := parseMessages("in", raw, &conv)
		if !bytes.Equal(raw, original) {
			t.Fatal("the text was changed")
		}
		if err != nil {
			checkPosition(t, raw, err)
			return
		}
		checkMessages(t, raw, &conv)
	})
}

func checkMessages(t *testing.T, raw []byte, conv *Conversation) {
	t.Helper()
	for _, m := range conv.Added {
		message := m.Bytes()
		if !json.Valid(message) || role(m) == "" {
			t.Errorf("not a message: %q", message)
		}
		// The reader replaces a null content, and adds a missing role.
		changed := bytes.Contains(raw, []byte("null")) || bytes.Contains(raw, []byte("\n\ufeff")) || bytes.HasPrefix(message, []byte(`{"role":"assistant"`))
		if !bytes.Contains(raw, message) && !changed {
			t.Errorf("not the file's own bytes: %q", message)
		}
	}
	for _, field := range conv.Fields {
		if !bytes.Contains(raw, field.Value) || field.Key == "messages" || field.Key == "stream" {
			t.Errorf("the field %s: %s", field.Key, field.Value)
		}
	}
}

// checkPosition checks that an error names a position in the text, or directly after one of its lines.
func checkPosition(t *testing.T, text []byte, err error) {
	t.Helper()
	position := regexp.MustCompile(`^in:(\d+):(\d+): .`).FindStringSubmatch(err.Error())
	if position == nil {
		t.Fatalf("no place: %v", err)
	}
	lines := strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n")
	line, _ := strconv.Atoi(position[1])
	column, _ := strconv.Atoi(position[2])
	if line < 1 || line > len(lines) || column < 1 || column > len(lines[line-1])+1 {
		t.Fatalf("no such place: %v", err)
	}
}
