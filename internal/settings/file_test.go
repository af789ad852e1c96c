package settings

import (
	"slices"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// FuzzParse checks invariants: each entry has a position, each profile of an entry is in Profiles, and each entry that
// is no list has one value.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "a = 1\n", "\ufeffmodel = \"m\"\r\n", "[profile.a]\nstop = [\"x\", \"y\"]\n[profile]\nb = {c.d = 1, e = {}}\n",
		"[[profile.a]]\nb = 1\n", "profile.a.b = 1979-05-27\n", "[profile.\"\"]\n[profile]\n", "base-url = []\noffline = [true]\n",
		"a = [[1], {b = 2}]\n", "[a]\n[a.b]\n", "x = 0xff_ff\ny = -inf\nz = 1e1_0\n", "a = \"\"\"\nb\\\n  c\"\"\"\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := parse("file", raw)
		for _, e := range c.entries {
			if !e.misplaced {
				checkEntry(t, c, e)
			}
		}
		if err != nil {
			if failure.Of(err).Kind != failure.Usage {
				t.Errorf("%v", err)
			}
			return
		}
		for _, profile := range append(c.Profiles, "") {
			c.server(profile)
		}
	})
}

func checkEntry(t *testing.T, c *File, e *entry) {
	t.Helper()
	if e.line < 1 || e.column < 1 {
		t.Errorf("%q stands at %s", e.name, e.position())
	}
	if e.profile != "" && !slices.Contains(c.Profiles, e.profile) {
		t.Errorf("%q is of no profile", e.name)
	}
	if !e.list && len(e.values) != 1 {
		t.Errorf("%q has %d values", e.name, len(e.values))
	}
	e.isOn()
}
