package secret_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/secret"
)

func delta(index, content string) string {
	raw, _ := json.Marshal(content)
	return `{"id":"x","choices":[{"delta":{"content":` + string(raw) + `},"index":` + index + `}]}`
}

// feed passes chunks through Events and returns the output and the largest number of chunks held back.
func feed(r *secret.Redactor, chunks []string) (out []string, held int) {
	e := r.Events()
	for i, c := range chunks {
		for _, raw := range e.Next([]byte(c)) {
			out = append(out, string(raw))
		}
		held = max(held, i+1-len(out))
	}
	for _, raw := range e.End() {
		out = append(out, string(raw))
	}
	return out, held
}

func content(t *testing.T, chunks []string, index int) string {
	t.Helper()
	var all strings.Builder
	for _, c := range chunks {
		var v struct {
			Choices []struct {
				Index int
				Delta struct{ Content string }
			}
		}
		if err := json.Unmarshal([]byte(c), &v); err != nil {
			t.Fatalf("%s: %v", c, err)
		}
		for _, choice := range v.Choices {
			if choice.Index == index {
				all.WriteString(choice.Delta.Content)
			}
		}
	}
	return all.String()
}

func TestEvents(t *testing.T) {
	t.Parallel()
	const key = "xai-key-123456"
	var r secret.Redactor
	r.Add(key)
	for name, c := range map[string]struct {
		pieces []string
		want   string
		held   int
	}{
		"none":             {[]string{"a", "b"}, "ab", 0},
		"whole":            {[]string{"a " + key + " b"}, "a ***** b", 0},
		"two pieces":       {[]string{"a xai-key", "-123456 b"}, "a ***** b", 1},
		"letter by letter": {strings.Split(key, ""), "xai-***********"[:3] + "*****", 0},
		"many pieces":      {[]string{"xai-", "key-", "123456"}, "*****", 2},
		"a false start":    {[]string{"xai-key", "board"}, "xai-keyboard", 1},
		"at the end":       {[]string{"xai-key-1234"}, "xai-key-1234", 1},
		"a short start":    {[]string{"xa", "i-key-123456 b"}, "xa***** b", 0},
		"nothing between":  {[]string{"x", "", "", "ai-key-123456 b"}, "x***** b", 0},
		"another word":     {[]string{"fox", " ate", " airy", " ai-key"}, "fox ate airy ai-key", 0},
		"twice":            {[]string{key + "xai-", "key-123456" + key}, "***************", 1},
		"escaped":          {[]string{"\u2028xai-", "key-123456é"}, "\u2028*****é", 1},
	} {
		var chunks []string
		for _, p := range c.pieces {
			chunks = append(chunks, delta("0", p))
		}
		out, held := feed(&r, chunks)
		got := content(t, out, 0)
		if name == "letter by letter" {
			if strings.Contains(got, "i-key") || len(out) != len(chunks) {
				t.Errorf("%s: %q", name, got)
			}
			continue
		}
		if got != c.want || held != c.held || len(out) != len(chunks) {
			t.Errorf("%s: %q, held %d; want %q, held %d", name, got, held, c.want, c.held)
		}
	}
}

// TestEventsKeepChoicesApart checks that interleaved choices are separate texts and that chunks keep their order.
func TestEventsKeepChoicesApart(t *testing.T) {
	t.Parallel()
	var r secret.Redactor
	r.Add("xai-key-123456")
	out, _ := feed(&r, []string{delta("0", "xai-key"), delta("1", "xai-key"), delta("1", "board"), delta("0", "-123456!")})
	if a, b := content(t, out, 0), content(t, out, 1); a != "*****!" || b != "xai-keyboard" {
		t.Errorf("%q, %q", a, b)
	}
	if out[1] != delta("1", "xai-key") {
		t.Errorf("a chunk without a secret changed: %s", out[1])
	}
}

// FuzzEvents splits a text with secrets at arbitrary offsets. The joined output must contain no secret, and text that does
// not contain one, nor all of one but its first three bytes, must be unchanged.
func FuzzEvents(f *testing.F) {
	f.Add("say xai-key-123456 and xai-key-12345 twice xai-key-123456", uint64(0x5a5a5a5a))
	f.Add("xxai-key-123456", uint64(1))
	f.Fuzz(func(t *testing.T, all string, cuts uint64) {
		const key = "xai-key-123456"
		all = strings.ToValidUTF8(all, "?")
		var r secret.Redactor
		r.Add(key)
		var chunks []string
		from := 0
		for i := range all {
			if i > 0 && cuts>>(i%64)&1 == 1 {
				chunks = append(chunks, delta("0", all[from:i]))
				from = i
			}
		}
		chunks = append(chunks, delta("0", all[from:]))
		out, _ := feed(&r, chunks)
		got := content(t, out, 0)
		if len(out) != len(chunks) || strings.Contains(got, key) {
			t.Fatalf("%q became %q in %d of %d chunks", all, got, len(out), len(chunks))
		}
		if !strings.Contains(all, key[3:]) && got != all {
			t.Fatalf("%q became %q", all, got)
		}
		if strings.Contains(got, key[3:]) && !strings.Contains(strings.ReplaceAll(all, key, ""), key[3:]) {
			t.Fatalf("%q became %q", all, got)
		}
	})
}
