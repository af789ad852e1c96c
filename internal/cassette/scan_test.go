package cassette

import (
	"errors"
	"math"
	"strings"
	"testing"
	"testing/iotest"
)

// TestValues reads files that people have formatted. The values are separated by | in want.
func TestValues(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"lines":                    {"{1}\n{2}\n", "{1}|{2}"},
		"no newline at the end":    {"{1}\n{2}", "{1}|{2}"},
		"blank lines and CRLF":     {"\n{1}\r\n \n{2}\r\n", "{1}|{2}"},
		"several lines":            {"{\n  \"a\": {\n  }\n}\n{\n}", "{\n  \"a\": {\n  }\n}|{\n}"},
		"braces in strings":        {"{\n\"}\\\"{\": \"]\"\n}\n{2}", "{\n\"}\\\"{\": \"]\"\n}|{2}"},
		"an array":                 {"[\n  {\n    1\n  },\n  {2},\n{3}\n]\n", "{\n    1\n  }|{2}|{3}"},
		"a comma first":            {"[\n{\n1}\n,\n{2}\n]", "{\n1}|{2}"},
		"broken after a brace":     {"{\"a\":{},\n\"b\":1}\n{2}", "{\"a\":{},\n\"b\":1}|{2}"},
		"torn":                     {"{\"key\":\n{2}\n", "{\"key\":|{2}"},
		"torn in a string":         {"{\"key\n{2}\n{\n3}", "{\"key|{2}|{\n3}"},
		"torn inside a formatted":  {"{\n  \"a\": 1,\n{\n2}\n", "{|\"a\": 1,|{\n2}"},
		"the end is torn":          {"{1}\n{\n \"a\":\n", "{1}|{|\"a\":"},
		"something else":           {"x\n\"{\n{1}\n", "x|\"{|{1}"},
		"a byte order mark before": {"\ufeff{\n1}\n{2}", "\ufeff{\n1}|{2}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for l, err := range values(strings.NewReader(c.text), 0, math.MaxInt) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(string(l.head)), "},")+suffix(string(l.head))))
				if again, err := valueAt(strings.NewReader(c.text), l.start); err != nil || !strings.HasPrefix(strings.TrimSpace(string(again)), strings.TrimSpace(string(l.head))) {
					t.Errorf("at %d: %q, %v, want %q", l.start, again, err, l.head)
				}
			}
			if got := strings.Join(got, "|"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// suffix returns what TestValues cuts off.
func suffix(head string) string {
	if strings.HasSuffix(strings.TrimSpace(head), "},") {
		return "}"
	}
	return ""
}

// TestManyUnclosed checks that a file of many values that never end is read in time.
func TestManyUnclosed(t *testing.T) {
	t.Parallel()
	n := 0
	for _, err := range values(strings.NewReader(strings.Repeat(" {\n", 1<<19)), 0, 10) {
		if n++; err != nil {
			t.Fatal(err)
		}
	}
	if n != 1<<19 {
		t.Error(n)
	}
}

// TestParseHead reads the key and the place in all forms that tools write.
func TestParseHead(t *testing.T) {
	t.Parallel()
	const k = "0123456789abcdef0123456789abcdef"
	for head, want := range map[string]Place{
		`{"key":"` + k + `","request":{}}`:                                        {},
		`{"key":"` + k + `","nth":7,"request":{}}`:                                {7, 0},
		`{"key":"` + k + `","nth":7,"attempt":2,"request":{}}`:                    {7, 2},
		"\ufeff{\n\t\"key\" : \"" + k + "\",\r\n \"nth\": 7,\n  \"attempt\": 12,": {7, 12},
		`{"key":"` + k + `","nth":99999999999,"request"`:                          {},
		`{"key":"` + k + `","nth":"7","request"`:                                  {},
	} {
		got, at, ok := parseHead([]byte(head))
		if !ok || got.String() != k || at != want {
			t.Errorf("%s: %v, %v, %v", head, got, at, ok)
		}
	}
	for _, head := range []string{"", "{", `{"key":"` + k, `{"key":"` + k[:31] + `x","`, `{"request":{}}`, `{"key":"` + strings.ToUpper(k[:31]) + `"`} {
		if _, _, ok := parseHead([]byte(head)); ok {
			t.Errorf("%s has a key", head)
		}
	}
}

// TestValuesFail returns the errors of reading.
func TestValuesFail(t *testing.T) {
	t.Parallel()
	for _, err := range lines(iotest.ErrReader(iotest.ErrTimeout), 0, 10) {
		if !errors.Is(err, iotest.ErrTimeout) {
			t.Error(err)
		}
		return
	}
	t.Error("no error")
}
