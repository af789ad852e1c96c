package schema

import (
	"fmt"
	"maps"
	"slices"
)

// run is one check. It is bounded: left counts down, and what remains then is not looked at.
type run struct {
	s     *Schema
	left  int
	depth int
	over  bool
}

// found is what a schema says of a value: what is wrong, and where the schema tracks it,
// which members and items it has looked at.
type found struct {
	bad   []broken
	props map[string]bool
	items map[int]bool
}

// broken is a violation whose path is not written yet: most of them only rule a choice out.
type broken struct {
	at            *place
	rule, message string
}

func (f *found) add(at *place, rule, format string, args ...any) {
	f.bad = append(f.bad, broken{at, rule, fmt.Sprintf(format, args...)})
}

// also takes in what another schema says of the same value.
func (f *found) also(other found) {
	f.bad = append(f.bad, other.bad...)
	f.sees(other)
}

// sees takes in what another schema has looked at, if the value is valid there.
func (f *found) sees(other found) {
	if len(other.bad) > 0 {
		return
	}
	for key := range other.props {
		f.seeProp(key)
	}
	for i := range other.items {
		f.seeItem(i)
	}
}

func (f *found) seeProp(key string) {
	if f.props == nil {
		f.props = map[string]bool{}
	}
	f.props[key] = true
}

func (f *found) seeItem(i int) {
	if f.items == nil {
		f.items = map[int]bool{}
	}
	f.items[i] = true
}

// check holds a value to a schema; rule is the keyword that a schema of false stands under.
func (r *run) check(schema, v any, at *place, rule string) found {
	var f found
	const deepest = 20_000
	if r.left--; r.left < 0 || r.depth > deepest {
		r.over = true
		f.add(nil, rule, "too much to check")
		return f
	}
	r.depth++
	defer func() { r.depth-- }()
	m, ok := schema.(map[string]any)
	if !ok {
		if schema == false {
			f.add(at, rule, "not allowed")
		}
		return f
	}
	for _, key := range []string{"$ref", "$dynamicRef", "$recursiveRef"} {
		if ref, ok := m[key].(string); ok {
			f.also(r.check(r.s.refs[ref], v, at, key))
		}
	}
	if m["$ref"] != nil && r.s.old {
		return f
	}
	r.value(m, v, at, &f)
	r.combine(m, v, at, &f)
	r.unevaluated(m, v, at, &f)
	return f
}

// combine applies the keywords that hold the same value to other schemas.
func (r *run) combine(m map[string]any, v any, at *place, f *found) {
	for _, part := range parts(m, "allOf") {
		f.also(r.check(part, v, at, "allOf"))
	}
	r.anyOf(m, v, at, f)
	r.oneOf(m, v, at, f)
	if not, ok := m["not"]; ok && len(r.check(not, v, at, "not").bad) == 0 {
		f.add(at, "not", "fits what is ruled out")
	}
	if condition, ok := m["if"]; ok {
		branch, when := "then", r.check(condition, v, at, "if")
		if f.sees(when); len(when.bad) > 0 {
			branch = "else"
		}
		if part, ok := m[branch]; ok {
			f.also(r.check(part, v, at, branch))
		}
	}
}

func (r *run) anyOf(m map[string]any, v any, at *place, f *found) {
	choices := parts(m, "anyOf")
	results, fits := r.try(choices, v, at, "anyOf")
	for _, i := range fits {
		f.sees(results[i])
	}
	if len(choices) > 0 && len(fits) == 0 {
		f.bad = append(f.bad, nearest(results, at, "anyOf")...)
	}
}

func (r *run) oneOf(m map[string]any, v any, at *place, f *found) {
	choices := parts(m, "oneOf")
	results, fits := r.try(choices, v, at, "oneOf")
	switch {
	case len(fits) == 1:
		f.sees(results[fits[0]])
	case len(fits) > 1:
		f.add(at, "oneOf", "fits both choice %d and choice %d", fits[0]+1, fits[1]+1)
	case len(choices) > 0:
		f.bad = append(f.bad, nearest(results, at, "oneOf")...)
	}
}

func (r *run) try(choices []any, v any, at *place, rule string) (results []found, fits []int) {
	for i, choice := range choices {
		results = append(results, r.check(choice, v, at, rule))
		if len(results[i].bad) == 0 {
			fits = append(fits, i)
		}
	}
	return results, fits
}

// nearest says why no choice fits: where all but one are of another type or have another
// constant, as in a nullable object or a tagged union, what is wrong with that one.
func nearest(results []found, at *place, rule string) []broken {
	meant := slices.DeleteFunc(slices.Clone(results), func(f found) bool {
		return slices.ContainsFunc(f.bad, func(bad broken) bool {
			return bad.rule == "const" || bad.at == at && (bad.rule == "type" || bad.rule == "enum" || bad.rule == rule)
		})
	})
	if len(meant) == 1 {
		return meant[0].bad
	}
	return []broken{{at, rule, fmt.Sprintf("fits none of the %d choices", len(results))}}
}

// unevaluated applies the two keywords that come last: they hold what no other one looked at.
func (r *run) unevaluated(m map[string]any, v any, at *place, f *found) {
	if schema, ok := m["unevaluatedProperties"]; ok {
		members, _ := v.(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(members)) {
			if !f.props[key] {
				r.member(schema, members, key, at, "unevaluatedProperties", f)
			}
		}
	}
	if schema, ok := m["unevaluatedItems"]; ok {
		list, _ := v.([]any)
		for i := range list {
			if !f.items[i] {
				r.item(schema, list, i, at, "unevaluatedItems", f)
			}
		}
	}
}

// member holds one member of an object to a schema.
func (r *run) member(schema any, members map[string]any, key string, at *place, rule string, f *found) {
	f.bad = append(f.bad, r.check(schema, members[key], &place{up: at, key: key, index: -1}, rule).bad...)
	if r.s.tracks {
		f.seeProp(key)
	}
}

// item holds one element of an array to a schema.
func (r *run) item(schema any, list []any, i int, at *place, rule string, f *found) {
	f.bad = append(f.bad, r.check(schema, list[i], &place{up: at, index: i}, rule).bad...)
	if r.s.tracks {
		f.seeItem(i)
	}
}

func parts(m map[string]any, key string) []any {
	list, _ := m[key].([]any)
	return list
}
