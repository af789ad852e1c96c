package render_test

import (
	"bytes"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/render"
)

// TestEnds checks that a streamed text ends like a complete one.
func TestEnds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		nul        bool
		text, want string
	}{
		{false, "a", "a\n"},
		{false, "a\n", "a\n"},
		{true, "a\n", "a\n\x00"},
		{true, "a", "a\x00"},
	} {
		var out bytes.Buffer
		w := render.Writer{Out: &out, NUL: c.nul}
		if err := w.Delta(c.text); err != nil {
			t.Error(err)
		}
		if err := w.EndText(); err != nil {
			t.Error(err)
		}
		if out.String() != c.want {
			t.Errorf("%+v: %q", c, out.String())
		}
	}
}
