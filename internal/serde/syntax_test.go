package serde

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestSyntax checks the words, the path and the place of each error. Where Go's syntax hides what is meant, the body is quoted.
func TestSyntax(t *testing.T) {
	t.Parallel()
	const control = `control character (\u0000-\u001F) found while parsing a string`
	zeros := strings.Repeat("0", 309)
	for _, tt := range []struct{ body, want string }{
		{"", "EOF while parsing a value at line 1 column 0"},
		{" \n ", "EOF while parsing a value at line 2 column 1"},
		{"x", "expected value at line 1 column 1"},
		{"\x00", "expected value at line 1 column 1"},
		{"\ufeff{}", "expected value at line 1 column 1"},
		{"+1", "expected value at line 1 column 1"},
		{".5", "expected value at line 1 column 1"},
		{"NaN", "expected value at line 1 column 1"},
		{"nul", "EOF while parsing a value at line 1 column 3"},
		{"nulL", "expected ident at line 1 column 4"},
		{"[tru]", "[0]: expected ident at line 1 column 5"},
		{"false1", "trailing characters at line 1 column 6"},
		{"{}\n x", "trailing characters at line 2 column 2"},

		{"[", "[0]: EOF while parsing a list at line 1 column 1"},
		{"[1 ", "[1]: EOF while parsing a list at line 1 column 3"},
		{"[1,", "[1]: EOF while parsing a value at line 1 column 3"},
		{"[1,]", "[1]: trailing comma at line 1 column 4"},
		{"[,]", "[0]: expected value at line 1 column 2"},
		{"[1 2]", "[1]: expected `,` or `]` at line 1 column 4"},
		{"[\n1}", "[1]: expected `,` or `]` at line 2 column 2"},

		{"{", "EOF while parsing an object at line 1 column 1"},
		{`{"a"`, "a: EOF while parsing an object at line 1 column 4"},
		{`{"a":`, "a: EOF while parsing a value at line 1 column 5"},
		{`{"a":1`, "EOF while parsing an object at line 1 column 6"},
		{`{"a":1,`, "EOF while parsing a value at line 1 column 7"},
		{`{"a":1,}`, "trailing comma at line 1 column 8"},
		{`{"a":1 "b"`, "expected `,` or `}` at line 1 column 8"},
		{`{"a" 1}`, "a: expected `:` at line 1 column 6"},
		{`{"a":}`, "a: expected value at line 1 column 6"},
		{`{a:1}`, "key must be a string at line 1 column 2"},
		{`{'a':1}`, "key must be a string at line 1 column 2"},
		{`{"a":1,2}`, "key must be a string at line 1 column 8"},
		{`{"a":[{"b":1},{"b" "c"}]}`, "a[1].b: expected `:` at line 1 column 20"},
		{`{"a":[{"b":1},{"b":1]}`, "a[1].?: expected `,` or `}` at line 1 column 21"},
		{`{"":{"\u0061":x}}`, ".a: expected value at line 1 column 15"},

		{`"a`, "EOF while parsing a string at line 1 column 2"},
		{`"a\`, "EOF while parsing a string at line 1 column 3"},
		{`"a\q"`, "invalid escape at line 1 column 4"},
		{"\"a\nb\"", control + " at line 2 column 0"},
		{"\"\x1f\"", control + " at line 1 column 2"},
		{"\"\xff\"", "invalid unicode code point at line 1 column 3"},
		{"{\"a\":\"\xc3(\"}", "a: invalid unicode code point at line 1 column 9"},
		{"\"\xff\\q", "invalid escape at line 1 column 4"},
		{`"\u12`, "EOF while parsing a string at line 1 column 5"},
		{`"\u12x4"`, "invalid escape at line 1 column 6"},
		{`"\u+123"`, "invalid escape at line 1 column 4"},
		{`"\ud800"`, "unexpected end of hex escape at line 1 column 8"},
		{`"\ud800\n"`, "unexpected end of hex escape at line 1 column 9"},
		{`"\ud800`, "EOF while parsing a string at line 1 column 7"},
		{`"\ud800\`, "EOF while parsing a string at line 1 column 8"},
		{`"\ud800\u12"`, "EOF while parsing a string at line 1 column 12"},
		{`"\ud83c\uffff"`, lone + " at line 1 column 13"},
		{`"\ude00"`, lone + " at line 1 column 7"},
		{`{"\ud800":1}`, "unexpected end of hex escape at line 1 column 9"},

		{"-", "EOF while parsing a value at line 1 column 1"},
		{"-x", "invalid number at line 1 column 2"},
		{"00", "invalid number at line 1 column 2"},
		{"-01", "invalid number at line 1 column 3"},
		{"1.", "EOF while parsing a value at line 1 column 2"},
		{"1.e1", "invalid number at line 1 column 3"},
		{"1e", "EOF while parsing a value at line 1 column 2"},
		{"1e+", "EOF while parsing a value at line 1 column 3"},
		{"1e+x", "invalid number at line 1 column 4"},
		{"1a", "trailing characters at line 1 column 2"},
		{"[1e400]", "[0]: number out of range at line 1 column 6"},
		{"1" + zeros, "number out of range at line 1 column 310"},
		{"-100e777777777777777777777777777", "number out of range at line 1 column 15"},
		{strings.Repeat("[", 128), strings.Repeat("[0]", 127) + "…"},
	} {
		err := checkSyntax([]byte(tt.body))
		if syntax, ok := errors.AsType[*SyntaxError](err); !ok {
			t.Errorf("%q: %v", tt.body, err)
		} else if want, cut := strings.CutSuffix(tt.want, "…"); cut {
			if !strings.HasPrefix(want, syntax.Error()[:150]) || !strings.HasSuffix(syntax.Error(), "recursion limit exceeded at line 1 column 128") {
				t.Errorf("%q: %v", tt.body, err)
			}
		} else if syntax.Error() != tt.want {
			t.Errorf("%q:\n got %s\nwant %s", tt.body, syntax, tt.want)
		}
	}
	for _, body := range []string{
		"null", " [ ] ", "{}", `{"a":[1,{"b":"c"}]}`, `"\"\\\/\b\f\n\r\t\u00e9\uD83C\uDF95"`, "-0", "0.5e-7", "1E+2", "1" + zeros[1:], "1e-400", "0e999",
		"0e99999999999999", strings.Repeat("[", 127) + strings.Repeat("]", 127),
	} {
		if err := checkSyntax([]byte(body)); err != nil {
			t.Errorf("%q: %v", body, err)
		}
	}
}

// FuzzSyntax checks that only JSON is accepted, and that JSON is refused only for what a Rust server can't hold.
func FuzzSyntax(f *testing.F) {
	f.Add([]byte(`{"a":[1,-2.5e3,"\u00e9",true,null]}`))
	f.Add([]byte(`["\ud800", 1e999]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		err := checkSyntax(body)
		valid := json.Valid(body) && utf8.Valid(body)
		if err == nil && !valid {
			t.Fatalf("%q is accepted", body)
		}
		if err != nil && valid && !limited(err) {
			t.Fatalf("%q: %v", body, err)
		}
	})
}

func limited(err error) bool {
	for _, words := range []string{"recursion limit", "hex escape", "out of range"} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}
