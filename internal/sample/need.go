package sample

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// need is what a value has to satisfy: schemas, taken apart, and choices that are still open,
// each with branches that are lists of schemas.
type need struct {
	all     []rawjson.Object
	choices [][][]json.RawMessage
}

// branch adds schemas to what is needed, and decides the first choice that is open then.
func (m *maker) branch(schemas, more []json.RawMessage, n need, at *spot) (json.RawMessage, error) {
	n.all, n.choices = slices.Clone(n.all), slices.Clone(n.choices)
	refs := at.refs
	defer func() { at.refs = refs }()
	for _, part := range more {
		if err := m.expand(part, &n, at); err != nil {
			return nil, err
		}
	}
	if len(n.choices) == 0 {
		return m.leaf(schemas, n, at)
	}
	choice := n.choices[0]
	n.choices = n.choices[1:]
	for _, more := range choice {
		if err := m.spend(1+len(n.all)+len(n.choices), 0); err != nil {
			return nil, err
		}
		v, err := m.branch(schemas, more, n, at)
		if err == nil && m.fits(schemas, v) || errors.Is(err, errMuch) {
			return v, err
		}
	}
	return nil, errNone
}

// expand takes a schema apart.
func (m *maker) expand(part json.RawMessage, n *need, at *spot) error {
	if err := m.spend(1, len(part)); err != nil {
		return err
	}
	if string(part) == "false" {
		return errNone
	}
	s := rawjson.Known(part)
	n.all = append(n.all, s)
	n.choose(s)
	if err := m.follow(s, n, at); err != nil {
		return err
	}
	for _, part := range list(s, "allOf") {
		if err := m.expand(part, n, at); err != nil {
			return err
		}
	}
	return nil
}

// choose notes the choices that a schema leaves.
func (n *need) choose(s rawjson.Object) {
	for _, key := range []string{"anyOf", "oneOf"} {
		var branches [][]json.RawMessage
		for _, part := range list(s, key) {
			branches = append(branches, []json.RawMessage{part})
		}
		if branches != nil {
			slices.SortStableFunc(branches, func(a, b []json.RawMessage) int { return null(a[0]) - null(b[0]) })
			n.choices = append(n.choices, branches)
		}
	}
	if condition := s.Get("if"); condition != nil {
		n.choices = append(n.choices, [][]json.RawMessage{present(condition, s.Get("then")), present(s.Get("else"))})
	}
	for _, key := range []string{"dependentSchemas", "dependencies"} {
		for _, part := range rawjson.Members(s.Get(key)) {
			n.choices = append(n.choices, [][]json.RawMessage{{part}, nil})
		}
	}
}

// null is 1 for a schema that allows nothing but null: the other choices say more.
func null(raw json.RawMessage) int {
	if string(rawjson.Known(raw).Get("type")) == `"null"` {
		return 1
	}
	return 0
}

func present(schemas ...json.RawMessage) []json.RawMessage {
	return slices.DeleteFunc(schemas, func(s json.RawMessage) bool { return s == nil })
}

func (m *maker) follow(s rawjson.Object, n *need, at *spot) error {
	ref, ok := rawjson.String(s.Get("$ref"))
	if !ok || slices.Contains(at.refs, ref) {
		return nil
	}
	if at.up.follows(ref) {
		return errNone // whatever has this inside itself can be had without
	}
	_, pointer, _ := strings.Cut(ref, "#")
	pointer, err := url.PathUnescape(pointer)
	target := m.node(pointer)
	if err != nil || target == nil {
		return errNone
	}
	at.refs = append(slices.Clip(at.refs), ref)
	return m.expand(target, n, at)
}

// node is the part of the document that a JSON pointer names, nil where there is none.
func (m *maker) node(pointer string) json.RawMessage {
	i := strings.LastIndexByte(pointer, '/')
	if i < 0 {
		if pointer == "" {
			return m.root
		}
		return nil
	}
	children, ok := m.nodes[pointer[:i]]
	if !ok {
		parent := m.node(pointer[:i])
		children = members(parent)
		elements, _ := rawjson.Elements(parent)
		for i, element := range elements {
			children[strconv.Itoa(i)] = element
		}
		m.nodes[pointer[:i]] = children
	}
	return children[strings.ReplaceAll(strings.ReplaceAll(pointer[i+1:], "~1", "/"), "~0", "~")]
}

// listed returns the values that the schemas name; closed says that there can be no other.
func (n need) listed() (values []json.RawMessage, closed bool) {
	for _, s := range n.all {
		if v := s.Get("const"); v != nil {
			return []json.RawMessage{v}, true
		}
		if s.Get("enum") != nil {
			return list(s, "enum"), true
		}
		values = append(values, list(s, "examples")...)
		if v := s.Get("default"); v != nil && string(v) != "null" {
			values = append(values, v)
		}
	}
	return values, false
}

// types returns the types that a value may have, the likeliest first: what the schemas' other
// keywords are for where none names a type, and null last.
func (n need) types() []string {
	kinds, known := n.guess(), false
	for _, s := range n.all {
		var names []string
		if name, ok := rawjson.String(s.Get("type")); ok {
			names = []string{name}
		} else if json.Unmarshal(s.Get("type"), &names) != nil {
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
	slices.SortStableFunc(kinds, func(a, b string) int { return strings.Count(a, "null") - strings.Count(b, "null") })
	return kinds
}

func (n need) guess() (kinds []string) {
	for _, s := range n.all {
		for _, m := range s {
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
