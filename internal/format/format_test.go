package format_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/format"
)

// TestFormats has texts between bars.
func TestFormats(t *testing.T) {
	for _, tt := range []struct{ format, valid, invalid string }{
		{"date", "2024-02-29|0001-01-01", "|2023-02-29|2024-2-01|24-02-01|2024-02-01 |2024-02-01T00:00:00Z"},
		{
			"time", "00:00:00Z|23:59:59.5z|12:00:00+05:30|23:59:60Z|00:29:60+00:30",
			"|24:00:00Z|12:00:00|12:00Z|12:00:00.Z|12:00:60Z|12:00:00+24:00|12:00:00 05:30|12:00:00+0530",
		},
		{"date-time", "2024-02-29T12:00:00Z|2024-02-29t12:00:00.123-08:00", "|2024-02-29|2024-02-29 12:00:00Z|2023-02-29T12:00:00Z|2024-02-29T12:00:00"},
		{"duration", "P1Y2M3DT4H5M6S|P2W|PT0S|P1YT1H|P3D", "|P|PT|P1|1D|P1DT|P1W1D|P1Y1D|PT1H1S|P1.5D|P1D1M"},
		{
			"email", `a@b|a.b+c@example.com|"a b"@example.com|a@[127.0.0.1]|a@[IPv6:::1]`,
			`|a|@b|a@|a b@c|.a@b|a..b@c|a@b_c|a@[1.2.3]|a@[1.2.3.4|"a"b"@c|é@b|a@b.|` + strings.Repeat("a", 65) + "@b",
		},
		{"idn-email", "é@é.example|a@b", "a|@é"},
		{
			"hostname", "a|a-b.c1|1.example|xn--bcher-kva.example|" + strings.Repeat("a", 63),
			"|.|a.|.a|-a|a-|a_b|a b|é|xn--a|xn--zz1|" + strings.Repeat("a", 64) + "|" + strings.Repeat("a.", 127) + "a",
		},
		{"idn-hostname", "bücher.example|例え。テスト|a", "|.|-é|é-|a..b|\u0301a|é_b"},
		{"ipv4", "127.0.0.1|0.0.0.0|255.255.255.255", "|127.1|256.0.0.1|01.2.3.4|1.2.3.4.5|1.2.3.4/8|::1"},
		{"ipv6", "::|::1|2001:db8::ffff:192.0.2.1|1:2:3:4:5:6:7:8", "|1.2.3.4|:::|1::2::3|1:2:3:4:5:6:7|12345::|::1%eth0|[::1]"},
		{
			"uuid", "00000000-0000-4000-8000-000000000001|ABCDEFAB-cdef-0000-0000-000000000000",
			"|00000000-0000-4000-8000-00000000001|000000000000-4000-8000-000000000001|g0000000-0000-4000-8000-000000000001|{00000000-0000-4000-8000-000000000001}",
		},
		{
			"uri", "a:|https://u:p@example.com:80/a/b;c?d=e&f#g|http://[::1]:8080/|http://[v1.a]/|urn:isbn:1|mailto:a@b|http://a/%C3%A9",
			"|a|/a|//a|1a:b|http://a b/|http://a/%zz|http://a/é|http://a:b/|http://[::1/|http://a/[b]|http://a/#b#c|http://a@b@c/|http://a/{b}|:a",
		},
		{"uri-reference", "|a|/a/b?c#d|//a/b|#a|?a|./a:b|http://a", "a:b c|1:a|\\a|#a#b|é|//a:b/"},
		{"iri", "http://é.example/ü?ö#ä|a:b", "|é|http://é b/"},
		{"iri-reference", "é|#é||/é", "é b|\\é"},
		{"uri-template", "|a|/a/{b}/{?c,d*}{#e:3}|{+a.b}|{%41}|é", "{|}|{}|{a,}|{a b}|{a:0}|{a:12345}|{a:-1}|a b|a<b|{a..b}|{a=b}|%4"},
		{"json-pointer", "|/|/a/b|/a~0b/~1|/é /", "a|#a|/~|/~2|/a~"},
		{"relative-json-pointer", "0|1/a|10#|0/~1", "|/a|-1|01|1##|1#/a|a|0/~"},
		{"regex", `|a+|(?=a)|(?<!a)b|(a)\1|(?<n>a)\k<n>|[]|[^]|\cA|\p{L}`, `(|a)|[a|*|a**|\|(?P<n>a)|(?i)a|\a|\Z|\c1|\xz|\u{110000}`},
	} {
		checkTexts(t, tt.format, format.Check(tt.format), tt.valid, tt.invalid)
	}
	if format.Check("no such") != nil {
		t.Error("a format of that name is not known")
	}
}

