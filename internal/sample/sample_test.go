package sample

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/schema"
)

func TestOf(t *testing.T) {
	const tree = `'tree':{'type':'object','properties':{'label':{'type':'string'},'left':{'anyOf':[{'$ref':'#/$defs/tree'},{'type':'null'}]},
		'kids':{'type':'array','items':{'$ref':'#/$defs/tree'}},'twin':{'$ref':'#/$defs/tree'}},'required':['label','left','kids']}`
	for _, tt := range []struct{ schema, want string }{
		{`true`, `'text'`},
		{`{}`, `'text'`},
		{`{'type':'string'}`, `'text'`},
		{`{'type':'integer'}`, `1`},
		{`{'type':'number'}`, `1.5`},
		{`{'type':'boolean'}`, `true`},
		{`{'type':'null'}`, `null`},
		{`{'type':['null','integer']}`, `1`},
		{`{'type':'object','properties':{'zip':{'type':'string'},'age':{'type':'integer'},'tags':{'type':'array','items':{'type':'string'}}},
			'required':['age'],'additionalProperties':false}`, `{'zip':'zip','age':1,'tags':['tags']}`},
		{`{'type':'object','required':['b'],'properties':{'a':{'$ref':'#/definitions/a'}},'definitions':{'a':{'enum':['x','y']}}}`, `{'a':'x','b':'b'}`},

		{`{'enum':[{'a':[1, 2]},3]}`, `{'a':[1, 2]}`},
		{`{'enum':['a',3],'type':'integer'}`, `3`},
		{`{'const':null}`, `null`},
		{`{'type':'string','default':5,'examples':['e']}`, `'e'`},
		{`{'type':'integer','default':5,'examples':['e']}`, `5`},
		{`{'anyOf':[{'type':'null'},{'type':'integer'}]}`, `1`},
		{`{'anyOf':[{'type':'string'},{'type':'integer'}],'minimum':3,'not':{'type':'string'}}`, `3`},
		{`{'oneOf':[{'type':'number'},{'type':'integer'}]}`, `1.5`},
		{`{'oneOf':[{'minimum':1},{'minimum':2}],'type':'integer'}`, `1`},
		{`{'allOf':[{'properties':{'a':{'type':'integer'}}},{'properties':{'a':{'minimum':7},'b':{}},'required':['a']}]}`, `{'a':7,'b':'b'}`},
		{`{'if':{'properties':{'a':{'const':1}}},'then':{'required':['b']},'else':{'required':['c']},'properties':{'a':{'type':'integer'}}}`, `{'a':1,'b':'b'}`},
		{`{'dependentRequired':{'a':['z']},'dependentSchemas':{'a':{'properties':{'y':true}}},'properties':{'a':{}}}`, `{'a':'a','y':'y','z':'z'}`},

		{`{'$ref':'#/$defs/tree','$defs':{` + tree + `}}`, `{'label':'label','left':null,'kids':[]}`},
		{`{'anyOf':[{'type':'object','required':['l','r'],'properties':{'l':{'$ref':'#'},'r':{'$ref':'#'}}},{'type':'number'}]}`, `1.5`},

		{`{'$id':'http://a/b','$ref':'c#n','$defs':{'c':{'$id':'c','$defs':{'d':{'$anchor':'n','type':'integer'}}}}}`, `1`},
		{`{'$dynamicAnchor':'n','$id':'http://a/b','type':'object','properties':{'k':{'$ref':'t'}},'required':['k'],
			'$defs':{'t':{'$id':'t','$dynamicAnchor':'n','items':{'$dynamicRef':'#n'},'type':'array'}}}`, `{'k':[]}`},
		{`{'$schema':'https://json-schema.org/draft/2019-09/schema','$recursiveAnchor':true,'type':['object'],
			'properties':{'k':{'$recursiveRef':'#'},'n':{'type':'null'}}}`, `{'n':null}`},
		{`{'properties':{'a':true},'required':['a'],'dependencies':{'a':['b'],'b':{'required':['c']}}}`, `{'a':'a','b':'b','c':'c'}`},
		{`{'anyOf':[{'properties':{'a':true}}],'unevaluatedProperties':false}`, `{'a':'a'}`},

		{`{'minLength':10}`, `'text text text'`},
		{`{'maxLength':2}`, `'te'`},
		{`{'maxLength':0}`, `''`},
		{`{'pattern':'^[A-Z]{2}-\\d+$','minLength':8}`, `'AA-00000'`},
		{`{'pattern':'\\.(png|jpe?g)$'}`, `'.png'`},
		{`{'pattern':'^te'}`, `'text'`},
		{`{'format':'date'}`, `'2026-01-01'`},
		{`{'format':'date-time'}`, `'2026-01-01T12:00:00Z'`},
		{`{'format':'time'}`, `'12:00:00Z'`},
		{`{'properties':{'e-mail':{'format':'email'}}}`, `{'e-mail':'e-mail@example.com'}`},
		{`{'format':'uri'}`, `'https://example.com/text'`},
		{`{'format':'uuid'}`, `'00000000-0000-4000-8000-000000000001'`},
		{`{'format':'ipv4'}`, `'192.0.2.1'`},
		{`{'format':'ipv6'}`, `'2001:db8::1'`},
		{`{'format':'hostname'}`, `'host-1.example.com'`},
		{`{'format':'duration'}`, `'P1D'`},
		{`{'items':{'format':'json-pointer'},'minItems':2,'uniqueItems':true}`, `['/text','/text-2']`},
		{`{'format':'relative-json-pointer'}`, `'0/text'`},
		{`{'format':'regex'}`, `'text'`},
		{`{'format':'iri-reference'}`, `'https://example.com/text'`},
		{`{'format':'uri-template'}`, `'https://example.com/text'`},
		{`{'format':'idn-email'}`, `'text@example.com'`},
		{`{'format':'idn-hostname'}`, `'host-1.example.com'`},
		{`{'pattern':'^\\p{Letter}\\/.\\u0041$'}`, `'a/aA'`},

		{`{'type':'integer','minimum':5}`, `5`},
		{`{'type':'integer','exclusiveMinimum':5,'multipleOf':3}`, `6`},
		{`{'type':'integer','maximum':-5.5}`, `-6`},
		{`{'type':'number','exclusiveMinimum':0,'exclusiveMaximum':1}`, `0.5`},
		{`{'type':'number','multipleOf':0.7,'minimum':2}`, `2.1`},
		{`{'type':'integer','minimum':9007199254740993}`, `9007199254740993`},
		{`{'type':'integer','multipleOf':1.5}`, `3`},
		{`{'type':'number','minimum':19.985,'multipleOf':0.01}`, `19.99`},
		{`{'type':'integer','minimum':1e500}`, `1e500`},
		{`{'type':'number','multipleOf':1e-1000000000}`, `1.5`},

		{`{'type':'array'}`, `['text']`},
		{`{'type':'array','maxItems':0}`, `[]`},
		{`{'type':'array','items':{'enum':['a','b','c']},'minItems':3,'uniqueItems':true}`, `['a','b','c']`},
		{`{'type':'array','items':{'type':'string'},'minItems':2,'uniqueItems':true}`, `['text','text 2']`},
		{`{'type':'array','items':{'properties':{'id':{'type':'integer'}}},'minItems':2,'uniqueItems':true}`, `[{'id':1},{'id':2}]`},
		{`{'prefixItems':[{'type':'string'},{'type':'integer'}],'items':false}`, `['text',2]`},
		{`{'minItems':2,'uniqueItems':true,'items':{'type':'array','items':{'type':'integer'}}}`, `[[1],[2]]`},
		{`{'contains':{'const':7},'items':{'type':'integer'},'minItems':2}`, `[7,2]`},
		{`{'$schema':'http://json-schema.org/draft-07/schema#','items':[{'type':'null'}],'additionalItems':{'type':'boolean'},'minItems':2}`, `[null,false]`},

		{`{'type':'object','minProperties':2,'additionalProperties':{'type':'integer'}}`, `{'member':1,'member 2':1}`},
		{`{'patternProperties':{'^x-[a-z]+$':{'type':'boolean'}},'additionalProperties':false,'minProperties':1}`, `{'x-a':true}`},
		{`{'propertyNames':{'pattern':'^[A-Z]$'},'minProperties':2}`, `{'A':'A','B':'B'}`},
		{`{'properties':{'a':{},'b':{},'c':{}},'required':['c'],'maxProperties':2}`, `{'a':'a','c':'c'}`},
		{`{'properties':{'a':false,'b':{}}}`, `{'b':'b'}`},
		{`{'properties':{'a':{},'b':{}},'not':{'required':['a']}}`, `{}`},
	} {
		got, err := Of([]byte(strings.ReplaceAll(tt.schema, "'", `"`)))
		if want := strings.ReplaceAll(tt.want, "'", `"`); err != nil || string(got) != want {
			t.Errorf("%s\n got %s, %v\nwant %s", tt.schema, got, err, tt.want)
		}
	}
}

