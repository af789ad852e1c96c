package sample

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/schema"
)

// need lists what a value has to satisfy: schemas, and choices that are still open.
type need struct {
	all     []part
	choices [][]alternative
}

// alternative is one way to make a choice: the schemas that then apply.
type alternative = []schema.Part

func (n need) clone() need { return need{slices.Clone(n.all), slices.Clone(n.choices)} }

// expand adds a schema and those that apply together with it.
func (m *maker) expand(schema schema.Part, n *need, at place) error {
	text := schema.Text()
	if err := m.spend(1, len(text)); err != nil {
		return err
	}
	if string(text) == "false" {
		return errNone
	}
	p := part{schema, rawjson.Known(text)}
	n.all = append(n.all, p)
	n.choose(p)
	for _, target := range p.Targets() {
		if err := m.follow(target, n, at); err != nil {
			return err
		}
	}
	for i := range p.list("allOf") {
		for _, more := range p.under("allOf", strconv.Itoa(i)) {
			if err := m.expand(more, n, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// follow adds the target of a reference, unless it would contain itself.
func (m *maker) follow(target schema.Part, n *need, at place) error {
	const perStep = 16
	isTarget := func(p part) bool { return p.Part == target }
	if err := m.spend(len(n.all)/perStep, 0); err != nil || slices.ContainsFunc(n.all, isTarget) {
		return err
	}
	for around := at.around; around != nil; around = around.around {
		if slices.ContainsFunc(around.schemas, isTarget) {
			return errNone
		}
	}
	return m.expand(target, n, at)
}

// choose notes the choices that a schema leaves.
func (n *need) choose(p part) {
	for _, keyword := range []string{"anyOf", "oneOf"} {
		var choice []alternative
		for i := range p.list(keyword) {
			choice = append(choice, p.under(keyword, strconv.Itoa(i)))
		}
		if choice != nil {
			slices.SortStableFunc(choice, func(a, b alternative) int { return nullsLast(a) - nullsLast(b) })
			n.choices = append(n.choices, choice)
		}
	}
	if condition := p.under("if"); condition != nil {
		n.choices = append(n.choices, []alternative{append(condition, p.under("then")...), p.under("else")})
	}
	for _, keyword := range []string{"dependentSchemas", "dependencies"} {
		for name := range rawjson.Members(p.words.Get(keyword)) {
			if dependent := p.under(keyword, string(name)); dependent != nil {
				n.choices = append(n.choices, []alternative{dependent, nil})
			}
		}
	}
}

// nullsLast returns 1 for what allows nothing but null, since other choices say more.
func nullsLast(a alternative) int {
	if len(a) == 1 && string(rawjson.Known(a[0].Text()).Get("type")) == `"null"` {
		return 1
	}
	return 0
}

// listed returns the values that the schemas name; closed says that there can be no other.
func (n need) listed() (values []json.RawMessage, closed bool) {
	for _, p := range n.all {
		if v := p.words.Get("const"); v != nil {
			return []json.RawMessage{v}, true
		}
		if p.words.Get("enum") != nil {
			return p.list("enum"), true
		}
		values = append(values, p.list("examples")...)
		if v := p.words.Get("default"); v != nil && string(v) != "null" {
			values = append(values, v)
		}
	}
	return values, false
}

// types returns the types that a value may have, null last. If the schemas do not name any, those
// that their other keywords are for come first.
func (n need) types() []string {
	kinds, known := n.guesses(), false
	for _, p := range n.all {
		names := p.names("type")
		if name, ok := rawjson.String(p.words.Get("type")); ok {
			names = []string{name}
		}
		if names == nil {
			continue
		}
		if slices.Contains(names, "number") {
			names = append(names, "integer")
		}
		if known {
			names = slices.DeleteFunc(kinds, func(kind string) bool { return !slices.Contains(names, kind) })
		}
		kinds, known = names, true
	}
	if i := slices.Index(kinds, "null"); i >= 0 {
		kinds = append(slices.Delete(kinds, i, i+1), "null")
	}
	return kinds
}

func (n need) guesses() (kinds []string) {
	for _, p := range n.all {
		for _, m := range p.words {
			switch m.Key {
			case "properties", "required", "additionalProperties", "patternProperties", "minProperties":
				kinds = append(kinds, "object")
			case "items", "prefixItems", "minItems", "contains", "uniqueItems":
				kinds = append(kinds, "array")
			case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf":
				kinds = append(kinds, "number")
			}
		}
	}
	return append(slices.Compact(kinds), "string", "number", "object", "array", "boolean", "null")
}

// bounds returns the tightest pair of keywords like minItems and maxItems.
func (n need) bounds(what string) (least, most int) {
	const unlimited = math.MaxInt32
	most = unlimited
	for _, p := range n.all {
		least = max(least, p.count("min"+what, 0))
		most = min(most, p.count("max"+what, unlimited))
	}
	return least, most
}