// TestPatternsAreECMAScript has texts between bars.
func TestPatternsAreECMAScript(t *testing.T) {
	for _, tt := range []struct{ pattern, valid, invalid string }{
		{`^.$`, "a|é", "\n|\r|\u2028|ab"},
		{`^\s$`, " |\u00a0|\ufeff|\u2003|\v", "a|\u200b"},
		{`^[\s\d]$`, "\u3000|7", "x"},
		{`^\S$`, "a|\u200b", "\u00a0| "},
		{`^[\Sx]$`, "a", "\ufeff"},
		{`^[^\s]$`, "a", "\ufeff"},
		{`^\w\W\d\D$`, "aé1é", "éé1é|a-٣-"},
		{`^a\/b$`, "a/b", `a\/b`},
		{`^\u0041\x42\u{43}\0$`, "ABC\x00", "ABC"},
		{`^\uD83D\uDE00$`, "😀", "x"},
		{`^[\uD83D\uDE00-😂]$`, "😁", "x"},
		{`^\cJ\cj$`, "\n\n", "JJ"},
		{`^\p{Letter}\P{Lu}$`, "éé", "É1x|éÉ"},
		{`^\p{Script=Greek}$`, "α", "a"},
		{`^\p{gc=Nd}$`, "৪", "a"},
		{`^(?<year>\d{4})$`, "2024", "24"},
		{`^(?:a|(?i:b))$`, "a|B", "A"},
		{`^[^]$`, "\n|a", "ab"},
		{`^[[:alpha:]]$`, ":]|[]", "x"},
		{`^[\b]$`, "\b", "b"},
		{`\bcat\b`, "a cat.", "concat"},
		{`^a$`, "a", "a\n"},
		{`^[\w.+-]+@[\w-]+\.\w+$`, "a.b+c@d-e.f", "a@b"},
		{`^\+?\(\d\)\-\.\*\$\^$`, "(1)-.*$^", "1"},
	} {
		text, err := format.GoPattern(tt.pattern)
		if err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
			continue
		}
		checkTexts(t, tt.pattern, regexp.MustCompile(text).MatchString, tt.valid, tt.invalid)
	}
}

// checkTexts holds a check to texts between bars.
func checkTexts(t *testing.T, name string, check func(string) bool, valid, invalid string) {
	t.Helper()
	for i, texts := range []string{invalid, valid} {
		for text := range strings.SplitSeq(texts, "|") {
			if check(text) != (i == 1) {
				t.Errorf("%s: %q", name, text)
			}
		}
	}
}

func TestGoPatternFails(t *testing.T) {
	for pattern, want := range map[string]string{
		`a(?=b)`:       `a pattern cannot have a lookahead`,
		`a(?!b)`:       `a pattern cannot have a lookahead`,
		`(?<=a)b`:      `a pattern cannot have a lookbehind`,
		`(?<!a)b`:      `a pattern cannot have a lookbehind`,
		`(a)\1`:        `a pattern cannot have a back reference`,
		`(?<n>a)\k<n>`: `a pattern cannot have a back reference`,
		`(?i)a`:        `"(?i" in a pattern is not ECMAScript`,
		`(?P<n>a)`:     `"(?P" in a pattern is not ECMAScript`,
		`\A`:           `"\\A" in a pattern is not ECMAScript`,
		`\é`:           `"\\é" in a pattern is not ECMAScript`,
		`a\`:           `"\\" in a pattern is not ECMAScript`,
		`\x4`:          `"\\x" in a pattern is not ECMAScript`,
		`\pL`:          `"\\p" in a pattern is not ECMAScript`,
	} {
		if got, err := format.GoPattern(pattern); err == nil || err.Error() != want {
			t.Errorf("%s\n got %s, %v\nwant %s", pattern, got, err, want)
		}
	}
}
