package schema_test

import (
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
		{person, `{"age":-1,"nick name":1,"b":2}`, `$ required: missing properties: ["name"] | $.b additionalProperties: not allowed | $["nick name"] additionalProperties: not allowed | $.age minimum: -1 does not fit minimum 0`},
		{person, `[]`, `$ type: [] does not fit type "object"`},
		{person, "{\n \"age\": x}", `$ json: 2:9: not JSON: invalid character 'x' looking for beginning of value`},
		{person, ``, `$ json: 1:1: not JSON: unexpected end of JSON input`},
		{`{'properties':{'items':{'items':` + person + `}}}`, `{"items":[{"name":"a","age":1},{"name":2,"age":1}]}`, `$.items[1].name type: 2 does not fit type "string"`},
		{`{'type':['string','null']}`, `1.5`, `$ type: 1.5 does not fit type ["string","null"]`},
		{`{'type':'string'}`, `null`, `$ type: null does not fit type "string"`},
		{`{'enum':['a','b',1]}`, `"c"`, `$ enum: "c" does not fit enum ["a","b",1]`},
		{`{'const':{'a':1,'b':[2]}}`, `{"b":[2.0],"a":1e0}`, ``},
		{`{'const':null}`, `[null]`, `$ const: [null] does not fit const null`},
		{`{'exclusiveMinimum':0,'exclusiveMaximum':1}`, `1`, `$ exclusiveMaximum: 1 does not fit exclusiveMaximum 1`},
		{`{'type':'integer'}`, `[1e999999999]`, `$ json: 1:2: the number 1e999999999 is too large`},
		{`{'minLength':2,'pattern':'^<a'}`, `"é"`, `$ minLength: "é" does not fit minLength 2`},
		{`{'pattern':'^<a'}`, `"` + strings.Repeat("<", 200) + `"`, `$ pattern: "` + strings.Repeat("<", 79) + `… does not fit pattern "^<a"`},
		{`{'uniqueItems':true}`, `[1,"a",1.0]`, `$ uniqueItems: array items 2 and 0 are equal`},
		{`{'prefixItems':[{'type':'string'}],'items':false}`, `[1,2]`, `$[1] items: not allowed | $[0] type: 1 does not fit type "string"`},
		{`{'contains':{'const':1}}`, `[2]`, `$ contains: [2] does not fit contains {"const":1}`},
		{`{'contains':{'const':1},'maxContains':1}`, `[1,1]`, `$ maxContains: [1,1] does not fit maxContains 1`},
		{`{'minProperties':1,'propertyNames':{'pattern':'^x'}}`, `{"y":1}`, `$ propertyNames: {"y":1} does not fit propertyNames {"pattern":"^x"}`},
		{
			`{'patternProperties':{'^n':{'type':'number'}},'additionalProperties':{'type':'string'}}`, `{"n1":"x","m":"x","o":1}`,
			`$.o type: 1 does not fit type "string" | $.n1 type: "x" does not fit type "number"`,
		},
		{`{'dependentRequired':{'a':['b']}}`, `{"a":1}`, `$ dependentRequired: missing properties ["b"]`},
		{`{'dependentSchemas':{'a':{'required':['b']}}}`, `{"a":1}`, `$ required: missing properties: ["b"]`},
		{`{'not':{'$ref':'#/$defs/n'},'$defs':{'n':{'type':'null'}}}`, `null`, `$ not: null does not fit not {"$ref":"#/$defs/n"}`},
		{`{'anyOf':[{'type':'null'},` + person + `]}`, `{"name":"a"}`, `$ required: missing properties: ["age"]`},
		{`{'anyOf':[{'type':'null'},{'type':'string'}]}`, `1`, `$ anyOf: fits none of the choices`},
		{`{'oneOf':[{'minimum':1},{'minimum':2}]}`, `3`, `$ oneOf: fits more than one of the choices`},
		{
			`{'oneOf':[{'properties':{'kind':{'const':'a'},'n':{'type':'integer'}}},{'properties':{'kind':{'const':'b'}}}]}`, `{"kind":"a","n":"x"}`,
			`$.n type: "x" does not fit type "integer"`,
		},
		{`{'if':{'required':['a']},'then':{'properties':{'b':false}},'else':{'required':['c']}}`, `{"a":1,"b":1}`, `$.b properties: not allowed`},
		{`{'allOf':[{'properties':{'a':true}}],'unevaluatedProperties':false}`, `{"a":1,"b":2}`, `$ unevaluatedProperties: {"a":1,"b":2} does not fit unevaluatedProperties false`},
		{`{'allOf':[{'properties':{'a':{'type':'null'}}}],'unevaluatedProperties':false}`, `{"a":1}`, `$.a type: 1 does not fit type "null"`},
		{
			`{'$ref':'#/$defs/tree','$defs':{'tree':{'properties':{'kids':{'items':{'$ref':'#/$defs/tree'}},'v':{'type':'integer'}}}}}`,
			`{"kids":[{"kids":[{"v":"x"}]}]}`, `$.kids[0].kids[0].v type: "x" does not fit type "integer"`,
		},
		{`{'$schema':'http://json-schema.org/draft-07/schema#','items':[{'type':'string'}],'additionalItems':false}`, `["a",1]`, `$[1] items: not allowed`},
		{
			`{'$schema':'http://json-schema.org/draft-07/schema#','properties':{'a':{'$ref':'#/definitions/b','type':'null'}},'definitions':{'b':{'minimum':1}}}`,
			`{"a":0}`, `$.a minimum: 0 does not fit minimum 1`,
		},
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
		``:                  `1:1: not JSON: unexpected end of JSON input`,
		"{\n  'a': 1,}":     `2:10: not JSON: invalid character '}' looking for beginning of object key string`,
		`{'minimum':1e400}`: `1:12: the number 1e400 is too large`,
		`[]`:                `#: [] is no schema`,
		`null`:              `#: null is no schema`,
		`{'properties':{'age':{'type':'strin'}}}`: `#/properties/age/type: "strin" is no type`,
		`{'type':[]}`: `#/type: [] is no type`,

		`{'properties':{'a/b':{'minLength':-1}}}`: `#/properties/a~1b/minLength: -1 is no integer from 0 to 2147483647`,
		`{'properties':null}`:                     `#/properties: null is no object of schemas`,
		`{'required':'name'}`:                     `#/required: "name" is no list of names`,
		`{'dependentRequired':{'a':[1]}}`:         `#/dependentRequired: {"a":[1]} is no object of lists of names`,
		`{'multipleOf':0}`:                        `#/multipleOf: 0 is no number over 0`,
		`{'items':[{}]}`:                          `#/items: [{}] is no schema`,
		`{'anyOf':[]}`:                            `#/anyOf: [] is no list of schemas`,
		`{'pattern':'a(?=b)'}`:                    "#/pattern: error parsing regexp: invalid or unsupported Perl syntax: `(?=`",
		`{'patternProperties':{'(':true}}`:        "#/patternProperties/(: error parsing regexp: missing closing ): `(`",

		`{'$schema':'http://json-schema.org/draft-04/schema#'}`: `#/$schema: "http://json-schema.org/draft-04/schema#" is none of the drafts 2020-12, 2019-09 and 07`,
		`{'$schema':7}`:                      `#/$schema: 7 is none of the drafts 2020-12, 2019-09 and 07`,
		`{'items':{'$ref':'other.json#/a'}}`: `#/items/$ref: "other.json#/a" leaves the document; put what it names under $defs`,
		`{'$ref':'http://127.0.0.1:1/x'}`:    `#/$ref: "http://127.0.0.1:1/x" leaves the document; put what it names under $defs`,
		`{'$ref':'file:///etc/passwd'}`:      `#/$ref: "file:///etc/passwd" leaves the document; put what it names under $defs`,
		`{'$ref':'#/$defs/a'}`:               `#/$ref: "#/$defs/a" names no schema`,
		`{'$ref':'#'}`:                       `#/$ref: leads back to itself, or to too many schemas`,
		`{'anyOf':[{'$ref':'#'}]}`:           `#/anyOf/0/$ref: leads back to itself, or to too many schemas`,
		`{'$dynamicRef':'#a'}`:               `#/$dynamicRef: is not known here; use $ref, dependentRequired or dependentSchemas`,
		`{'$defs':{'a':{'$id':'b.json'}}}`:   `#/$defs/a/$id: "b.json" is no $id for a schema that is not the root`,
		`{'$defs':{},'definitions':{}}`:      `#: has both $defs and definitions`,

		strings.Repeat(`{'not':`, 500) + `{}` + strings.Repeat(`}`, 500): `#: schemas are nested too deep`,
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
		`{'$id':'https://example.com/s.json','$ref':'#/$defs/n','$defs':{'n':{'type':'integer','$id':'#/$defs/n'}}}`,
		`{'$ref':'#/$defs/a%25b~1c','$defs':{'a%b/c':{'type':'integer'}}}`,
		`{'$schema':'http://json-schema.org/draft-07/schema#','$ref':'#/definitions/x','minimum':10,'definitions':{'x':{'type':'integer'}}}`,
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

// Work that doubles with each level, of the schema or of the instance, is not begun.
func TestCheckIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"$ref":"#/$defs/s0","$defs":{`)
	for i := range 60 {
		fmt.Fprintf(&b, `"s%d":{"allOf":[{"$ref":"#/$defs/s%d"},{"$ref":"#/$defs/s%d"}]},`, i, i+1, i+1)
	}
	if _, err := schema.Compile([]byte(b.String() + `"s60":true}}`)); err == nil {
		t.Error("taken")
	}
	for text, depth := range map[string]int{
		`{'items':{'allOf':[{'$ref':'#'},{'$ref':'#'}]}}`: 100,
		`{'items':{'$ref':'#'}}`:                          9000,
	} {
		instance := []byte(strings.Repeat("[", depth) + strings.Repeat("]", depth))
		if bad := compile(t, text).Check(instance); len(bad) != 1 || bad[0].Rule != "limit" {
			t.Error(text, bad)
		}
	}
	deep := compile(t, `{'items':{'$ref':'#'},'not':{'type':'string'}}`)
	if bad := deep.Check([]byte(strings.Repeat("[", 200) + strings.Repeat("]", 200))); len(bad) > 0 {
		t.Error(bad[0])
	}
	if bad := compile(t, `{'items':{'type':'null'}}`).Check([]byte("[1" + strings.Repeat(",1", 99) + "]")); len(bad) != 20 {
		t.Error(len(bad))
	}
}

func TestFits(t *testing.T) {
	s := compile(t, `{'properties':{'n':{'$ref':'#/$defs/n'}},'$defs':{'n':{'type':'integer'}}}`)
	for _, tt := range []struct {
		part, instance string
		limit          int
		want           bool
	}{
		{`{"$ref":"#/$defs/n"}`, `1`, 10, true},
		{`{"$ref":"#/$defs/n"}`, `"x"`, 10, false},
		{`{"$ref":"#/$defs/n","minimum":2}`, `1`, 10, false},
		{`{"$ref":"#"}`, `{"n":1}`, 10, true},
		{`{"$ref":"#"}`, `{"n":1}`, 2, false},
		{`{"$ref":"#/$defs/m"}`, `1`, 10, false},
		{`{"type":"x"}`, `1`, 10, false},
		{`true`, `{`, 10, false},
	} {
		got, steps := s.Fits([]byte(tt.part), []byte(tt.instance), tt.limit)
		if got != tt.want || steps > tt.limit {
			t.Errorf("%s %s: %v in %d steps", tt.part, tt.instance, got, steps)
		}
	}
}

// A part is of its root's draft.
func TestFitsDraft(t *testing.T) {
	s := compile(t, `{'$schema':'http://json-schema.org/draft-07/schema#','items':{'items':[{'type':'null'}]}}`)
	for instance, want := range map[string]bool{`[null,1]`: true, `[1]`: false} {
		if got, _ := s.Fits([]byte(`{"items":[{"type":"null"}]}`), []byte(instance), 10); got != want {
			t.Errorf("%s: %v", instance, got)
		}
	}
}

func TestStrict(t *testing.T) {
	const closed = `'required':['a'],'additionalProperties':false`
	for text, want := range map[string]bool{
		`{'type':'object','properties':{'a':{'type':'string'}},` + closed + `}`:                                       true,
		`{'type':'object','properties':{'a':{'$ref':'#/$defs/n'}},` + closed + `,'$defs':{'n':{'enum':[1]}}}`:         true,
		`{'properties':{'a':{'anyOf':[{'type':'null'},{'type':'array','items':{'type':'integer'}}]}},` + closed + `}`: true,
		`{'type':'object'}`:                      false,
		`{'properties':{'a':{'type':'string'}}}`: false,
		`{'type':'object','properties':{'a':{'type':'string'},'b':{'type':'string'}},` + closed + `}`:              false,
		`{'type':'object','properties':{'a':{}},` + closed + `}`:                                                   false,
		`{'type':'object','properties':{'a':{'items':{'type':['object','null'],'properties':{}}}},` + closed + `}`: false,
	} {
		if got := compile(t, text).Strict(); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
