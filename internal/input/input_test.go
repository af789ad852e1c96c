package input

import (
	"slices"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// TestJoin joins parts by blank lines without changing them.
func TestJoin(t *testing.T) {
	for _, c := range []struct {
		parts []string
		want  string
	}{
		{nil, ""},
		{[]string{"", "x", ""}, "x"},
		{[]string{"a", "b"}, "a\n\nb"},
		{[]string{"a\n", "b\n", "c"}, "a\n\nb\n\nc"},
		{[]string{"a\n\n", "b"}, "a\n\n\nb"},
		{[]string{" ", " "}, " \n\n "},
	} {
		if got := join(c.parts...); got != c.want {
			t.Errorf("%q: got %q, want %q", c.parts, got, c.want)
		}
	}
}

// TestDropRepeatedSystem removes only system messages that begin both the transcript and the new messages.
func TestDropRepeatedSystem(t *testing.T) {
	of := func(messages ...string) (docs []rawjson.Doc) {
		for _, m := range messages {
			role, text := m[:1], m[1:]
			docs = append(docs, textMessage(map[string]string{"s": "system", "u": "user"}[role], text))
		}
		return docs
	}
	for _, c := range []struct{ history, added, want []string }{
		{nil, []string{"sa", "ub"}, []string{"sa", "ub"}},
		{[]string{"sa", "ub"}, []string{"sa", "ub"}, []string{"ub"}},
		{[]string{"sa", "sb", "uc"}, []string{"sa", "sb", "ud"}, []string{"ud"}},
		{[]string{"sa", "uc"}, []string{"sa", "sb", "ud"}, []string{"sb", "ud"}},
		{[]string{"sa", "uc"}, []string{"sb", "sa", "ud"}, []string{"sb", "sa", "ud"}},
		{[]string{"ua"}, []string{"ua"}, []string{"ua"}},
		{[]string{"sa"}, []string{"sa"}, nil},
		{[]string{"sa"}, nil, nil},
	} {
		conv := &Conversation{History: of(c.history...), Added: of(c.added...)}
		conv.dropRepeatedSystem()
		if !slices.EqualFunc(conv.Added, of(c.want...), sameMessage) {
			t.Errorf("%q after %q: %d messages left, want %q", c.added, c.history, len(conv.Added), c.want)
		}
	}
}
