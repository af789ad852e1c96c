package render_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/render"
)

func TestHarmless(t *testing.T) {
	for in, want := range map[string]string{
		"plain é 漢 😀\n\ttab": "plain é 漢 😀\n\ttab",
		"\x1b[31mred":        "␛[31mred",
		"a\x00b\x07c\x08":    "a␀b␇c␈",
		"del\x7f":            "del␡",
		"c1 \u009b2J \u0085": "c1 \ufffd2J \ufffd",
		"dos\r\nline":        "dos\r\nline",
		"over\rwritten\r":    "over␍written␍",
		"bad \xff\xc3":       "bad \ufffd\ufffd",
		"":                   "",
	} {
		if got := render.Harmless(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// FuzzHarmless holds the output to its promise: nothing in it that a terminal obeys but
// line ends and tabs, and a text that is harmless already stays as it is.
func FuzzHarmless(f *testing.F) {
	f.Add("a\x1b[2J\r\n\u009b\xff")
	f.Fuzz(func(t *testing.T, in string) {
		got := render.Harmless(in)
		if !utf8.ValidString(got) {
			t.Errorf("%q: %q is not UTF-8", in, got)
		}
		for _, c := range strings.ReplaceAll(got, "\r\n", "\n") {
			if unicode.IsControl(c) && c != '\n' && c != '\t' {
				t.Errorf("%q: %q holds %q", in, got, c)
			}
		}
		if again := render.Harmless(got); again != got {
			t.Errorf("%q: %q, then %q", in, got, again)
		}
	})
}

func TestOneLine(t *testing.T) {
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{" a \n\t b\r\n", 100, "a b"},
		{"abcdef", 4, "abcd … (2 more bytes)"},
		{"aéé", 4, "aé … (2 more bytes)"},
		{"\x1b[0m", 100, "␛[0m"},
	} {
		if got := render.OneLine(c.in, c.limit); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}

// A stream's text ends as a whole one does; one that is broken off only where a person
// reads it.
func TestEnds(t *testing.T) {
	for _, c := range []struct {
		nul, terminal, cut bool
		text, want         string
	}{
		{false, false, false, "a", "a\n"},
		{false, false, false, "a\n", "a\n"},
		{true, false, false, "a\n", "a\n\x00"},
		{false, false, true, "a", "a"},
		{true, false, true, "a", "a"},
		{false, true, true, "a", "a\n"},
		{true, true, true, "a", "a\n"},
		{false, true, true, "a\n", "a\n"},
	} {
		var out bytes.Buffer
		w := render.Writer{Out: &out, NUL: c.nul, Terminal: c.terminal}
		end := w.EndText
		if c.cut {
			end = w.BreakOff
		}
		if err := w.Delta(c.text); err != nil {
			t.Error(err)
		}
		if err := end(); err != nil {
			t.Error(err)
		}
		if out.String() != c.want {
			t.Errorf("%+v: %q", c, out.String())
		}
	}
}
