package schema

import (
	"fmt"
	"strconv"
)

// compiler makes nodes of a document. It keeps the first mistake and goes on, so that its
// functions need not return errors.
type compiler struct {
	nodes     map[string]*node
	resources map[string]*resource // by address, without the fragment
	refs      []*reference
	err       error
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

// optional compiles the schema under a keyword. It returns nil if the keyword is missing.
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
