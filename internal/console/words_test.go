package console_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/console"
)

func TestHarmless(t *testing.T) {
	t.Parallel()
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
		// Bidi controls and other invisible characters.
		"user\u202e\u2066 admin\u2069\u202c": "user\ufffd\ufffd admin\ufffd\ufffd",
		"pay\u200bpal \u2060\ufeff":          "pay\ufffdpal \ufffd\ufffd",
		"pay\u200dpal\u200f, a\u00adb":       "pay\ufffdpal\ufffd, a\ufffdb",
		"a\U000e0041\U000e0042\ufff9":        "a\ufffd\ufffd\ufffd",
		"line\u2028end\u3164\u034f":          "line\ufffdend\ufffd\ufffd",
		"a\ufe0f\ufe0e\ufe01b \ufe0f":        "a\ufe0f\ufffd\ufffdb \ufffd",
		// Emoji and scripts that need invisible characters.
		"👩\u200d💻 ❤\ufe0f\u200d🔥 1\ufe0f⃣": "👩\u200d💻 ❤\ufe0f\u200d🔥 1\ufe0f⃣",
		"می\u200cخواهم क्\u200dष":          "می\u200cخواهم क्\u200dष",
		"שלום!\u200f ok":                   "שלום!\u200f ok",
		"é\u200d\u200d\u200d":              "é\u200d\ufffd\ufffd",
	} {
		if got := console.Harmless(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// FuzzHarmless checks that the output contains no control characters except line ends and tabs, and that harmless text
// is unchanged.
func FuzzHarmless(f *testing.F) {
	f.Add("a\x1b[2J\r\n\u009b\xff")
	f.Fuzz(func(t *testing.T, in string) {
		got := console.Harmless(in)
		if !utf8.ValidString(got) {
			t.Errorf("%q: %q is not UTF-8", in, got)
		}
		for _, c := range strings.ReplaceAll(got, "\r\n", "\n") {
			bidi := c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069'
			if bidi || unicode.IsControl(c) && c != '\n' && c != '\t' {
				t.Errorf("%q: %q holds %q", in, got, c)
			}
		}
		if again := console.Harmless(got); again != got {
			t.Errorf("%q: %q, then %q", in, got, again)
		}
	})
}

func TestOneLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in    string
		limit int
		want  string
	}{
		{" a \n\t b\r\n", 100, "a b"},
		{"abcdef", 4, "abcd … (2 more bytes)"},
		{"aéé", 4, "aé … (2 more bytes)"},
		{"\x1b[0m", 100, "␛[0m"},
		{"open p.png\r: no such file\r\n", 100, "open p.png␍: no such file"},
	} {
		if got := console.OneLine(c.in, c.limit); got != c.want {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}
