package schema_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/schema"
)

// compile spells a schema with ' for ".
func compile(t *testing.T, text string) *schema.Schema {
	t.Helper()
	s, err := schema.Compile([]byte(strings.ReplaceAll(text, "'", `"`)))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s
}

func TestCheckSaysWhatIsWrongAndWhere(t *testing.T) {
	const person = `{'type':'object','properties':{'name':{'type':'string'},'age':{'type':'integer','minimum':0}},
		'required':['name','age'],'additionalProperties':false}`
	for _, tt := range []struct{ schema, instance, want string }{
		{person, `{"name":"Ann","age":3.0}`, ``},
		{person, `{"age":-1,"nick name":1}`, `$ required: lacks "name" | $.age minimum: want at least 0, got -1 | $["nick name"] additionalProperties: not allowed`},
		{person, `[]`, `$ type: want object, got array`},
		{person, "{\n \"age\": x}", `$ json: 2:9: not JSON: invalid character 'x' looking for beginning of value`},
		{person, ``, `$ json: 1:1: not JSON: unexpected end of JSON input`},
		{`{'properties':{'items':{'items':` + person + `}}}`, `{"items":[{"name":"a","age":1},{"name":2,"age":1}]}`, `$.items[1].name type: want string, got integer`},
		{`{'type':['string','null']}`, `1.5`, `$ type: want string or null, got number`},
		{`{'enum':['a','b',1]}`, `"c"`, `$ enum: want one of "a", "b", 1, got "c"`},
		{`{'const':{'a':1,'b':[2]}}`, `{"b":[2.0],"a":1e0}`, ``},
		{`{'const':9007199254740993}`, `9007199254740992`, `$ const: want 9007199254740993, got 9007199254740992`},
		{`{'maximum':9007199254740992}`, `9007199254740993`, `$ maximum: want at most 9007199254740992, got 9007199254740993`},
		{`{'exclusiveMinimum':0,'exclusiveMaximum':1}`, `1`, `$ exclusiveMaximum: want less than 1, got 1`},
		{`{'multipleOf':0.01}`, `19.99`, ``},
		{`{'multipleOf':0.01}`, `19.995`, `$ multipleOf: want a multiple of 0.01, got 19.995`},
		{`{'type':'integer'}`, `1e999999999`, `$ type: the number is too large or too small to check`},
		{`{'minLength':2,'pattern':'^a'}`, `"é"`, `$ minLength: want at least 2 characters, got 1 | $ pattern: want a match of ^a, got "é"`},
		{`{'format':'date'}`, `"2026-02-30"`, `$ format: want a string of the format date, got "2026-02-30"`},
		{`{'maxItems':1,'uniqueItems':true}`, `[1,"a",1.0]`, `$ maxItems: want at most 1 items, got 3 | $[2] uniqueItems: the same as item 0`},
		{`{'prefixItems':[{'type':'string'}],'items':false}`, `[1,2]`, `$[0] type: want string, got integer | $[1] items: not allowed`},
		{`{'contains':{'const':1}}`, `[2]`, `$ contains: want at least 1 of the items that it must contain, got 0`},
		{`{'contains':{'const':1},'maxContains':1}`, `[1,1]`, `$ maxContains: want at most 1 of the items that it may contain, got 2`},
		{`{'minProperties':1,'propertyNames':{'pattern':'^x'}}`, `{"y":1}`, `$.y propertyNames: its name: want a match of ^x, got "y"`},
		{`{'patternProperties':{'^n':{'type':'number'}}}`, `{"n1":"x","m":"x"}`, `$.n1 type: want number, got string`},
		{`{'dependentRequired':{'a':['b']}}`, `{"a":1}`, `$ dependentRequired: lacks "b", which "a" asks for`},
		{`{'dependentSchemas':{'a':{'required':['b']}}}`, `{"a":1}`, `$ required: lacks "b"`},
		{`{'not':{'type':'null'}}`, `null`, `$ not: fits what is ruled out`},
		{`{'anyOf':[{'type':'null'},` + person + `]}`, `{"name":"a"}`, `$ required: lacks "age"`},
		{`{'anyOf':[{'type':'null'},{'type':'string'}]}`, `1`, `$ anyOf: fits none of the 2 choices`},
		{`{'oneOf':[{'minimum':1},{'minimum':2}]}`, `3`, `$ oneOf: fits both choice 1 and choice 2`},
		{`{'oneOf':[{'properties':{'kind':{'const':'a'},'n':{'type':'integer'}}},{'properties':{'kind':{'const':'b'}}}]}`, `{"kind":"a","n":"x"}`, `$.n type: want integer, got string`},
		{`{'if':{'required':['a']},'then':{'required':['b']},'else':{'required':['c']}}`, `{"a":1}`, `$ required: lacks "b"`},
		{`{'allOf':[{'properties':{'a':true}}],'unevaluatedProperties':false}`, `{"a":1,"b":2}`, `$.b unevaluatedProperties: not allowed`},
		{`{'$ref':'#/$defs/tree','$defs':{'tree':{'properties':{'kids':{'items':{'$ref':'#/$defs/tree'}},'v':{'type':'integer'}}}}}`, `{"kids":[{"kids":[{"v":"x"}]}]}`, `$.kids[0].kids[0].v type: want integer, got string`},
		{`{'$schema':'http://json-schema.org/draft-07/schema#','items':[{'type':'string'}],'additionalItems':false,'dependencies':{'a':['b']}}`, `["a",1]`, `$[1] additionalItems: not allowed`},
		{`false`, `1`, `$ false: not allowed`},
	} {
		var got []string
		for _, bad := range compile(t, tt.schema).Check([]byte(tt.instance)) {
			got = append(got, fmt.Sprintf("%s %s: %s", bad.Path, bad.Rule, bad.Message))
		}
		if got := strings.Join(got, " | "); got != tt.want {
			t.Errorf("%s\n%s\n got %s\nwant %s", tt.schema, tt.instance, got, tt.want)
		}
	}
}

