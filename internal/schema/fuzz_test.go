package schema_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/schema"
)

// FuzzShort holds what the short form makes to being a schema.
func FuzzShort(f *testing.F) {
	for _, seed := range []string{`name:string, age:int, tags:string[]`, `a?:{b:(x|1|"y")[]}`, `"a b" "text", c:any`, `a:{`, "\xff", `a:(-|1e9|tru|true)`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		raw, err := schema.Short(text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "column ") {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if _, err := schema.Compile(raw); err != nil {
			t.Errorf("%q: %s: %v", text, raw, err)
		}
	})
}

// FuzzCheck holds every check to an end, to saying the same each time, and to explaining what
// the library refuses.
func FuzzCheck(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"type":"object","properties":{"a":{"type":["integer","null"]}},"required":["a"],"additionalProperties":false}`, `{"a":1.0}`},
		{`{"$ref":"#/$defs/t","$defs":{"t":{"items":{"$ref":"#/$defs/t"},"minItems":1}}}`, `[[],[1]]`},
		{`{"anyOf":[{"minimum":1,"multipleOf":0.5},{"oneOf":[{"const":"x"},{"pattern":"^x"}]}],"not":{"enum":[3]}}`, `"x"`},
		{`{"prefixItems":[true],"items":{"maxLength":2},"contains":{"const":1},"uniqueItems":true,"maxContains":1}`, `[1,"ab",1]`},
		{`{"if":{"required":["a"]},"then":{"properties":{"b":{}}},"else":false,"unevaluatedProperties":false}`, `{"a":1,"b":2}`},
		{`{"$schema":"http://json-schema.org/draft-07/schema#","items":[{}],"additionalItems":false,"dependencies":{"a":["b"]}}`, `[1,2]`},
		{`{"patternProperties":{"^a":{"exclusiveMaximum":1e3}},"propertyNames":{"maxLength":1},"minProperties":1}`, `{"ab":1000}`},
		{`{"dependentRequired":{"a":["b"]},"dependentSchemas":{"a":{"unevaluatedItems":false}},"prefixItems":[{}]}`, `[1,2]`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, instance string) {
		s, err := schema.Compile([]byte(text))
		if err != nil {
			return
		}
		bad := s.Check([]byte(instance))
		if again := s.Check([]byte(instance)); !reflect.DeepEqual(bad, again) {
			t.Errorf("%s\n%s\n%v, then %v", text, instance, bad, again)
		}
		for _, one := range bad {
			if one.Rule == "json" && json.Valid([]byte(instance)) && !strings.Contains(one.Message, "too large") ||
				one.Rule == "schema" || one.Path[0] != '$' || len(one.Message) > 300 {
				t.Errorf("%s\n%s\n%v", text, instance, one)
			}
		}
		const limit = 1 << 20
		if fits, _ := s.Fits([]byte(`{"$ref":"#"}`), []byte(instance), limit); fits != (len(bad) == 0) {
			t.Errorf("%s\n%s\n%v, but as a part %v", text, instance, bad, fits)
		}
	})
}
