package schema

import (
	"net/url"
	"slices"
	"strings"
)

// node is one compiled schema in a document.
type node struct {
	at    string    // its JSON pointer
	under string    // the keyword that it stands under, which is the one that is broken if it is false
	home  *resource // the schema resource that it belongs to
	text  *value    // as it was written
	rules []rule
	same  []*node // the schemas in it that apply to the same value
	refs  []*reference

	never       bool // it is false
	types       kind
	required    map[string]bool
	properties  map[string]*node
	patterns    []patterned
	additional  *node   // for the other members
	first       []*node // for the first elements of an array
	others      *node   // for the elements after them
	unevaluated bool    // it has unevaluatedProperties or unevaluatedItems
}

// rule checks a value against one keyword. It reports its own violations, and marks in seen the
// members or elements that it evaluates.
type rule func(c *checker, v *value, seen marks) bool

// patterned is one schema under patternProperties.
type patterned struct {
	name   pattern
	schema *node
}

// choose returns the schema if it is for a member of that name, and nil otherwise.
func (p patterned) choose(c *checker, name string) *node {
	if p.name.matches(c, name) {
		return p.schema
	}
	return nil
}

// resource is a schema with an address of its own, and what can be found in it by name.
type resource struct {
	base    *url.URL
	root    *node
	draft   draft
	anchors map[string]*node
	dynamic map[string]*node // by $dynamicAnchor; $recursiveAnchor is the empty name
}

// draft is a version of JSON Schema; later ones are greater.
type draft int

const (
	draft07   draft = 7
	draft2019 draft = 2019
	draft2020 draft = 2020
)

func parseDraft(address string) (d draft, ok bool) {
	_, name, _ := strings.Cut(strings.TrimSuffix(address, "#"), "://json-schema.org/")
	switch name {
	case "draft-07/schema":
		return draft07, true
	case "draft/2019-09/schema":
		return draft2019, true
	case "draft/2020-12/schema":
		return draft2020, true
	}
	return 0, false
}

// has reports whether a keyword means something in the draft. Definitions and dependencies keep
// their meaning in all of them.
func (d draft) has(keyword string) bool {
	switch keyword {
	case "prefixItems", "$dynamicRef", "$dynamicAnchor":
		return d >= draft2020
	case "$anchor", "dependentRequired", "dependentSchemas", "minContains", "maxContains", "unevaluatedItems", "unevaluatedProperties":
		return d >= draft2019
	case "$recursiveRef", "$recursiveAnchor":
		return d == draft2019
	case "additionalItems":
		return d < draft2020
	}
	return true
}

// onlyRef reports whether the schema is a $ref of draft 07, beside which no keyword counts.
func (n *node) onlyRef() bool { return n.home.draft == draft07 && n.text.get("$ref") != nil }

// ignores reports whether a keyword means nothing where it stands.
func (n *node) ignores(keyword string) bool {
	return !n.home.draft.has(keyword) || n.onlyRef() && keyword != "$ref" && keyword != "$defs" && keyword != "definitions"
}

// additionalFor returns the schema for a member that properties and patternProperties do not
// apply to, and nil for any other.
func (n *node) additionalFor(c *checker, name string) *node {
	if n.properties[name] != nil || slices.ContainsFunc(n.patterns, func(p patterned) bool { return p.name.matches(c, name) }) {
		return nil
	}
	return n.additional
}

// strict reports whether the schema by itself allows no members but those that it requires.
func (n *node) strict() bool {
	for name := range n.properties {
		if !n.required[name] {
			return false
		}
	}
	closed := n.additional != nil && n.additional.never
	return closed || n.never || len(n.rules) > 0 && n.properties == nil && n.types&objectKind == 0
}

// pointer returns the JSON pointer of the schema under a keyword, or at a path from there.
func (n *node) pointer(keyword string, path ...string) string {
	steps := []string{n.at, keyword}
	for _, step := range path {
		steps = append(steps, escape(step))
	}
	return strings.Join(steps, "/")
}

func escape(step string) string {
	return strings.ReplaceAll(strings.ReplaceAll(step, "~", "~0"), "/", "~1")
}

func unescape(step string) string {
	return strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
}

// Schema is a compiled schema. It is safe for use by several goroutines.
type Schema struct {
	root  *node
	nodes map[string]*node // by JSON pointer
}

// reference is a $ref, $dynamicRef or $recursiveRef.
type reference struct {
	from    *node
	keyword string
	target  *node
	dynamic bool   // it means the outermost schema of that name in scope
	name    string // of a dynamic target
}

func (r *reference) at() string { return r.from.at + "/" + r.keyword }

// marks are the members or elements of a value that schemas have evaluated; nil where no
// unevaluatedProperties or unevaluatedItems asks for them.
type marks []bool

func (m marks) set(i int) {
	if m != nil {
		m[i] = true
	}
}

func (m marks) add(other marks) {
	for i, evaluated := range other {
		if evaluated {
			m.set(i)
		}
	}
}

// fresh returns marks for the same value, none of them set.
func (m marks) fresh() marks {
	if m == nil {
		return nil
	}
	return make(marks, len(m))
}
