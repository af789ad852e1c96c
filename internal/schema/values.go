package schema

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// value applies the keywords that look at a value itself and at what is in it.
func (r *run) value(m map[string]any, v any, at *place, f *found) {
	if n, ok := v.(json.Number); ok && !holds(n) {
		f.add(at, "type", "the number is too large or too small to check")
		return
	}
	if want, ok := m["type"]; ok && !isType(v, want) {
		f.add(at, "type", "want %s, got %s", typeNames(want), typeOf(v))
		return // what else is wrong is a consequence
	}
	if want, ok := m["const"]; ok && r.canonical(v) != canonical(want) {
		f.add(at, "const", "want %s, got %s", brief(want), brief(v))
	}
	if list, ok := m["enum"].([]any); ok {
		r.enum(list, v, at, f)
	}
	switch v := v.(type) {
	case json.Number:
		r.number(m, v, at, f)
	case string:
		r.text(m, v, at, f)
	case []any:
		r.array(m, v, at, f)
	case map[string]any:
		r.object(m, v, at, f)
	}
}

func (r *run) enum(list []any, v any, at *place, f *found) {
	r.left -= len(list)
	text := r.canonical(v)
	if slices.ContainsFunc(list, func(want any) bool { return canonical(want) == text }) {
		return
	}
	names := make([]string, len(list))
	for i, want := range list {
		names[i] = brief(want)
	}
	const most = 8
	if len(names) > most {
		names = append(names[:most], "…")
	}
	f.add(at, "enum", "want one of %s, got %s", strings.Join(names, ", "), brief(v))
}

func (r *run) number(m map[string]any, v json.Number, at *place, f *found) {
	for _, bound := range []struct {
		key, want string
		sign      int // of the value less the bound, where it is wrong
		open      bool
	}{
		{"minimum", "at least", -1, false},
		{"maximum", "at most", 1, false},
		{"exclusiveMinimum", "more than", -1, true},
		{"exclusiveMaximum", "less than", 1, true},
	} {
		limit, ok := number(m[bound.key])
		if !ok {
			continue
		}
		n, _ := number(v)
		if sign := n.Cmp(limit); sign == bound.sign || sign == 0 && bound.open {
			f.add(at, bound.key, "want %s %s, got %s", bound.want, m[bound.key], v)
		}
	}
	if step, ok := number(m["multipleOf"]); ok {
		if n, _ := number(v); !n.Quo(n, step).IsInt() {
			f.add(at, "multipleOf", "want a multiple of %s, got %s", m["multipleOf"], v)
		}
	}
}

func (r *run) text(m map[string]any, v string, at *place, f *found) {
	r.left -= len(v) / cheap
	r.count(m, "Length", utf8.RuneCountInString(v), "characters", at, f)
	if pattern, ok := m["pattern"].(string); ok && !r.s.patterns[pattern].MatchString(v) {
		f.add(at, "pattern", "want a match of %s, got %s", pattern, brief(v))
	}
	if format, ok := m["format"].(string); ok && !isFormat(v, format) {
		f.add(at, "format", "want a string of the format %s, got %s", format, brief(v))
	}
}

func (r *run) array(m map[string]any, list []any, at *place, f *found) {
	r.count(m, "Items", len(list), "items", at, f)
	if m["uniqueItems"] == true {
		r.unique(list, at, f)
	}
	first := parts(m, "prefixItems")
	rest, rule := m["items"], "items"
	if heads, ok := rest.([]any); ok {
		first, rest, rule = heads, m["additionalItems"], "additionalItems"
	}
	for i := range list {
		switch {
		case i < len(first):
			r.item(first[i], list, i, at, "items", f)
		case rest != nil:
			r.item(rest, list, i, at, rule, f)
		}
	}
	if part, ok := m["contains"]; ok {
		r.contains(m, part, list, at, f)
	}
}

