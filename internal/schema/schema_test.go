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

func TestCheckReportsPlaceAndRule(t *testing.T) {
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
		{`{'type':'integer'}`, `1e-999999999`, `$ type: 1e-999999999 does not fit type "integer"`},
		{`{'multipleOf':0.01}`, `19.999`, `$ multipleOf: 19.999 does not fit multipleOf 0.01`},
		{`{'const':9007199254740993}`, `9007199254740992`, `$ const: 9007199254740992 does not fit const 9007199254740993`},
		{`{'format':'date'}`, `"2026-02-29"`, `$ format: "2026-02-29" does not fit format "date"`},
		{`{'minLength':2,'pattern':'^<a'}`, `"é"`, `$ minLength: "é" does not fit minLength 2 | $ pattern: "é" does not fit pattern "^<a"`},
		{`{'pattern':'^<a'}`, `"` + strings.Repeat("<", 200) + `"`, `$ pattern: "` + strings.Repeat("<", 79) + `… does not fit pattern "^<a"`},
		{`{'uniqueItems':true}`, `[1,"a",1.0]`, `$ uniqueItems: items 0 and 2 are equal`},
		{`{'prefixItems':[{'type':'string'}],'items':false}`, `[1,2]`, `$[1] items: not allowed | $[0] type: 1 does not fit type "string"`},
		{`{'contains':{'const':1}}`, `[2]`, `$ contains: [2] does not fit contains {"const":1}`},
		{`{'contains':{'const':1},'maxContains':1}`, `[1,1]`, `$ maxContains: [1,1] does not fit maxContains 1`},
		{`{'minProperties':1,'propertyNames':{'pattern':'^x'}}`, `{"y":1}`, `$ propertyNames: the name "y" does not fit propertyNames {"pattern":"^x"}`},
		{
			`{'patternProperties':{'^n':{'type':'number'}},'additionalProperties':{'type':'string'}}`, `{"n1":"x","m":"x","o":1}`,
			`$.o type: 1 does not fit type "string" | $.n1 type: "x" does not fit type "number"`,
		},
		{`{'dependentRequired':{'a':['b']}}`, `{"a":1}`, `$ dependentRequired: missing properties: ["b"]`},
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
		{`{'allOf':[{'properties':{'a':true}}],'unevaluatedProperties':false}`, `{"a":1,"b":2}`, `$.b unevaluatedProperties: not allowed`},
		{`{'allOf':[{'properties':{'a':{'type':'null'}}}],'unevaluatedProperties':false}`, `{"a":1}`, `$.a type: 1 does not fit type "null"`},
		{
			`{'$ref':'#/$defs/tree','$defs':{'tree':{'properties':{'kids':{'items':{'$ref':'#/$defs/tree'}},'v':{'type':'integer'}}}}}`,
			`{"kids":[{"kids":[{"v":"x"}]}]}`, `$.kids[0].kids[0].v type: "x" does not fit type "integer"`,
		},
		{`{'$schema':'http://json-schema.org/draft-07/schema#','items':[{'type':'string'}],'additionalItems':false}`, `["a",1]`, `$[1] additionalItems: not allowed`},
		{
			`{'$schema':'http://json-schema.org/draft-07/schema#','properties':{'a':{'$ref':'#/definitions/b','type':'null'}},'definitions':{'b':{'minimum':1}}}`,
			`{"a":0}`, `$.a minimum: 0 does not fit minimum 1`,
		},
		{`false`, `1`, `$ false: not allowed`},
		{`{'$ref':'#/$defs/no','$defs':{'no':false}}`, `1`, `$ $ref: not allowed`},
		{`{'prefixItems':[{}],'unevaluatedItems':{'type':'null'}}`, `[1,2]`, `$[1] type: 2 does not fit type "null"`},
		{`{'dependencies':{'a':['b','c']}}`, `{"a":1}`, `$ dependencies: missing properties: ["b","c"]`},
		{`{'contains':{'const':1},'minContains':2}`, `[1]`, `$ minContains: [1] does not fit minContains 2`},
		{`{'properties':{'a':{'minimum':2},'a':{'minimum':1}}}`, ` { "a" : 0, "a" : [ 1 , "x y" ] } `, ``},
		{`{'type':'null'}`, ` { "a b" : [ 1 , "x \" y" ] } `, `$ type: {"a b":[1,"x \" y"]} does not fit type "null"`},
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
		``:                `1:1: not JSON: unexpected end of JSON input`,
		"{\n  'a': 1,}":   `2:10: not JSON: invalid character '}' looking for beginning of object key string`,
		`{'minimum':'1'}`: `#/minimum: "1" is not a number`,
		`[]`:              `#: [] is not a schema`,
		`null`:            `#: null is not a schema`,
		`{'properties':{'age':{'type':'strin'}}}`: `#/properties/age/type: "strin" is not a type`,
		`{'type':[]}`: `#/type: [] is not a type`,

		`{'properties':{'a/b':{'minLength':-1}}}`: `#/properties/a~1b/minLength: -1 is not an integer of at least 0`,
		`{'properties':null}`:                     `#/properties: null is not an object of schemas`,
		`{'required':'name'}`:                     `#/required: "name" is not a list of names`,
		`{'dependentRequired':{'a':[1]}}`:         `#/dependentRequired: {"a":[1]} is not an object of lists of names`,
		`{'multipleOf':0}`:                        `#/multipleOf: 0 is not a number greater than 0`,
		`{'items':[{}]}`:                          `#/items: [{}] is not a schema; a list of them is prefixItems`,
		`{'anyOf':[]}`:                            `#/anyOf: [] is not a list of schemas`,
		`{'pattern':'a(?=b)'}`:                    `#/pattern: a pattern cannot have a lookahead`,
		`{'patternProperties':{'(':true}}`:        "#/patternProperties/(: error parsing regexp: missing closing ): `(`",

		`{'$schema':'http://json-schema.org/draft-04/schema#'}`: `#/$schema: "http://json-schema.org/draft-04/schema#" is not one of the drafts 2020-12, 2019-09 and 07`,
		`{'$schema':7}`:                               `#/$schema: 7 is not one of the drafts 2020-12, 2019-09 and 07`,
		`{'items':{'$ref':'other.json#/a'}}`:          `#/items/$ref: "other.json#/a" leaves the document; put what it names under $defs`,
		`{'$ref':'http://127.0.0.1:1/x'}`:             `#/$ref: "http://127.0.0.1:1/x" leaves the document; put what it names under $defs`,
		`{'$ref':'file:///etc/passwd'}`:               `#/$ref: "file:///etc/passwd" leaves the document; put what it names under $defs`,
		`{'$ref':'#/$defs/a'}`:                        `#/$ref: "#/$defs/a" names no schema`,
		`{'$ref':'#'}`:                                `#/$ref: leads back to itself`,
		`{'anyOf':[{'$ref':'#'}]}`:                    `#/anyOf/0/$ref: leads back to itself`,
		`{'$dynamicRef':'#a'}`:                        `#/$dynamicRef: "#a" names no schema`,
		`{'$defs':{'a':{'$id':'b'},'c':{'$id':'b'}}}`: `#/$defs/c/$id: "/b" is already the address of another schema`,
		`{'$anchor':'a','items':{'$anchor':'a'}}`:     `#/items/$anchor: "a" is already the name of another schema`,
		`{'$id':'%'}`:                                 `#/$id: "%" is not a URI reference`,
		`{'$ref':'#/x','x':{'type':1}}`:               `#/x/type: 1 is not a type`,
		`{'$ref':'#/x/0','x':['a']}`:                  `#/x/0: "a" is not a schema`,
		`{'$ref':'#/$defs/s','$defs':{'s':{'allOf':[{'$ref':'#/$defs/t'}]},'t':{'not':{'$ref':'#/$defs/s'}}}}`: `#/$defs/t/not/$ref: leads back to itself`,
		`{'multipleOf':1` + strings.Repeat("1", 100) + `}`:                                                     `#/multipleOf: 1` + strings.Repeat("1", 79) + `… is not a number of at most 100 digits`,

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
		`{'$id':'http://a/b/c','$ref':'d/e#n','$defs':{'x':{'$id':'d/e','$defs':{'y':{'$anchor':'n','type':'integer'}}}}}`,
		`{'$id':'urn:x:1','$ref':'urn:x:2#/$defs/y','$defs':{'x':{'$id':'urn:x:2','$defs':{'y':{'type':'integer'}}}}}`,
		`{'$ref':'#/components/schemas/n','components':{'schemas':{'n':{'type':'integer'}}}}`,
		`{'allOf':[{'$ref':'#/x/0/y'}],'x':[{'y':{'$ref':'#/x/1'}},{'type':'integer'}]}`,
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

func TestReferencesThatExpandTooFar(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"$ref":"#/$defs/s0","$defs":{`)
	for i := range 60 {
		fmt.Fprintf(&b, `"s%d":{"allOf":[{"$ref":"#/$defs/s%d"},{"$ref":"#/$defs/s%d"}]},`, i, i+1, i+1)
	}
	_, err := schema.Compile([]byte(b.String() + `"s60":true}}`))
	if err == nil || !strings.HasSuffix(err.Error(), "leads to too many schemas") {
		t.Error(err)
	}
}

// TestCheckIsBounded has checks that would take very long.
func TestCheckIsBounded(t *testing.T) {
	times := func(n int, text string) string { return strings.Repeat(text+",", n-1) + text }
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	const dynamic = `{'$dynamicAnchor':'a','$ref':'#/$defs/b',
		'$defs':{'b':{'$id':'b','$dynamicRef':'#a','$defs':{'d':{'$dynamicAnchor':'a'}}}}}`
	for text, instance := range map[string]string{
		`{}`:                     "[" + times(1<<18, "1") + "]",
		`{'items':{'$ref':'#'}}`: nested(9000),
		`{'items':{'allOf':[{'$ref':'#'},{'$ref':'#'}]}}`:                nested(100),
		`{'oneOf':[{'items':{'$ref':'#'}},{'items':{'$ref':'#'}}]}`:      nested(100),
		`{'anyOf':[{'items':{'$ref':'#'},'minItems':1},{'minItems':2}]}`: nested(900),
		`{'items':{'pattern':'(x{0,30}y{0,30}){30}$'}}`:                  `["` + strings.Repeat("xy", 500000) + `"]`,
		dynamic: `1`,
	} {
		if bad := compile(t, text).Check([]byte(instance)); len(bad) != 1 || bad[0].Rule != "limit" {
			t.Error(text, bad)
		}
	}
	deep := compile(t, `{'items':{'$ref':'#'},'not':{'type':'string'}}`)
	if bad := deep.Check([]byte(nested(200))); len(bad) > 0 {
		t.Error(bad[0])
	}
	if bad := compile(t, `{'items':{'type':'null'}}`).Check([]byte("[" + times(100, "1") + "]")); len(bad) != 20 {
		t.Error(len(bad))
	}
}

func TestParts(t *testing.T) {
	s := compile(t, `{'$id':'http://a/b','properties':{'n':{'$ref':'#/$defs/n'}},'patternProperties':{'^n':{'minimum':1}},
		'additionalProperties':false,'$defs':{'n':{'type':'integer'}},'prefixItems':[{'const':1}],'items':{'const':2}}`)
	root := s.Root()
	ref, _ := root.At("properties", "n")
	n, _ := root.At("$defs", "n")
	if targets := ref.Targets(); len(targets) != 1 || targets[0] != n || string(n.Text()) != `{"type":"integer"}` {
		t.Error(targets, string(n.Text()))
	}
	if _, ok := root.At("properties", "m"); ok {
		t.Error("there is no such schema")
	}
	if got := [3]int{len(root.Member("n")), len(root.Member("nn")), len(root.Member("m"))}; got != [3]int{2, 1, 1} {
		t.Error(got)
	}
	for i, want := range []string{`{"const":1}`, `{"const":2}`} {
		if element, ok := root.Element(i); !ok || string(element.Text()) != want {
			t.Error(i, string(element.Text()))
		}
	}
	for _, tt := range []struct {
		part     schema.Part
		instance string
		limit    int
		want     bool
	}{
		{ref, `1`, 10, true},
		{ref, `"x"`, 10, false},
		{root, `{"n":1}`, 10, true},
		{root, `{"n":1}`, 2, false},
		{ref, `{`, 10, false},
	} {
		if got, steps := tt.part.Fits([]byte(tt.instance), tt.limit); got != tt.want || steps > tt.limit {
			t.Errorf("%s %s: %v in %d steps", tt.part.Text(), tt.instance, got, steps)
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
