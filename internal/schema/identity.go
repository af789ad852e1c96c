package schema

import "net/url"

// identify puts a schema into its resource, and makes it known there by its names.
func (c *compiler) identify(n *node) {
	if n.home == nil {
		n.home = c.resource(n, &url.URL{}, draft2020)
	}
	if n.onlyRef() {
		return
	}
	if id := n.text.get("$id"); id != nil && c.want(id.kind == stringKind, n, "$id", "a string") {
		c.setID(n, id)
	}
	c.setAnchor(n, "$anchor")
	c.setAnchor(n, "$dynamicAnchor")
	if v := n.text.get("$recursiveAnchor"); v != nil && n.home.root == n && n.home.draft == draft2019 && v.is("true") {
		n.home.dynamic[""] = n
	}
}

// resource makes a schema the root of a resource, of the draft that it names or the given one.
func (c *compiler) resource(n *node, base *url.URL, d draft) *resource {
	if text := n.text.get("$schema"); text != nil {
		named, ok := parseDraft(text.text)
		if c.want(ok, n, "$schema", "one of the drafts 2020-12, 2019-09 and 07") {
			d = named
		}
	}
	if known := c.resources[base.String()]; known != nil && known.root != n {
		c.fail(n.at+"/$id", "%q is already the address of another schema", base)
	}
	r := &resource{base: base, root: n, draft: d, anchors: map[string]*node{}, dynamic: map[string]*node{}}
	c.resources[base.String()] = r
	return r
}

// setID begins a resource where the address is more than a fragment. In draft 07 a fragment that
// is a name is what $anchor is in later ones. Any other fragment says nothing new.
func (c *compiler) setID(n *node, id *value) {
	u, err := url.Parse(id.text)
	if !c.want(err == nil, n, "$id", "a URI reference") {
		return
	}
	name := u.Fragment
	u.Fragment, u.RawFragment = "", ""
	if *u != (url.URL{}) {
		n.home = c.resource(n, n.home.base.ResolveReference(u), n.home.draft)
	}
	if name != "" && name[0] != '/' && n.home.draft == draft07 {
		c.setName(n, "$id", name)
	}
}

func (c *compiler) setAnchor(n *node, keyword string) {
	text := n.text.get(keyword)
	if text == nil || n.ignores(keyword) || !c.want(text.kind == stringKind, n, keyword, "a string") {
		return
	}
	c.setName(n, keyword, text.text)
	if keyword == "$dynamicAnchor" {
		n.home.dynamic[text.text] = n
	}
}

func (c *compiler) setName(n *node, keyword, name string) {
	if known := n.home.anchors[name]; known != nil && known != n {
		c.fail(n.at+"/"+keyword, "%q is already the name of another schema", name)
	}
	n.home.anchors[name] = n
}