func TestCompileNamesThePlace(t *testing.T) {
	for text, want := range map[string]string{
		``:                 `1:1: not JSON: unexpected end of JSON input`,
		"{\n  'a': 1,}":    `2:10: not JSON: invalid character '}' looking for beginning of object key string`,
		`[]`:               `#: want a schema (an object or a boolean), got array`,
		`{'type':'strin'}`: `#/type: "strin" is not a type (array, boolean, integer, null, number, object, string)`,
		`{'properties':{'a/b':{'minLength':-1}}}`: `#/properties/a~1b/minLength: want an integer from 0 on, got -1`,
		`{'required':'name'}`:                     `#/required: want a list of names, got string`,
		`{'items':[{}]}`:                          `#/items: want a schema, got array (since 2020-12 a list is named prefixItems)`,
		`{'pattern':'a(?=b)'}`:                    "#/pattern: error parsing regexp: invalid or unsupported Perl syntax: `(?=`",
		`{'anyOf':[]}`:                            `#/anyOf: want a list of schemas`,
		`{'$schema':'http://json-schema.org/draft-04/schema#'}`: `#/$schema: "http://json-schema.org/draft-04/schema#" is not one of the drafts 2020-12, 2019-09, 07 and 06`,
		`{'items':{'$ref':'other.json#/a'}}`:                    `#/items/$ref: "other.json#/a" leaves the document; nothing is loaded, so put what it names under $defs`,
		`{'$ref':'http://127.0.0.1:1/x'}`:                       `#/$ref: "http://127.0.0.1:1/x" leaves the document; nothing is loaded, so put what it names under $defs`,
		`{'$ref':'file:///etc/passwd'}`:                         `#/$ref: "file:///etc/passwd" leaves the document; nothing is loaded, so put what it names under $defs`,
		`{'$ref':'#/$defs/a'}`:                                  `#/$ref: "#/$defs/a" names nothing`,
		`{'$ref':'#/x/y','x':{'y':{'type':1}}}`:                 `#/x/y/type: want a type or a list of types, got 1`,
		`{'anyOf':[{'$ref':'#'}]}`:                              `#: following the $ref "#" never ends`,
		`{'$defs':{'a':{'$id':'b.json'}}}`:                      `#/$defs/a/$id: only the root may have an $id of its own`,
	} {
		_, err := schema.Compile([]byte(strings.ReplaceAll(text, "'", `"`)))
		if err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}

func TestReferencesWithinTheDocument(t *testing.T) {
	for _, text := range []string{
		`{'$ref':'#/definitions/n','definitions':{'n':{'type':'integer'}}}`,
		`{'$ref':'#n','$defs':{'x':{'$anchor':'n','type':'integer'}}}`,
		`{'$id':'https://example.com/s.json','$ref':'s.json#/$defs/n','$defs':{'n':{'type':'integer'}}}`,
		`{'$ref':'#/$defs/a%25b~1c','$defs':{'a%b/c':{'type':'integer'}}}`,
		`{'$schema':'http://json-schema.org/draft-07/schema#','$ref':'#n','minimum':10,'definitions':{'x':{'$id':'#n','type':'integer'}}}`,
	} {
		s := compile(t, text)
		if bad := s.Check([]byte(`1`)); len(bad) > 0 {
			t.Errorf("%s: %v", text, bad)
		}
		if bad := s.Check([]byte(`"x"`)); len(bad) == 0 {
			t.Errorf("%s takes a string", text)
		}
	}
}

func TestFormats(t *testing.T) {
	for format, texts := range map[string][2][]string{
		"date":      {{"2024-02-29"}, {"2023-02-29", "2024-2-9", "x", ""}},
		"time":      {{"03:04:05Z", "03:04:05.25+01:00", "23:59:60Z"}, {"03:04:05", "25:00:00Z"}},
		"date-time": {{"2024-01-02T03:04:05Z", "2024-01-02t03:04:05.1z"}, {"2024-01-02 03:04:05Z", "2024-01-02", "2024-01-02T03:04:05,1Z"}},
		"email":     {{"a.b+c@example.com"}, {"a", "@b", "a@", "a b@c", "a@-b"}},
		"hostname":  {{"a", "a-b.example"}, {"", "a..b", "-a", "a_b", strings.Repeat("a", 64)}},
		"ipv4":      {{"192.0.2.1"}, {"192.0.2", "256.0.0.1", "::1"}},
		"ipv6":      {{"::1", "2001:db8::1"}, {"192.0.2.1", "fe80::1%eth0"}},
		"uri":       {{"https://example.com/a?b#c", "urn:a:b"}, {"/a", "a", "http://a/ b", "http://é"}},
		"uuid":      {{"00000000-0000-4000-8000-00000000000F"}, {"00000000-0000-4000-8000-00000000000", "00000000-0000-4000-8000-00000000000g"}},
		"unknown":   {{"anything"}, nil},
	} {
		s := compile(t, `{'format':'`+format+`'}`)
		for _, text := range texts[0] {
			if raw, _ := json.Marshal(text); len(s.Check(raw)) > 0 {
				t.Errorf("%s refuses %q", format, text)
			}
		}
		for _, text := range texts[1] {
			if raw, _ := json.Marshal(text); len(s.Check(raw)) == 0 {
				t.Errorf("%s takes %q", format, text)
			}
		}
	}
}

// A schema that asks for ever more work is given up, and never taken for valid.
func TestCheckIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{'$ref':'#/$defs/s0','$defs':{`)
	for i := range 60 {
		fmt.Fprintf(&b, `'s%d':{'allOf':[{'$ref':'#/$defs/s%d'},{'$ref':'#/$defs/s%d'}]},`, i, i+1, i+1)
	}
	s := compile(t, b.String()+`'s60':true}}`)
	if bad := s.Check([]byte(`1`)); len(bad) != 1 || bad[0].Message != "too much to check" {
		t.Error(bad)
	}
	deep := compile(t, `{'items':{'$ref':'#'},'not':{'type':'string'}}`)
	if bad := deep.Check([]byte(strings.Repeat("[", 9999) + strings.Repeat("]", 9999))); len(bad) > 0 {
		t.Error(bad[0])
	}
}
