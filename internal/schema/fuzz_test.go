package schema_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

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

// FuzzCheck holds this package to what another validator says of the same schema and instance.
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
	// What the two take differently on purpose: formats are always checked here, and nothing is loaded.
	unlike := regexp.MustCompile(`format|content|\$id|\\u|[eE][+-]?\d\d`)
	f.Fuzz(func(t *testing.T, text, instance string) {
		s, err := schema.Compile([]byte(text))
		if err != nil || !json.Valid([]byte(instance)) || unlike.MatchString(text+instance) {
			return
		}
		oracle, err := other(text)
		if err != nil {
			return // it is stricter with what no check looks at
		}
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(instance))
		if err != nil {
			return
		}
		bad, want := s.Check([]byte(instance)), oracle.Validate(v)
		if len(bad) == 1 && (bad[0].Rule == "" || strings.Contains(bad[0].Message, "to check")) {
			return
		}
		if (len(bad) == 0) != (want == nil) {
			t.Errorf("%s\n%s\n got %v\nwant %v", text, instance, bad, want)
		}
	})
}

func other(text string) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(text)))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	if err := c.AddResource("mem:/schema", doc); err != nil {
		return nil, err
	}
	return c.Compile("mem:/schema")
}

type noLoader struct{}

func (noLoader) Load(string) (any, error) { return nil, errors.New("nothing is loaded") }
