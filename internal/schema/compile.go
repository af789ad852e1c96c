package schema

import (
	"fmt"
	"strconv"
	"strings"
)

// compiler makes nodes of a document. It keeps the first mistake and goes on, so that its
// functions need not return errors.
type compiler struct {
	nodes     map[string]*node
	resources map[string]*resource // by address, without the fragment
	refs      []*reference
	err       error
}

func compile(text *value) (*Schema, error) {
	c := compiler{nodes: map[string]*node{}, resources: map[string]*resource{}}
	root := &node{text: text, under: "false"}
	c.schema(root, nil)
	for i := 0; i < len(c.refs) && c.err == nil; i++ { // linking may find more of them
		c.link(c.refs[i])
	}
	if c.err == nil {
		c.expandAll()
	}
	if c.err != nil {
		return nil, c.err
	}
	return &Schema{root: root, nodes: c.nodes}, nil
}

func (c *compiler) fail(at, format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("#%s: %w", at, fmt.Errorf(format, args...))
	}
}

// want reports whether a keyword has the form that it must have, and fails otherwise.
func (c *compiler) want(ok bool, n *node, keyword, form string) bool {
	if !ok {
		c.fail(n.at+"/"+keyword, "%s is not %s", brief(n.text.get(keyword).raw), form)
	}
	return ok
}

func (c *compiler) schema(n *node, outer *resource) {
	const deepest = 400
	n.home = outer
	c.nodes[n.at] = n
	switch {
	case strings.Count(n.at, "/") > deepest:
		c.fail("", "schemas are nested too deep")
	case n.text.kind != objectKind && n.text.kind != booleanKind:
		c.fail(n.at, "%s is not a schema", brief(n.text.raw))
	default:
		n.never = n.text.is("false")
		c.identify(n)
		c.keywords(n)
	}
}

// keywords compiles the keywords in the order of their names, first those without schemas in
// them. The unevaluated ones then come after those that evaluate something.
func (c *compiler) keywords(n *node) {
	var applicators []rule
	for i, keyword := range n.text.names {
		text := &n.text.parts[i]
		if n.ignores(keyword) {
			continue
		}
		if r := c.assertion(n, keyword, text); r != nil {
			n.rules = append(n.rules, r)
		}
		if r := c.applicator(n, keyword, text); r != nil {
			applicators = append(applicators, r)
		}
	}
	n.rules = append(n.rules, applicators...)
}

// part compiles the schema under a keyword. Where that holds many, path leads to this one.
func (c *compiler) part(n *node, text *value, keyword string, path ...string) *node {
	at := n.pointer(keyword, path...)
	if known := c.nodes[at]; known != nil {
		return known
	}
	p := &node{at: at, under: keyword, text: text}
	c.schema(p, n.home)
	return p
}

// optional compiles the schema under a keyword, and returns nil where there is none.
func (c *compiler) optional(n *node, keyword string) *node {
	if text := n.text.get(keyword); text != nil {
		return c.part(n, text, keyword)
	}
	return nil
}

// list compiles the schemas in an array.
func (c *compiler) list(n *node, keyword string, text *value) (parts []*node) {
	if !c.want(text.kind == arrayKind && len(text.parts) > 0, n, keyword, "a list of schemas") {
		return nil
	}
	for i := range text.parts {
		parts = append(parts, c.part(n, &text.parts[i], keyword, strconv.Itoa(i)))
	}
	return parts
}

// named compiles the schemas in an object, in the order of its names.
func (c *compiler) named(n *node, keyword string, text *value) (parts []*node) {
	if !c.want(text.kind == objectKind, n, keyword, "an object of schemas") {
		return nil
	}
	for i, name := range text.names {
		parts = append(parts, c.part(n, &text.parts[i], keyword, name))
	}
	return parts
}