func (r *run) unique(list []any, at *place, f *found) {
	had := map[string]int{}
	for i, v := range list {
		text := r.canonical(v)
		if before, ok := had[text]; ok {
			f.add(&place{up: at, index: i}, "uniqueItems", "the same as item %d", before)
			continue
		}
		had[text] = i
	}
}

func (r *run) contains(m map[string]any, part any, list []any, at *place, f *found) {
	n := 0
	for i, v := range list {
		if len(r.check(part, v, at, "contains").bad) > 0 {
			continue
		}
		n++
		if r.s.tracks && !r.s.listed {
			f.seeItem(i)
		}
	}
	least, ok := count(m["minContains"])
	if !ok {
		least = 1
	}
	if n < least {
		f.add(at, "contains", "want at least %d of the items that it must contain, got %d", least, n)
	}
	if most, ok := count(m["maxContains"]); ok && n > most {
		f.add(at, "maxContains", "want at most %d of the items that it may contain, got %d", most, n)
	}
}

func (r *run) object(m, members map[string]any, at *place, f *found) {
	r.count(m, "Properties", len(members), "members", at, f)
	for _, name := range parts(m, "required") {
		if key, _ := name.(string); !has(members, key) {
			f.add(at, "required", "lacks %q", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(members)) {
		r.property(m, members, key, at, f)
	}
	r.dependent(m, members, at, f)
}

func (r *run) property(m, members map[string]any, key string, at *place, f *found) {
	known := false
	if properties, _ := m["properties"].(map[string]any); has(properties, key) {
		known = true
		r.member(properties[key], members, key, at, "properties", f)
	}
	patterns, _ := m["patternProperties"].(map[string]any)
	r.left -= len(patterns)
	for _, pattern := range slices.Sorted(maps.Keys(patterns)) {
		if r.s.patterns[pattern].MatchString(key) {
			known = true
			r.member(patterns[pattern], members, key, at, "patternProperties", f)
		}
	}
	if rest, ok := m["additionalProperties"]; ok && !known {
		r.member(rest, members, key, at, "additionalProperties", f)
	}
	if names, ok := m["propertyNames"]; ok {
		for _, bad := range r.check(names, key, &place{up: at, key: key, index: -1}, "propertyNames").bad {
			f.bad = append(f.bad, broken{bad.at, "propertyNames", "its name: " + bad.message})
		}
	}
}

// dependent applies what the presence of a member asks for.
func (r *run) dependent(m, members map[string]any, at *place, f *found) {
	keywords := []string{"dependentRequired", "dependentSchemas"}
	if r.s.old {
		keywords = []string{"dependencies"}
	}
	for _, rule := range keywords {
		asks, _ := m[rule].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(asks)) {
			if !has(members, key) {
				continue
			}
			names, ok := asks[key].([]any)
			if !ok {
				f.also(r.check(asks[key], members, at, rule))
			}
			for _, name := range names {
				if need, _ := name.(string); !has(members, need) {
					f.add(at, rule, "lacks %q, which %q asks for", need, key)
				}
			}
		}
	}
}

// count applies a pair of keywords like minItems and maxItems.
func (r *run) count(m map[string]any, what string, n int, unit string, at *place, f *found) {
	if least, ok := count(m["min"+what]); ok && n < least {
		f.add(at, "min"+what, "want at least %d %s, got %d", least, unit, n)
	}
	if most, ok := count(m["max"+what]); ok && n > most {
		f.add(at, "max"+what, "want at most %d %s, got %d", most, unit, n)
	}
}

func has(members map[string]any, key string) bool {
	_, ok := members[key]
	return ok
}

// count reads an integer from 0 on; one that is larger than an int is the largest.
func count(v any) (int, bool) {
	n, ok := number(v)
	if !ok {
		return 0, false
	}
	if !n.Num().IsInt64() {
		return math.MaxInt, true
	}
	return int(n.Num().Int64()), true
}
