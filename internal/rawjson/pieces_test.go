package rawjson_test

import (
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

func TestJoiner(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ pieces, want, end string }{
		"plain":              {`"a" "b"`, "a|b", ""},
		"halves":             {`"a\ud83d" "\ude00b"`, "a|😀b", ""},
		"capitals":           {`"\uD83D" "\uDE00"`, "|😀", ""},
		"an empty piece":     {`"\ud83d" "" "\ude00"`, "||😀", ""},
		"no second half":     {`"a\ud83d" "b"`, "a|\ufffdb", ""},
		"the end":            {`"a\ud83d"`, "a", "\ufffd"},
		"escaped backslash":  {`"\\ud83d" "b"`, `\ud83d|b`, ""},
		"three backslashes":  {`"\\\ud83d" "\ude00"`, `\|😀`, ""},
		"first half again":   {`"\ud83d" "\ud83d" "\ude00"`, "|\ufffd|😀", ""},
		"second half first":  {`"\ude00a"`, "\ufffda", ""},
		"not a string":       {`7 "a" null`, "|a|", ""},
		"whole in one piece": {`"\ud83d\ude00"`, "😀", ""},
		"another escape":     {`"a\u00e9" "b"`, "aé|b", ""},
	} {
		var j rawjson.Joiner
		var got []string
		for piece := range strings.SplitSeq(c.pieces, " ") {
			got = append(got, j.Next([]byte(piece)))
		}
		if text := strings.Join(got, "|"); text != c.want || j.End() != c.end || j.End() != "" {
			t.Errorf("%s: %q, want %q", name, text, c.want)
		}
	}
}

func TestTooDeep(t *testing.T) {
	t.Parallel()
	for depth, want := range map[int]bool{10000: false, 10001: true} {
		if got := rawjson.TooDeep([]byte(strings.Repeat("[", depth) + strings.Repeat("]", depth))); got != want {
			t.Errorf("%d: %v", depth, got)
		}
	}
}
