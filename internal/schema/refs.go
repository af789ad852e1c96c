package schema

import (
	"net/url"
	"strings"
)

// reference compiles a reference, which is linked once all schemas are known.
func (c *compiler) reference(n *node, keyword string, text *value) rule {
	if !c.want(text.kind == stringKind, n, keyword, "a string") {
		return nil
	}
	r := &reference{from: n, keyword: keyword}
	c.refs, n.refs = append(c.refs, r), append(n.refs, r)
	return func(c *checker, v *value, seen marks) bool {
		target := c.scope.resolve(r)
		if target.never {
			return c.report(keyword, "not allowed")
		}
		return c.fits(target, v, seen)
	}
}

// link finds the target of a reference.
func (c *compiler) link(r *reference) {
	text := r.from.text.get(r.keyword)
	u, err := url.Parse(text.text)
	if !c.want(err == nil, r.from, r.keyword, "a URI reference") {
		return
	}
	u = r.from.home.base.ResolveReference(u)
	r.name = u.Fragment
	u.Fragment, u.RawFragment = "", ""
	home := c.resources[u.String()]
	if home == nil {
		c.fail(r.at(), "%s leaves the document; put what it names under $defs", brief(text.raw))
		return
	}
	if r.target = c.find(home, r.name); r.target == nil {
		c.fail(r.at(), "%s names no schema", brief(text.raw))
		return
	}
	r.dynamic = r.keyword != "$ref" && home.dynamic[r.name] == r.target
}

// find returns the schema that a fragment names in a resource, or nil. A pointer may lead to a
// place where no keyword expects a schema, such as #/components/schemas/Person.
func (c *compiler) find(home *resource, fragment string) *node {
	switch {
	case fragment == "":
		return home.root
	case fragment[0] != '/':
		return home.anchors[fragment]
	case c.nodes[home.root.at+fragment] != nil:
		return c.nodes[home.root.at+fragment]
	}
	n := &node{at: home.root.at, text: home.root.text}
	for step := range strings.SplitSeq(fragment[1:], "/") {
		n.at, n.under = n.at+"/"+step, step
		if n.text = n.text.child(unescape(step)); n.text == nil {
			return nil
		}
		if known := c.nodes[n.at]; known != nil {
			home = known.home
		}
	}
	c.schema(n, home)
	return n
}

// expandAll refuses references by which too many schemas would apply to one value.
func (c *compiler) expandAll() {
	sizes := map[*node]int{}
	for _, r := range c.refs {
		c.expand(r.from, r, sizes)
	}
}

// expand returns how many schemas apply to a value where n does. via is the last reference on
// the way to n.
func (c *compiler) expand(n *node, via *reference, sizes map[*node]int) int {
	const most, underWay = 1 << 16, -1
	switch size := sizes[n]; {
	case size == underWay:
		c.fail(via.at(), "leads back to itself")
		return 0
	case size > 0:
		return size
	}
	sizes[n] = underWay
	size := 1
	for _, part := range n.same {
		size += c.expand(part, via, sizes)
	}
	for _, r := range n.refs {
		size += c.expand(r.target, r, sizes)
	}
	if size > most {
		c.fail(via.at(), "leads to too many schemas")
	}
	sizes[n] = min(size, most)
	return sizes[n]
}
