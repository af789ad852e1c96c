package schema_test

import (
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/schema"
)

func TestShort(t *testing.T) {
	for text, want := range map[string]string{
		`name:string, age:int, tags:string[]`:   `'name':{'type':'string'},'age':{'type':'integer'},'tags':{'type':'array','items':{'type':'string'}} name age tags`,
		`name`:                                  `'name':{'type':'string'} name`,
		" a ,\n b ? : float [ ] [] ":            `'a':{'type':'string'},'b':{'type':'array','items':{'type':'array','items':{'type':'number'}}} a`,
		`ok:bool, x:any`:                        `'ok':{'type':'boolean'},'x':{} ok x`,
		`mood:(good|bad), n:(1|2.5|null|"1")[]`: `'mood':{'type':'string','enum':['good','bad']},'n':{'type':'array','items':{'enum':[1,2.5,null,'1']}} mood n`,
		`age:int "in years", who "a \"name\""`:  `'age':{'type':'integer','description':'in years'},'who':{'type':'string','description':'a \'name\''} age who`,
		`"first name"?, größe:int`:              `'first name':{'type':'string'},'größe':{'type':'integer'} größe`,
		`at:{lat:number, lon:number}[]`: `'at':{'type':'array','items':{'type':'object','properties':{'lat':{'type':'number'},'lon':{'type':'number'}},` +
			`'required':['lat','lon'],'additionalProperties':false}} at`,
	} {
		properties, required, _ := strings.Cut(want, "} ")
		want = `{'type':'object','properties':{` + properties + `}},'required':['` + strings.ReplaceAll(required, " ", `','`) + `'],'additionalProperties':false}`
		got, err := schema.Short(text)
		if err != nil || string(got) != strings.ReplaceAll(want, "'", `"`) {
			t.Errorf("%s\n got %s, %v\nwant %s", text, got, err, want)
		}
	}
}

func TestShortNamesTheColumn(t *testing.T) {
	for text, want := range map[string]string{
		``:                              `column 1: expected a name, got the end`,
		`a,`:                            `column 3: expected a name, got the end`,
		`größe: itn`:                    `column 8: expected a type (string, int, number, bool, any, {…} or (…|…)), got "itn"`,
		`a:string b`:                    `column 10: expected a comma or the end, got "b"`,
		`a:int, b, a:bool`:              `column 11: expected a name that isn't there yet, got "a"`,
		`a:string[`:                     `column 10: expected "]", got the end`,
		`a:{b:int`:                      `column 9: expected a comma or "}", got the end`,
		`a:(x|)`:                        `column 6: expected a value, got ")"`,
		`a:(x y)`:                       `column 6: expected "|" or ")", got "y"`,
		`{"type":"object"}`:             `column 1: expected a name, got "{"`,
		`a:string|null`:                 `column 9: expected a comma or the end, got "|"`,
		`a "open`:                       `column 3: expected a description in quotes, got "\""`,
		"a\xff":                         "column 2: expected UTF-8, got \"\\xff\"",
		`a` + strings.Repeat(":{a", 30): `column 61: expected at most 20 objects in each other, got "a"`,
	} {
		_, err := schema.Short(text)
		if err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", text, err, want)
		}
	}
}
