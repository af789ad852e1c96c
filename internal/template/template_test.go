package template_test

import (
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/rows"
	"github.com/chatcmpl/chatcmpl/internal/template"
)

func TestFill(t *testing.T) {
	t.Parallel()
	row := rows.FromJSON([]byte(`{"a":"x","n": 1.50,"o":{"k":["p",{"q.r":"deep"}]},"a.b":"exact","null":null,"t":"{{a}}"," s ":"spaces"}`))
	for text, want := range map[string]string{
		"":                        "",
		"plain":                   "plain",
		"{{a}}":                   "x",
		"<{{ a }}>{{n}}":          "<x>1.50",
		`\{{a}} {{a}}`:            "{{a}} x",
		`\\{{a}}`:                 `\{{a}}`,
		"{{o}}":                   `{"k":["p",{"q.r":"deep"}]}`,
		"{{o.k.0}} {{o.k.1.q.r}}": "p deep",
		"{{a.b}}":                 "exact",
		"{{null}}":                "null",
		"{{t}}":                   "{{a}}",
		"{{s}}{{ s }}":            "spacesspaces",
		`{"a":{{n}}}`:             `{"a":1.50}`,
		"}} {a}":                  "}} {a}",
		"{{o.k.2}}":               "missing",
		"{{o.k.00}}":              "missing",
		"{{o.k.-1}}":              "missing",
		"{{a.b.c}}":               "missing",
		"{{o.}}":                  "missing",
		"{{b}}":                   "missing",
		"{{a":                     "wrong",
		"{{}}":                    "wrong",
		"{{ }}":                   "wrong",
		"{{a}} {{":                "wrong",
	} {
		got := "wrong"
		if parsed, err := template.Parse(text); err == nil {
			got, err = parsed.Fill(row)
			if missing := new(template.MissingError); errors.As(err, &missing) {
				got = "missing"
			}
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	row := rows.FromJSON([]byte(`{"s":"a \"b\"","n":12,"o":{"x": [1]},"bad":"1,2"}`))
	for text, want := range map[string]string{
		`{{n}}`:                         `12`,
		`{{s}}`:                         `"a \"b\""`,
		`{"a":{{o}},"b":"{{s}} {{n}}"}`: `{"a":{"x":[1]},"b":"a \"b\" 12"}`,
		`["\"{{n}}\"", {{n}}]`:          `["\"12\"",12]`,
		`{"a\\":{{n}}}`:                 `{"a\\":12}`,
		`{{x}}`:                         "missing",
		`{"a":}`:                        "wrong",
		`{{n}} x`:                       "wrong",
		`{{n`:                           "wrong",
	} {
		got := "wrong"
		if parsed, err := template.ParseJSON(text); err == nil {
			raw, err := parsed.Fill(row)
			got = string(raw)
			if missing := new(template.MissingError); errors.As(err, &missing) {
				got = "missing"
			}
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

// FuzzFill compares templates with what a regular expression replaces, on a text without escapes, and a text with itself
// where it is escaped.
func FuzzFill(f *testing.F) {
	f.Add("a {{x}} b{{ y }}", "1", "{{x}}")
	f.Add("{{{x}}}", "", "}}")
	f.Add(`\{{x}} {`, `\`, "{")
	column := regexp.MustCompile(`(?s)\{\{(.*?)\}\}`)
	f.Fuzz(func(t *testing.T, text, x, y string) {
		text, x, y = strings.ToValidUTF8(text, ""), strings.ToValidUTF8(x, ""), strings.ToValidUTF8(y, "")
		values := map[string]string{"x": x, "y": y}
		row := rowOf(t, x, y)
		own, err := template.Parse(template.Escape(text))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := own.Fill(row); err != nil || got != text {
			t.Errorf("%q escaped: %q %v", text, got, err)
		}
		parsed, err := template.Parse(text)
		if strings.Contains(text, `\{{`) || err != nil {
			return
		}
		got, err := parsed.Fill(row)
		var missing []string
		want := column.ReplaceAllStringFunc(text, func(found string) string {
			name := strings.TrimSpace(found[2 : len(found)-2])
			if _, ok := values[name]; !ok {
				missing = append(missing, name)
			}
			return values[name]
		})
		if (err != nil) != (missing != nil) || err == nil && got != want {
			t.Errorf("%q: got %q %v, want %q %v", text, got, err, want, missing)
		}
		if !reflect.DeepEqual(len(parsed.Columns()), len(column.FindAllString(text, -1))) {
			t.Errorf("%q: columns %q", text, parsed.Columns())
		}
	})
}

func rowOf(t *testing.T, x, y string) *rows.Row {
	t.Helper()
	quote := func(cell string) string { return `"` + strings.ReplaceAll(cell, `"`, `""`) + `"` }
	in, err := rows.Open(strings.NewReader("x,y\n"+quote(x)+","+quote(y)+"\n"), rows.Options{Format: rows.CSV})
	if err != nil {
		t.Fatal(err)
	}
	for text, err := range in.Texts(nil) {
		if err != nil {
			t.Fatal(err)
		}
		row, err := in.Parse(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		return row
	}
	t.Fatal("no row")
	return nil
}
