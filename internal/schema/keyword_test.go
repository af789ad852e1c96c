package schema_test

import (
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/schema"
)

// TestKeywords checks what each keyword means in each draft. Instances are separated by spaces.
func TestKeywords(t *testing.T) {
	const all, since2019 = "07 2019 2020", "2019 2020"
	for _, tt := range []struct{ drafts, schema, valid, invalid string }{
		{all, `true`, `1 null {}`, ``},
		{all, `false`, ``, `1 null {}`},
		{all, `{}`, `1 null {}`, ``},
		{all, `{'type':'integer'}`, `0 -1 1.0 1e3 1e400 -0.0 12345678901234567890`, `0.5 1e-1 1e-400 '1' null true`},
		{all, `{'type':'number'}`, `0 0.5 1e-400 1e1000000000`, `'1' [] {}`},
		{all, `{'type':['null','boolean']}`, `null true false`, `0 '' []`},
		{all, `{'type':['string','array','object']}`, `'' [] {}`, `0 null`},
		{all, `{'enum':[1,'a',null,[1.0],{'a':0}]}`, `1.0 'a' null [1] {'a':0.0}`, `2 'b' false [] {'a':1}`},
		{all, `{'const':{'a':[1,true],'b':null}}`, `{'b':null,'a':[1e0,true]}`, `{'a':[true,1],'b':null} {'a':[1,true]} null`},
		{all, `{'const':9007199254740993}`, `9007199254740993 9007199254740993.0`, `9007199254740992 9007199254740994`},
		{all, `{'const':0}`, `0 -0 0.0 0e5`, `1e-400 false '' null`},
		{all, `{'multipleOf':0.01}`, `19.99 0 -0.5 1e400 'x'`, `0.001 19.999 1e-400`},
		{all, `{'multipleOf':2}`, `4 -4 1e1000000000`, `3 1e-1000000000`},
		{all, `{'multipleOf':1e400}`, `0 3e400 1e401`, `1 1e399 1.5e400`},
		{all, `{'minimum':1.1}`, `1.1 1.10 2 1e9 'x'`, `1.09 0 -2`},
		{all, `{'maximum':-1}`, `-1 -1.5 -1e400`, `-0.99 0 1e-400`},
		{all, `{'exclusiveMinimum':9007199254740992}`, `9007199254740993`, `9007199254740992 9007199254740991.9`},
		{all, `{'exclusiveMaximum':1e-400}`, `0 1e-401 -1`, `1e-400 1`},
		{all, `{'minLength':2}`, `'ab' 'éé' 1`, `'' 'a' '😀'`},
		{all, `{'maxLength':2.0}`, `'ab' '😀😀' {}`, `'abc'`},
		{all, `{'maxLength':0}`, `''`, `'a'`},
		{all, `{'maxLength':1e1000000000}`, `'abc'`, ``},
		{all, `{'pattern':'^\\d+$'}`, `'12' 12`, `'' '1x'`},
		{all, `{'format':'date'}`, `'2024-02-29' 1`, `'2023-02-29'`},
		{all, `{'format':'no such'}`, `'' 1`, ``},
		{all, `{'contentEncoding':'base64','contentMediaType':'application/json'}`, `'{' 1`, ``},
		{all, `{'title':'t','description':'d','default':1,'examples':[1],'readOnly':true,'$comment':'c','x-mine':{'type':'x'}}`, `'' 1`, ``},

		{all, `{'minItems':1,'maxItems':2}`, `[1] [1,2] {} 'abc'`, `[] [1,2,3]`},
		{all, `{'uniqueItems':true}`, `[] [1,'1',true] [[1],[2]] [{'a':1},{'a':2}]`, `[1,1.0] [{'a':1,'b':2},{'b':2,'a':1}]`},
		{all, `{'uniqueItems':false}`, `[1,1]`, ``},
		{all, `{'items':{'type':'null'}}`, `[] [null] 1`, `[1] [null,1]`},
		{all, `{'items':false}`, `[]`, `[1]`},
		{"07 2019", `{'items':[{'type':'null'},true],'additionalItems':false}`, `[] [null] [null,1]`, `[1] [null,1,2]`},
		{"07 2019", `{'items':[{}],'additionalItems':{'type':'null'}}`, `[1,null]`, `[1,2]`},
		{"07 2019", `{'additionalItems':false}`, `[1]`, ``},
		{"07 2019", `{'items':{},'additionalItems':false}`, `[1]`, ``},
		{"07 2019", `{'prefixItems':[false]}`, `[1]`, ``},
		{"2020", `{'prefixItems':[{'type':'null'}],'items':{'const':1}}`, `[] [null] [null,1,1]`, `[1] [null,2]`},
		{"2020", `{'prefixItems':[{}],'additionalItems':false}`, `[1,2]`, ``},
		{all, `{'contains':{'const':1}}`, `[1] [2,1] {}`, `[] [2]`},
		{"07", `{'contains':{'const':1},'minContains':0,'maxContains':1}`, `[1,1]`, `[]`},
		{since2019, `{'contains':{'const':1},'minContains':2,'maxContains':3}`, `[1,1] [1,2,1,1]`, `[1] [1,1,1,1]`},
		{since2019, `{'contains':{'const':1},'minContains':0}`, `[] [2]`, ``},
		{since2019, `{'minContains':2}`, `[]`, ``},

		{all, `{'minProperties':1,'maxProperties':2}`, `{'a':1} {'a':1,'b':2} []`, `{} {'a':1,'b':2,'c':3}`},
		{all, `{'required':['a','b']}`, `{'a':1,'b':null} []`, `{} {'a':1}`},
		{all, `{'properties':{'a':{'type':'null'},'b':false}}`, `{} {'a':null} {'c':1} []`, `{'a':1} {'b':1}`},
		{all, `{'patternProperties':{'^a':{'type':'null'},'z$':{'const':null}}}`, `{'a':null,'b':1} []`, `{'ab':1} {'bz':1}`},
		{all, `{'properties':{'a':{}},'patternProperties':{'^b':{}},'additionalProperties':false}`, `{'a':1,'bb':1} []`, `{'c':1}`},
		{all, `{'additionalProperties':{'type':'null'}}`, `{'a':null}`, `{'a':1}`},
		{all, `{'propertyNames':{'maxLength':1}}`, `{'a':1} []`, `{'ab':1}`},
		{all, `{'dependencies':{'a':['b'],'c':{'required':['d']},'e':false}}`, `{} {'a':1,'b':1} {'c':1,'d':1} []`, `{'a':1} {'c':1} {'e':1}`},
		{since2019, `{'dependentRequired':{'a':['b','c']}}`, `{} {'b':1} {'a':1,'b':1,'c':1} []`, `{'a':1,'b':1}`},
		{since2019, `{'dependentSchemas':{'a':{'maxProperties':1}}}`, `{} {'a':1} {'b':1,'c':1} []`, `{'a':1,'b':1}`},
		{"07", `{'dependentRequired':{'a':['b']},'dependentSchemas':{'a':false},'unevaluatedProperties':false,'unevaluatedItems':false}`, `{'a':1} [1]`, ``},

		{all, `{'allOf':[{'minimum':1},{'maximum':2}]}`, `1 2`, `0 3`},
		{all, `{'anyOf':[{'minimum':2},{'multipleOf':2}]}`, `0 2 3`, `1`},
		{all, `{'oneOf':[{'minimum':2},{'multipleOf':2}]}`, `0 3`, `1 2`},
		{all, `{'not':{'type':'null'}}`, `0`, `null`},
		{all, `{'if':{'minimum':10},'then':{'multipleOf':10},'else':{'multipleOf':3}}`, `3 20`, `4 15`},
		{all, `{'if':false,'then':false}`, `1`, ``},
		{all, `{'then':false,'else':false}`, `1`, ``},

		{since2019, `{'allOf':[{'properties':{'a':true}},{'patternProperties':{'^b':true}}],'unevaluatedProperties':false}`, `{'a':1,'bb':1} []`, `{'c':1}`},
		{
			since2019, `{'anyOf':[{'properties':{'a':{'const':1}},'required':['a']},{'properties':{'b':true},'required':['b']}],'unevaluatedProperties':{'type':'null'}}`,
			`{'a':1} {'a':1,'b':1} {'b':1,'a':null}`, `{'b':1,'a':2}`,
		},
		{since2019, `{'if':{'required':['a'],'properties':{'a':true}},'else':{'properties':{'b':true}},'unevaluatedProperties':false}`, `{'a':1} {'b':1}`, `{'a':1,'b':1}`},
		{since2019, `{'$ref':'#/$defs/a','unevaluatedProperties':false,'$defs':{'a':{'properties':{'a':true}}}}`, `{'a':1}`, `{'b':1}`},
		{since2019, `{'not':{'not':{'properties':{'a':true}}},'unevaluatedProperties':false}`, `{}`, `{'a':1}`},
		{since2019, `{'properties':{'a':true},'allOf':[{'unevaluatedProperties':false}]}`, `{}`, `{'a':1}`},
		{since2019, `{'dependentSchemas':{'a':{'properties':{'a':true,'b':true}}},'unevaluatedProperties':false}`, `{'a':1,'b':1}`, `{'b':1}`},
		{"2019", `{'items':[true],'unevaluatedItems':false}`, `[1] {}`, `[1,2]`},
		{"2019", `{'contains':{'const':1},'unevaluatedItems':{'const':2}}`, ``, `[1]`},
		{"2020", `{'prefixItems':[true],'contains':{'const':1},'unevaluatedItems':{'const':2}}`, `[0,1,2] [1]`, `[0,1,3]`},

		{all, `{'$ref':'#/definitions/a','definitions':{'a':{'type':'null'}}}`, `null`, `1`},
		{all, `{'properties':{'a':{'$ref':'#'}},'additionalProperties':false}`, `{'a':{'a':{}}}`, `{'a':{'b':1}}`},
		{"07", `{'properties':{'a':{'$ref':'#/definitions/a','const':2}},'definitions':{'a':{'type':'integer'}}}`, `{'a':1}`, `{'a':'x'}`},
		{since2019, `{'properties':{'a':{'$ref':'#/$defs/a','const':2}},'$defs':{'a':{'type':'integer'}}}`, `{'a':2}`, `{'a':1} {'a':'x'}`},
		{"07", `{'allOf':[{'$ref':'#a'}],'definitions':{'x':{'$id':'#a','type':'null'}}}`, `null`, `1`},
		{since2019, `{'$ref':'#a','$defs':{'x':{'$anchor':'a','type':'null'}}}`, `null`, `1`},
		{
			"2019", `{'$recursiveAnchor':true,'$id':'http://a/b','properties':{'x':{'$ref':'t'}},'type':'object',
				'$defs':{'t':{'$id':'t','$recursiveAnchor':true,'items':{'$recursiveRef':'#'}}}}`,
			`{'x':[{}]}`, `{'x':[1]} {'x':[[]]}`,
		},
		{
			"2020", `{'$dynamicAnchor':'n','$id':'http://a/b','properties':{'x':{'$ref':'t'}},'type':'object',
				'$defs':{'t':{'$id':'t','$dynamicAnchor':'n','items':{'$dynamicRef':'#n'}}}}`,
			`{'x':[{}]}`, `{'x':[1]} {'x':[[]]}`,
		},
		{all, `{'$id':'http://a/b/c','allOf':[{'$ref':'d#/definitions/x'}],'definitions':{'e':{'$id':'d','definitions':{'x':{'type':'null'}}}}}`, `null`, `1`},
		{all, `{'allOf':[{'$ref':'#/components/schemas/a~1b'}],'components':{'schemas':{'a/b':{'items':{'$ref':'#/components/other'}}},'other':{'type':'null'}}}`, `[null]`, `[1]`},
	} {
		for draft := range strings.FieldsSeq(tt.drafts) {
			s := compileAs(t, draft, tt.schema)
			for i, instances := range []string{tt.valid, tt.invalid} {
				for instance := range strings.FieldsSeq(strings.ReplaceAll(instances, "'", `"`)) {
					if bad := s.Check([]byte(instance)); len(bad) > 0 != (i == 1) {
						t.Errorf("draft %s: %s\n%s: %v", draft, tt.schema, instance, bad)
					}
				}
			}
		}
	}
}

// compileAs compiles a schema, with ' for ", as one of a draft.
func compileAs(t *testing.T, draft, text string) *schema.Schema {
	t.Helper()
	address := map[string]string{
		"07":   "http://json-schema.org/draft-07/schema#",
		"2019": "https://json-schema.org/draft/2019-09/schema",
		"2020": "https://json-schema.org/draft/2020-12/schema",
	}[draft]
	if inner, ok := strings.CutPrefix(text, "{"); ok {
		text = strings.Replace("{'$schema':'"+address+"',"+inner, ",}", "}", 1)
	}
	return compile(t, text)
}
