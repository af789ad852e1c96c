package secret_test

import (
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// TestStream splits a text with two secrets in it at every place, and into single bytes.
func TestStream(t *testing.T) {
	var r secret.Redactor
	r.Add("xai-abcdef-123")
	r.Add("second-key-456")
	const text = "key xai-abcdef-123, xai-abc, second-key-456xai-abcdef-123 end xai-"
	check := func(pieces ...string) {
		t.Helper()
		s := r.Stream()
		var out strings.Builder
		for _, p := range pieces {
			out.WriteString(s.Next(p))
		}
		out.WriteString(s.End())
		got := out.String()
		if strings.Contains(got, "abcdef") || strings.Contains(got, "key-456") || !strings.Contains(got, "xai-abc,") || !strings.HasSuffix(got, "end xai-") {
			t.Errorf("%q: %q", pieces, got)
		}
	}
	check(text)
	check(strings.Split(text, "")...)
	for i := range text {
		check(text[:i], text[i:])
		for j := i; j < len(text); j += 3 {
			check(text[:i], text[i:j], text[j:])
		}
	}
}

// TestStreamIsPrompt holds nothing back that can't become a secret.
func TestStreamIsPrompt(t *testing.T) {
	var r secret.Redactor
	r.Add("xai-abcdef-123")
	s := r.Stream()
	for _, piece := range []string{"Hello", " ", "x", "xa", "xai", "i-", "done"} {
		if got := s.Next(piece); got != piece {
			t.Errorf("%q: %q", piece, got)
		}
	}
	if got := s.Next("xai-ab"); got != "" {
		t.Errorf("held: %q", got)
	}
	if got := s.Next("ove"); got != "xai-above" {
		t.Errorf("let go: %q", got)
	}
	var none secret.Redactor
	if got := none.Stream().Next("xai-ab"); got != "xai-ab" {
		t.Error(got)
	}
}
