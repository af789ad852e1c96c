package input

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Whatever a file of messages holds, it is taken as it is or refused with a place that is
// in it: a message that was accepted is a part of the file, byte for byte.
func FuzzMessages(f *testing.F) {
	for _, seed := range []string{
		"", " \r\n", "\ufeff", "{", "[", "[{}]", "null", `{"role":"user"}`, `[{"role":"user","content":"x"} , {"role":"tool"}]`,
		"\ufeff{\"role\":\"user\", \"n\":1.50}\r\n\r\n{\"role\":\"a\",\"role\":\"b\"}\n",
		`{"model":"m","stream":true,"messages":[{"role":"user"}],"big":12345678901234567890}`, `{"model":"m"}`,
		`{"choices":[{"message":{"role":"assistant","content":null}}]}`, `{"choices":[{"message":{"role":"assistant","content":"x"}}]}` + "\n" + `{"role":"user"}`,
		`{"choices":5}`, `{"messages":{}}`, "{\"role\":\"user\",\n{\"role\":\"user\"}", `{"role":"user"}x`, `{"role":"us` + "\xff" + `er"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		given := bytes.Clone(raw)
		var conv Conversation
		err := parseMessages("in", raw, &conv)
		if !bytes.Equal(raw, given) {
			t.Fatal("the text was changed")
		}
		if err != nil {
			checkPlace(t, raw, err)
			return
		}
		checkTaken(t, raw, &conv)
	})
}

func checkTaken(t *testing.T, raw []byte, conv *Conversation) {
	t.Helper()
	for _, m := range conv.Added {
		message := m.Bytes()
		if !json.Valid(message) || role(m) == "" {
			t.Errorf("not a message: %q", message)
		}
		// A response's null content is changed, and a role that it lacks is added.
		mended := bytes.Contains(raw, []byte("null")) || bytes.HasPrefix(message, []byte(`{"role":"assistant"`))
		if !bytes.Contains(raw, message) && !mended {
			t.Errorf("not the file's own bytes: %q", message)
		}
	}
	for _, field := range conv.Fields {
		if !bytes.Contains(raw, field.Value) || field.Key == "messages" || field.Key == "stream" {
			t.Errorf("the field %s: %s", field.Key, field.Value)
		}
	}
}

// checkPlace checks that an error names a place that is in the text, or right behind one of
// its lines.
func checkPlace(t *testing.T, text []byte, err error) {
	t.Helper()
	at := regexp.MustCompile(`^in:(\d+):(\d+): .`).FindStringSubmatch(err.Error())
	if at == nil {
		t.Fatalf("no place: %v", err)
	}
	lines := strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n")
	line, _ := strconv.Atoi(at[1])
	column, _ := strconv.Atoi(at[2])
	if line < 1 || line > len(lines) || column < 1 || column > len(lines[line-1])+1 {
		t.Fatalf("no such place: %v", err)
	}
}
