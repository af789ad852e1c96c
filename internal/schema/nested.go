package schema

import "github.com/chatcmpl/chatcmpl/internal/rawjson"

func (c *compiler) properties(n *node, text *value) rule {
	n.properties = map[string]*node{}
	for i, p := range c.named(n, "properties", text) {
		n.properties[text.names[i]] = p
	}
	return func(c *checker, v *value, seen marks) bool {
		return c.parts(v, objectKind, seen, func(i int) *node { return n.properties[v.names[i]] })
	}
}

func (c *compiler) patternProperties(n *node, text *value) rule {
	for i, p := range c.named(n, "patternProperties", text) {
		name, err := compilePattern(text.names[i])
		if err != nil {
			c.fail(p.at, "%w", err)
		}
		n.patterns = append(n.patterns, patterned{name, p})
	}
	return func(c *checker, v *value, seen marks) bool {
		return c.all(len(n.patterns), func(at int) bool {
			return c.parts(v, objectKind, seen, func(i int) *node { return n.patterns[at].choose(c, v.names[i]) })
		})
	}
}

func (c *compiler) additionalProperties(n *node, text *value) rule {
	n.additional = c.part(n, text, "additionalProperties")
	return func(c *checker, v *value, seen marks) bool {
		return c.parts(v, objectKind, seen, func(i int) *node { return n.additionalFor(c, v.names[i]) })
	}
}

func (c *compiler) propertyNames(n *node, text *value) rule {
	const keyword = "propertyNames"
	p := c.part(n, text, keyword)
	return func(c *checker, v *value, _ marks) bool {
		return c.all(len(v.names), func(i int) bool {
			name := &value{kind: stringKind, text: v.names[i]}
			return c.fitsQuietly(p, name, nil) ||
				c.report(keyword, "the name "+brief(rawjson.Quote(name.text))+" does not fit "+keyword+" "+brief(text.raw))
		})
	}
}

// items compiles a keyword for the first elements of arrays, or for those after them.
func (c *compiler) items(n *node, keyword string, text *value) rule {
	items := n.text.get("items")
	isList := items != nil && items.kind == arrayKind
	switch {
	case isList && !c.want(n.home.draft < draft2020, n, "items", "a schema; a list of them is prefixItems"):
		return nil
	case keyword == "prefixItems", keyword == "items" && isList:
		n.first = c.list(n, keyword, text)
		return elements(func(i int) *node {
			if i < len(n.first) {
				return n.first[i]
			}
			return nil
		})
	}
	others := c.part(n, text, keyword)
	if keyword == "additionalItems" && !isList {
		return nil
	}
	n.others = others
	return elements(func(i int) *node {
		if i < len(n.first) {
			return nil
		}
		return others
	})
}

func elements(choose func(i int) *node) rule {
	return func(c *checker, v *value, seen marks) bool { return c.parts(v, arrayKind, seen, choose) }
}

func (c *compiler) contains(n *node, text *value) rule {
	p := c.part(n, text, "contains")
	least, atLeast := 1, "contains"
	if limit, ok := c.limit(n, "minContains"); ok {
		least, atLeast = limit, "minContains"
	}
	most, limited := c.limit(n, "maxContains")
	evaluates := n.home.draft >= draft2020
	return func(c *checker, v *value, seen marks) bool {
		if v.kind != arrayKind {
			return true
		}
		found := 0
		for i := range v.parts {
			if !c.fitsQuietly(p, &v.parts[i], nil) {
				continue
			}
			if found++; evaluates {
				seen.set(i)
			}
		}
		switch {
		case found < least:
			return c.mismatch(v, atLeast, n.text.get(atLeast))
		case limited && found > most:
			return c.mismatch(v, "maxContains", n.text.get("maxContains"))
		}
		return true
	}
}

// limit returns the count under a keyword that goes with another one; ok is false where there is
// none.
func (c *compiler) limit(n *node, keyword string) (limit int, ok bool) {
	text := n.text.get(keyword)
	if text == nil || n.ignores(keyword) {
		return 0, false
	}
	return c.count(n, keyword, text)
}
