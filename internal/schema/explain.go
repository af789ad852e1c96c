package schema

import (
	"bytes"
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// most is how many violations are told.
const most = 20

// inPlace says whether a schema looks at the same value as the one that it stands in.
func (n *node) inPlace() bool {
	return slices.Contains([]string{"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas"}, n.keyword)
}

// must says whether what stands under a keyword has to hold for all the values that it looks at.
func must(keyword string) bool {
	return slices.Contains([]string{"allOf", "dependentSchemas", "properties", "patternProperties", "additionalProperties", "items", "prefixItems"}, keyword)
}

// places gives the values that a schema looks at when the one that it stands in holds v, each
// with the steps of the path to it.
func (n *node) places(v any) iter.Seq2[string, any] {
	return func(yield func(string, any) bool) {
		members, _ := v.(map[string]any)
		list, _ := v.([]any)
		if n.inPlace() {
			if n.keyword != "dependentSchemas" || has(members, n.name) {
				yield("", v)
			}
			return
		}
		for _, key := range n.members(members) {
			value := members[key]
			if n.keyword == "propertyNames" {
				value = key
			}
			if !yield(step(key), value) {
				return
			}
		}
		for i, value := range list {
			if n.element(i) && !yield("["+strconv.Itoa(i)+"]", value) {
				return
			}
		}
	}
}

func (n *node) members(v map[string]any) []string {
	switch n.keyword {
	case "properties":
		if has(v, n.name) {
			return []string{n.name}
		}
	case "patternProperties", "additionalProperties", "propertyNames", "unevaluatedProperties":
		return slices.DeleteFunc(slices.Sorted(maps.Keys(v)), func(key string) bool {
			return n.pattern != nil && !n.pattern.MatchString(key) || n.keyword == "additionalProperties" && n.in.names(key)
		})
	}
	return nil
}

// names says whether a schema speaks of a member by its name.
func (n *node) names(key string) bool {
	properties, _ := n.words["properties"].(map[string]any)
	return has(properties, key) || slices.ContainsFunc(n.parts, func(p *node) bool { return p.pattern != nil && p.pattern.MatchString(key) })
}

func (n *node) element(i int) bool {
	switch n.keyword {
	case "prefixItems":
		return n.name == strconv.Itoa(i)
	case "items":
		first, _ := n.in.words["prefixItems"].([]any)
		return i >= len(first)
	}
	return n.keyword == "contains" || n.keyword == "unevaluatedItems"
}

func has(members map[string]any, key string) bool {
	_, ok := members[key]
	return ok
}

func step(key string) string {
	word := func(c rune) bool {
		return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
	}
	if key == "" || key[0] <= '9' || strings.ContainsFunc(key, func(c rune) bool { return !word(c) }) {
		return "[" + string(rawjson.Quote(key)) + "]"
	}
	return "." + key
}

// cost returns what is left of a number of steps after a check, 0 where they don't suffice:
// one for each time that a schema looks at a value, which are at least as many as the library
// takes.
func (n *node) cost(v any, left, depth int) int {
	const deepest = 500
	if left--; left <= 0 || depth > deepest {
		return 0
	}
	if n.ref != nil {
		left = n.ref.cost(v, left, depth+1)
	}
	for _, p := range n.parts {
		for _, value := range p.places(v) {
			if left = p.cost(value, left, depth+1); left <= 0 {
				return 0
			}
		}
	}
	return left
}

// shell is a schema without what is explained apart. One that asks what other schemas have
// looked at stays whole.
func (n *node) shell() map[string]any {
	shell := map[string]any{} // the library takes null for false
	maps.Copy(shell, n.words)
	if !has(shell, "unevaluatedProperties") && !has(shell, "unevaluatedItems") {
		maps.DeleteFunc(shell, func(key string, _ any) bool {
			return must(key) || slices.Contains([]string{"anyOf", "oneOf", "$ref", "$defs", "definitions"}, key)
		})
	}
	return shell
}

// explain says what is wrong with a value; rule is the keyword that the schema stands under.
func (n *node) explain(v any, at, rule string) (bad []Violation) {
	if n.never {
		return []Violation{{at, rule, "not allowed"}}
	}
	if bad = n.broken(v, at); n.ref != nil {
		bad = append(bad, n.ref.explain(v, at, "$ref")...)
	}
	for _, rule := range []string{"anyOf", "oneOf"} {
		if has(n.words, rule) {
			bad = append(bad, n.choice(rule, v, at)...)
		}
	}
	for _, p := range n.parts {
		if !must(p.keyword) {
			continue
		}
		for step, value := range p.places(v) {
			if bad = append(bad, p.explain(value, at+step, p.keyword)...); len(bad) >= most {
				return bad[:most]
			}
		}
	}
	return bad
}

// broken says what the library finds wrong where only the schema's own keywords count. It
// says it as "validating root: keyword: text", or with a path into the schema for a keyword.
func (n *node) broken(v any, at string) []Violation {
	own, err := n.own()
	if err == nil {
		err = own.Validate(v)
	}
	if err == nil {
		return nil
	}
	said, known := strings.CutPrefix(err.Error(), "validating root: ")
	if !known {
		return []Violation{{at, "schema", cut(said)}}
	}
	rule, text, _ := strings.Cut(said, ": ")
	rule, inside := strings.CutPrefix(rule, "validating /")
	rule = rule[:strings.IndexAny(rule+"/", "/[")]
	message := brief(v) + " does not fit " + rule + " " + strings.ReplaceAll(brief(n.words[rule]), home, "")
	switch rule {
	case "then", "else":
		if i := slices.IndexFunc(n.parts, func(p *node) bool { return p.keyword == rule }); i >= 0 {
			return n.parts[i].explain(v, at, rule)
		}
	case "required", "dependentRequired", "uniqueItems":
		message = cut(text)
	case "propertyNames", "unevaluatedProperties", "unevaluatedItems":
	default:
		if inside || rule == "anyOf" || rule == "oneOf" {
			return nil // it is explained where it stands
		}
	}
	return []Violation{{at, rule, message}}
}

// choice says why a value fits none of the schemas under a keyword, or too many. Where all
// but one are of another type or have another constant, as in a nullable object or a tagged
// union, that one was meant.
func (n *node) choice(rule string, v any, at string) []Violation {
	fit, meant := 0, [][]Violation{}
	for _, p := range n.parts {
		if p.keyword != rule {
			continue
		}
		bad := p.explain(v, at, rule)
		if len(bad) == 0 {
			fit++
		}
		if !slices.ContainsFunc(bad, func(one Violation) bool {
			return one.Rule == "const" || one.Path == at && (one.Rule == "type" || one.Rule == "enum")
		}) {
			meant = append(meant, bad)
		}
	}
	switch {
	case fit == 1 || fit > 1 && rule == "anyOf":
		return nil
	case fit > 1:
		return []Violation{{at, rule, "fits more than one of the choices"}}
	case len(meant) == 1:
		return meant[0]
	}
	return []Violation{{at, rule, "fits none of the choices"}}
}

// brief is a value's JSON, cut where it is long.
func brief(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "?"
	}
	return cut(strings.TrimSpace(b.String()))
}

func cut(text string) string {
	const most = 80
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