func TestOfFails(t *testing.T) {
	for text, want := range map[string]string{
		`{`:            `not a JSON Schema: 1:1: not JSON: unexpected end of JSON input`,
		`{'type':'x'}`: `not a JSON Schema: #/type: "x" is not a type`,
		`false`:        errNone.Error(),
		`{'type':'integer','minimum':2,'maximum':1}`:                                                                            errNone.Error(),
		`{'allOf':[{'type':'string'},{'type':'null'}]}`:                                                                         errNone.Error(),
		`{'type':'object','required':['a'],'properties':{'a':{'$ref':'#'}}}`:                                                    errNone.Error(),
		`{'type':'array','items':{'minItems':100,'type':'array','items':{'minItems':100000,'type':'array'}},'minItems':100000}`: errTooLong.Error(),
		`{'type':'string','minLength':1000000}`:                                                                                 errNone.Error(),
	} {
		got, err := Of([]byte(strings.ReplaceAll(text, "'", `"`)))
		if err == nil || err.Error() != want {
			t.Errorf("%s: %s, %v, want %s", text, got, err, want)
		}
	}
}

// FuzzOf holds what is made to its schema.
func FuzzOf(f *testing.F) {
	for _, seed := range []string{
		`{"type":"object","properties":{"a":{"type":"string","pattern":"^a+[b-d]{2}(x|y)?$","minLength":5}},"required":["a","b"],"minProperties":3}`,
		`{"anyOf":[{"$ref":"#/$defs/a"},{"oneOf":[{"const":1},{"enum":[2,3]}]}],"$defs":{"a":{"items":{"$ref":"#/$defs/a"},"minItems":2}}}`,
		`{"allOf":[{"minimum":1.5,"multipleOf":0.1},{"exclusiveMaximum":1e3}],"if":{"type":"integer"},"then":false}`,
		`{"contains":{"type":"null"},"prefixItems":[{},{"default":3}],"uniqueItems":true,"minContains":2,"items":{"format":"uuid"}}`,
		`{"patternProperties":{"^a":true},"propertyNames":{"maxLength":3},"minProperties":4,"dependentSchemas":{"a":{"not":{}}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := Of(raw)
		if err != nil {
			return
		}
		s, err := schema.Compile(raw)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if bad := s.Check(got); len(bad) > 0 {
			t.Errorf("%s: %s: %v", raw, got, bad)
		}
		if again, _ := Of(raw); string(again) != string(got) {
			t.Errorf("%s: %s, then %s", raw, got, again)
		}
	})
}

// Schemas that lead to ever more work are given up.
func TestOfIsBounded(t *testing.T) {
	var choices, doubled, patterns strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&patterns, `"^a%d":{},`, i)
	}
	for i := range 40 {
		fmt.Fprintf(&choices, `{"anyOf":[{"minLength":%d},{"minLength":%d}]},`, i, i+1)
		fmt.Fprintf(&doubled, `"s%d":{"properties":{"a":{"$ref":"#/$defs/s%d"},"b":{"$ref":"#/$defs/s%d"}}},`, i, i+1, i+1)
	}
	if got, err := Of([]byte(`{"allOf":[` + choices.String() + `{"not":{}}]}`)); !errors.Is(err, errTooLong) {
		t.Errorf("choices: %s, %v", got, err)
	}
	if got, err := Of([]byte(`{"minProperties":10000,"patternProperties":{` + patterns.String() + `"a":{}}}`)); !errors.Is(err, errTooLong) {
		t.Errorf("patterns: %s, %v", got, err)
	}
	if got, err := Of([]byte(`{"$ref":"#/$defs/s0","$defs":{` + doubled.String() + `"s40":{}}}`)); string(got) != `{}` {
		t.Errorf("members: %s, %v", got, err)
	}
}
