package sample

import (
	"encoding/json"
	"errors"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/schema"
)

func (m *maker) object(n need, at place) (json.RawMessage, error) {
	names, required := n.members()
	least, most := n.bounds("Properties")
	optional := most - len(required)
	out := rawjson.Object{}
	for _, name := range names {
		if !required[name] && (m.lean || optional <= 0) {
			continue
		}
		v, err := m.member(n, name, at)
		if err != nil && (required[name] || errors.Is(err, errTooLong)) {
			return nil, err
		}
		if err != nil {
			continue
		}
		out = append(out, rawjson.Member{Key: name, Value: v})
		if !required[name] {
			optional--
		}
	}
	return m.pad(n, out, least, at)
}

// members returns the names of the properties in their written order, then what else is required.
func (n need) members() (names []string, required map[string]bool) {
	required = map[string]bool{}
	for _, p := range n.all {
		for key := range rawjson.Members(p.words.Get("properties")) {
			names = append(names, string(key))
		}
	}
	for _, p := range n.all {
		for _, name := range p.names("required") {
			required[name] = true
			names = append(names, name)
		}
		for _, keyword := range []string{"dependentRequired", "dependencies"} {
			for _, more := range rawjson.Members(p.words.Get(keyword)) {
				names = append(names, texts(more)...)
			}
		}
	}
	return distinct(names), required
}

func distinct(names []string) (once []string) {
	had := map[string]bool{}
	for _, name := range names {
		if !had[name] {
			once = append(once, name)
		}
		had[name] = true
	}
	return once
}

// member makes the value of a member.
func (m *maker) member(n need, name string, at place) (json.RawMessage, error) {
	var schemas []schema.Part
	for _, p := range n.all {
		if err := m.search(p); err != nil {
			return nil, err
		}
		schemas = append(schemas, p.Member(name)...)
	}
	return m.value(schemas, at.in(n, name, at.nth))
}

// pad adds members until there are enough.
func (m *maker) pad(n need, out rawjson.Object, least int, at place) (json.RawMessage, error) {
	for nth := 0; len(out) < least; nth++ {
		name, err := m.name(n, nth)
		if err != nil {
			return nil, err
		}
		if err := m.spend(1+len(out)/8, len(name)); err != nil {
			return nil, err
		}
		if out.Get(name) != nil {
			continue
		}
		v, err := m.member(n, name, at)
		if err != nil {
			return nil, err
		}
		out = append(out, rawjson.Member{Key: name, Value: v})
	}
	return out.JSON(), nil
}

// name makes the name of a member that is not a property.
func (m *maker) name(n need, nth int) (string, error) {
	var schemas []schema.Part
	for _, p := range n.all {
		if err := m.search(p); err != nil {
			return "", err
		}
		for pattern := range rawjson.Members(p.words.Get("patternProperties")) {
			return matching(string(pattern), 0, nth), nil
		}
		schemas = append(schemas, p.under("propertyNames")...)
	}
	raw, err := m.value(schemas, place{name: "member", nth: nth, isName: true})
	name, _ := rawjson.String(raw)
	return name, err
}
