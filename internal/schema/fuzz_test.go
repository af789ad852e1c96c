package schema_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/schema"
)

// FuzzShort checks that what the short form makes is a schema.
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

// FuzzCompile checks that errors name a place, and that white space and the order of members make
// no difference.
func FuzzCompile(f *testing.F) {
	for _, seed := range schemaSeeds() {
		f.Add([]byte(seed[0]))
	}
	place := regexp.MustCompile(`^(#|\d+:\d+: )`)
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := schema.Compile(raw)
		if err != nil && !place.MatchString(err.Error()) {
			t.Errorf("%s: %v", raw, err)
		}
		if s != nil {
			s.Strict()
		}
		again, ok := encoded(raw)
		if !ok {
			return
		}
		if _, other := schema.Compile(again); (err == nil) != (other == nil) {
			t.Errorf("%s: %v\n%s: %v", raw, err, again, other)
		}
	})
}

// FuzzCheck checks that a check ends, and finds the same again, after the instance was encoded
// anew, and without reporting.
func FuzzCheck(f *testing.F) {
	for _, seed := range schemaSeeds() {
		f.Add([]byte(seed[0]), []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, text, instance []byte) {
		s, err := schema.Compile(text)
		if err != nil {
			return
		}
		bad := s.Check(instance)
		if again := s.Check(instance); !reflect.DeepEqual(bad, again) {
			t.Errorf("%s\n%s\n%v, then %v", text, instance, bad, again)
		}
		if len(bad) > 20 || slices.ContainsFunc(bad, isMalformed) || len(bad) > 0 && bad[0].Rule == "json" && json.Valid(instance) {
			t.Errorf("%s\n%s\n%v", text, instance, bad)
		}
		if len(bad) > 0 && bad[0].Rule == "limit" {
			return
		}
		if fits, _ := s.Root().Fits(instance, 1<<22); fits != (len(bad) == 0) {
			t.Errorf("%s\n%s\n%v, but fits is %v", text, instance, bad, fits)
		}
		if again, ok := encoded(instance); ok && !reflect.DeepEqual(places(bad), places(s.Check(again))) {
			t.Errorf("%s\n%s\n%v\n%s\n%v", text, instance, bad, again, s.Check(again))
		}
	})
}

func isMalformed(one schema.Violation) bool {
	return one.Path[0] != '$' || one.Rule == "" || one.Message == "" || len(one.Message) > 300
}

// encoded returns JSON with its members in another order and without white space.
func encoded(raw []byte) (again []byte, ok bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if !json.Valid(raw) || d.Decode(&v) != nil {
		return nil, false
	}
	again, err := json.Marshal(v)
	return again, err == nil
}

func places(bad []schema.Violation) (places [][2]string) {
	for _, one := range bad {
		places = append(places, [2]string{one.Path, one.Rule})
	}
	return places
}

// schemaSeeds returns pairs of a schema and an instance.
func schemaSeeds() [][2]string {
	return [][2]string{
		{`{"type":"object","properties":{"a":{"type":["integer","null"]}},"required":["a"],"additionalProperties":false}`, `{"a":1.0}`},
		{`{"$ref":"#/$defs/t","$defs":{"t":{"items":{"$ref":"#/$defs/t"},"minItems":1}}}`, `[[],[1]]`},
		{`{"anyOf":[{"minimum":1,"multipleOf":0.5},{"oneOf":[{"const":"x"},{"pattern":"^x"}]}],"not":{"enum":[3]}}`, `"x"`},
		{`{"prefixItems":[true],"items":{"maxLength":2},"contains":{"const":1},"uniqueItems":true,"maxContains":1}`, `[1,"ab",1e400]`},
		{`{"if":{"required":["a"]},"then":{"properties":{"b":{}}},"else":false,"unevaluatedProperties":false}`, `{"a":1,"b":2}`},
		{`{"$schema":"http://json-schema.org/draft-07/schema#","items":[{}],"additionalItems":false,"dependencies":{"a":["b"]}}`, `[1,2]`},
		{`{"patternProperties":{"^a":{"exclusiveMaximum":1e3}},"propertyNames":{"maxLength":1},"minProperties":1}`, `{"ab":1000}`},
		{`{"dependentRequired":{"a":["b"]},"dependentSchemas":{"a":{"unevaluatedItems":false}},"prefixItems":[{}]}`, `[1,2]`},
		{`{"$id":"http://a/b","$dynamicAnchor":"n","properties":{"k":{"$ref":"t"}},"$defs":{"t":{"$id":"t","$dynamicAnchor":"n","items":{"$dynamicRef":"#n"}}}}`, `{"k":[{}]}`},
		{`{"$schema":"https://json-schema.org/draft/2019-09/schema","$recursiveAnchor":true,"items":{"$recursiveRef":"#"},"format":"date-time"}`, `["2026-01-01T00:00:00Z"]`},
		{`{"anyOf":[{"format":"uri"},{"format":"email"},{"format":"hostname"},{"format":"uri-template"},{"format":"duration"}]}`, `"xn--bcher-kva.example"`},
	}
}
