package format_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/format"
)

// FuzzCheck checks that every format takes or refuses every text.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{"2026-01-01T00:00:60Z", "P1Y2M", "xn--bcher-kva.example", `"a b"@[IPv6:::1]`, "http://[v1.a]:80/%41?#", "{+a.b:3}", "0/~1", "例え。テスト"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for narrow, wide := range map[string]string{
			"email": "idn-email", "hostname": "idn-hostname", "uri": "uri-reference", "uri-reference": "iri-reference", "iri": "iri-reference",
		} {
			if format.Check(narrow)(text) && !format.Check(wide)(text) {
				t.Errorf("%q is of the format %s, but not %s", text, narrow, wide)
			}
		}
		for _, name := range []string{"date", "time", "date-time", "duration", "ipv4", "ipv6", "uuid", "uri-template", "json-pointer", "relative-json-pointer", "regex"} {
			format.Check(name)(text)
		}
	})
}

// FuzzGoPattern checks that a pattern that is translated matches what it says, or is refused.
func FuzzGoPattern(f *testing.F) {
	for _, seed := range []string{`^[\w.\-\]]+$`, `\p{L}\u{1F600}`, `(?<a>b)|[^]`, `\cA[\S\d]`, `a{2,3}?`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		text, err := format.GoPattern(pattern)
		if err != nil {
			return
		}
		re, err := regexp.Compile(text)
		if err == nil && !strings.ContainsAny(pattern, `\.[](){}*+?|^$`) && !re.MatchString(pattern) {
			t.Errorf("%q became %q", pattern, text)
		}
	})
}
