package schema

import (
	"strings"
)

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
