package sample

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"regexp"
	"slices"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// shape is what one schema says of the members of an object.
type shape struct {
	properties map[string]json.RawMessage
	patterns   []pattern
	rest       json.RawMessage
}

type pattern struct {
	re     *regexp.Regexp
	schema json.RawMessage
}

func (n need) shapes() []shape {
	shapes := make([]shape, len(n.all))
	for i, s := range n.all {
		shapes[i] = shape{properties: members(s.Get("properties")), rest: s.Get("additionalProperties")}
		for key, part := range rawjson.Members(s.Get("patternProperties")) {
			if re, err := regexp.Compile(string(key)); err == nil {
				shapes[i].patterns = append(shapes[i].patterns, pattern{re, part})
			}
		}
	}
	return shapes
}

// member returns the schemas that count for a member.
func member(shapes []shape, name string) (schemas []json.RawMessage) {
	for _, s := range shapes {
		known := false
		if part, ok := s.properties[name]; ok {
			schemas, known = append(schemas, part), true
		}
		for _, p := range s.patterns {
			if p.re.MatchString(name) {
				schemas, known = append(schemas, p.schema), true
			}
		}
		if !known && s.rest != nil {
			schemas = append(schemas, s.rest)
		}
	}
	return schemas
}

// names returns the properties in their written order, then what else is required.
func (n need) names() (names []string, required map[string]bool) {
	required = map[string]bool{}
	had := map[string]bool{}
	add := func(name string) {
		if !had[name] {
			had[name] = true
			names = append(names, name)
		}
	}
	for _, s := range n.all {
		for key := range rawjson.Members(s.Get("properties")) {
			add(string(key))
		}
	}
	for _, s := range n.all {
		for _, raw := range list(s, "required") {
			name, _ := rawjson.String(raw)
			required[name] = true
			add(name)
		}
		for _, asked := range rawjson.Members(s.Get("dependentRequired")) {
			asked, _ := rawjson.Elements(asked)
			for _, raw := range asked {
				name, _ := rawjson.String(raw)
				add(name)
			}
		}
	}
	return names, required
}

func (m *maker) object(n need, at *spot) (json.RawMessage, error) {
	shapes := n.shapes()
	names, required := n.names()
	least, most := n.bounds("Properties")
	optional := most - len(required)
	out := rawjson.Object{}
	for _, name := range names {
		if !required[name] && (m.lean || optional <= 0) {
			continue
		}
		v, err := m.value(member(shapes, name), &spot{up: at, name: name, nth: at.nth})
		if required[name] && err != nil || errors.Is(err, errMuch) {
			return nil, err
		}
		if err == nil {
			out = append(out, rawjson.Member{Key: name, Value: v})
		}
		if err == nil && !required[name] {
			optional--
		}
	}
	return m.pad(n, shapes, out, least, at)
}

// pad adds members until there are enough.
func (m *maker) pad(n need, shapes []shape, out rawjson.Object, least int, at *spot) (json.RawMessage, error) {
	for nth := 0; len(out) < least; nth++ {
		name, err := m.name(n, shapes, nth)
		if err != nil {
			return nil, err
		}
		if err := m.spend(1+len(out)/8, len(name)); err != nil {
			return nil, err
		}
		if out.Get(name) != nil {
			continue
		}
		v, err := m.value(member(shapes, name), &spot{up: at, name: name, nth: at.nth})
		if err != nil {
			return nil, err
		}
		out = append(out, rawjson.Member{Key: name, Value: v})
	}
	return out.JSON(), nil
}

// name makes the name of a member that isn't listed.
func (m *maker) name(n need, shapes []shape, nth int) (string, error) {
	for _, s := range shapes {
		if len(s.patterns) > 0 {
			return sample(s.patterns[0].re.String(), nth, nth), nil
		}
	}
	schemas := []json.RawMessage{[]byte(`{"type":"string"}`)}
	for _, s := range n.all {
		schemas = append(schemas, present(s.Get("propertyNames"))...)
	}
	raw, err := m.value(schemas, &spot{name: "member", nth: nth})
	name, _ := rawjson.String(raw)
	return name, err
}

// row is what one schema says of the elements of an array.
type row struct {
	first    []json.RawMessage
	rest     json.RawMessage
	contains json.RawMessage
	count    int // of elements that contains is for
}

func (n need) rows() []row {
	rows := make([]row, len(n.all))
	for i, s := range n.all {
		rows[i] = row{first: list(s, "prefixItems"), rest: s.Get("items"), contains: s.Get("contains")}
		if heads, ok := rawjson.Elements(s.Get("items")); ok {
			rows[i].first, rows[i].rest = heads, s.Get("additionalItems")
		}
		if rows[i].contains != nil {
			rows[i].count = whole(s.Get("minContains"), 1)
		}
	}
	return rows
}

func (m *maker) array(n need, at *spot) (json.RawMessage, error) {
	rows := n.rows()
	least, most := n.bounds("Items")
	heads, held := 0, 0
	for _, r := range rows {
		heads, held = max(heads, len(r.first)), max(held, r.count)
	}
	from := heads // where those begin that contains is for
	if from+held > most {
		from = 0
	}
	unique := slices.ContainsFunc(n.all, func(s rawjson.Object) bool { return string(s.Get("uniqueItems")) == "true" })
	var items []json.RawMessage
	for i := 0; i < min(most, max(least, heads, from+held, 1)); i++ {
		v, err := m.element(elements(rows, i, i-from), items, unique, &spot{up: at, name: at.name, nth: at.nth + i})
		switch {
		case err == nil:
			items = append(items, v)
		case i < max(least, from+held) || errors.Is(err, errMuch):
			return nil, err
		default:
			most = i // that many will do
		}
	}
	return joined(items), nil
}

func joined(items []json.RawMessage) json.RawMessage {
	out := []byte{'['}
	for i, item := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, item...)
	}
	return append(out, ']')
}

// elements returns the schemas that count for the element i of an array.
func elements(rows []row, i, held int) (schemas []json.RawMessage) {
	for _, r := range rows {
		if i < len(r.first) {
			schemas = append(schemas, r.first[i])
		} else if r.rest != nil {
			schemas = append(schemas, r.rest)
		}
		if held >= 0 && held < r.count {
			schemas = append(schemas, r.contains)
		}
	}
	return schemas
}

// element makes an element; one that must be unlike the others is tried a few times.
func (m *maker) element(schemas, others []json.RawMessage, unique bool, at *spot) (json.RawMessage, error) {
	const tries = 8
	for range tries {
		v, err := m.value(schemas, at)
		if err != nil || !unique || !slices.ContainsFunc(others, func(o json.RawMessage) bool { return bytes.Equal(o, v) }) {
			return v, err
		}
		at.nth++
	}
	return nil, errNone
}

// bounds returns the tightest pair of keywords like minItems and maxItems.
func (n need) bounds(what string) (least, most int) {
	most = math.MaxInt
	for _, s := range n.all {
		least, most = max(least, whole(s.Get("min"+what), 0)), min(most, whole(s.Get("max"+what), math.MaxInt))
	}
	return least, most
}

func whole(raw json.RawMessage, otherwise int) int {
	n, err := strconv.ParseFloat(string(raw), 64)
	if err != nil {
		return otherwise
	}
	return int(min(n, math.MaxInt32))
}
