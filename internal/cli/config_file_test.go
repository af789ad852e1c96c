package cli

import (
	"slices"
	"testing"
)

// FuzzParseConfig holds the reader of config files to what those who use it take for
// granted: a place for each entry, a profile for each name, and values where the kind has
// some.
func FuzzParseConfig(f *testing.F) {
	for _, seed := range []string{
		"", "a = 1\n", "\ufeffmodel = \"m\"\r\n", "[profile.a]\nstop = [\"x\", \"y\"]\n[profile]\nb = {c.d = 1, e = {}}\n",
		"[[profile.a]]\nb = 1\n", "profile.a.b = 1979-05-27\n", "[profile.\"\"]\n[profile]\n", "base-url = []\noffline = [true]\n",
		"a = [[1], {b = 2}]\n", "[a]\n[a.b]\n", "x = 0xff_ff\ny = -inf\nz = 1e1_0\n", "a = \"\"\"\nb\\\n  c\"\"\"\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := parseConfig("file", raw)
		for _, e := range c.entries {
			if !e.stray {
				checkEntry(t, c, e)
			}
		}
		if err != nil {
			if describe(err).exit != exitUsage {
				t.Errorf("%v", err)
			}
			return
		}
		for _, profile := range append(c.profiles, "") {
			c.home(profile)
		}
	})
}

func checkEntry(t *testing.T, c *configFile, e *entry) {
	t.Helper()
	if e.line < 1 || e.column < 1 {
		t.Errorf("%q stands at %s", e.name, e.place())
	}
	if e.profile != "" && !slices.Contains(c.profiles, e.profile) {
		t.Errorf("%q is of no profile", e.name)
	}
	if !e.list && len(e.values) != 1 {
		t.Errorf("%q has %d values", e.name, len(e.values))
	}
	e.says()
}

func TestSameServer(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"https://a.example/v1", "https://A.example:443/v2?x=1", true},
		{"http://a.example", "http://a.example:80/", true},
		{"https://a.example.", "https://u:p@a.example", true},
		{"https://a.example/v1", "http://a.example/v1", false},
		{"https://a.example", "https://a.example:8443", false},
		{"https://a.example", "https://b.example", false},
		{"https://a.example", "https://a.example.evil.example", false},
		{"http://[::1]:8080", "http://[::1]:8080/v1", true},
		{"http://[::1]:8080", "http://[::1:8080]", false},
		{"https://api.x.ai/v1", "https://eu.api.x.ai/v1", true},
		{"https://api.x.ai/v1", "http://api.x.ai/v1", false},
		{"https://api.x.ai/v1", "https://api.x.ai.evil.example/v1", false},
		{"https://a.example@b.example", "https://a.example", false},
		{"offline:", "https://a.example", false},
		{"https://a b", "https://a b", false},
	} {
		if got := sameServer(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}
