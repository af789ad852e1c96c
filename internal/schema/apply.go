package schema

// applicator compiles a keyword with schemas in it. It returns nil for any other keyword, and for
// those that only hold schemas for references.
func (c *compiler) applicator(n *node, keyword string, text *value) rule {
	switch keyword {
	case "$ref", "$dynamicRef", "$recursiveRef":
		return c.reference(n, keyword, text)
	case "$defs", "definitions":
		c.named(n, keyword, text)
	case "then", "else":
		c.part(n, text, keyword)
	case "if":
		return c.condition(n, text)
	case "not":
		return c.not(n, text)
	case "allOf":
		return c.allOf(n, text)
	case "anyOf", "oneOf":
		return c.choice(n, keyword, text)
	case "dependentSchemas", "dependentRequired", "dependencies":
		return c.dependent(n, keyword, text)
	case "properties":
		return c.properties(n, text)
	case "patternProperties":
		return c.patternProperties(n, text)
	case "additionalProperties":
		return c.additionalProperties(n, text)
	case "propertyNames":
		return c.propertyNames(n, text)
	case "prefixItems", "items", "additionalItems":
		return c.items(n, keyword, text)
	case "contains":
		return c.contains(n, text)
	case "unevaluatedProperties":
		return c.unevaluated(n, keyword, text, objectKind)
	case "unevaluatedItems":
		return c.unevaluated(n, keyword, text, arrayKind)
	}
	return nil
}

func (c *compiler) condition(n *node, text *value) rule {
	condition, yes, no := c.part(n, text, "if"), c.optional(n, "then"), c.optional(n, "else")
	for _, p := range []*node{condition, yes, no} {
		if p != nil {
			n.same = append(n.same, p)
		}
	}
	return func(c *checker, v *value, seen marks) bool {
		next := no
		if c.fitsQuietly(condition, v, seen) {
			next = yes
		}
		return next == nil || c.fits(next, v, seen)
	}
}

func (c *compiler) not(n *node, text *value) rule {
	p := c.part(n, text, "not")
	n.same = append(n.same, p)
	return func(c *checker, v *value, _ marks) bool {
		return !c.fitsQuietly(p, v, nil) || c.mismatch(v, "not", text)
	}
}

func (c *compiler) allOf(n *node, text *value) rule {
	parts := c.list(n, "allOf", text)
	n.same = append(n.same, parts...)
	return func(c *checker, v *value, seen marks) bool {
		return c.all(len(parts), func(i int) bool { return c.fits(parts[i], v, seen) })
	}
}

// dependent compiles dependentSchemas, dependentRequired, and dependencies, which are either.
func (c *compiler) dependent(n *node, keyword string, text *value) rule {
	if !c.want(text.kind == objectKind, n, keyword, "an object") {
		return nil
	}
	rules := make([]rule, len(text.names))
	for i, name := range text.names {
		names, isNames := text.parts[i].texts()
		switch {
		case keyword == "dependentRequired" && !c.want(isNames, n, keyword, "an object of lists of names"):
			return nil
		case keyword != "dependentSchemas" && isNames:
			rules[i] = func(c *checker, v *value, _ marks) bool { return c.requires(v, keyword, names) }
		default:
			p := c.part(n, &text.parts[i], keyword, name)
			n.same = append(n.same, p)
			rules[i] = func(c *checker, v *value, seen marks) bool { return c.fits(p, v, seen) }
		}
	}
	return func(c *checker, v *value, seen marks) bool {
		return c.all(len(rules), func(i int) bool { return v.get(text.names[i]) == nil || rules[i](c, v, seen) })
	}
}

// unevaluated compiles a keyword for the members or elements that nothing else in the schema
// evaluates.
func (c *compiler) unevaluated(n *node, keyword string, text *value, k kind) rule {
	p := c.part(n, text, keyword)
	n.unevaluated = true
	return func(c *checker, v *value, seen marks) bool {
		return c.parts(v, k, seen, func(i int) *node {
			if seen[i] {
				return nil
			}
			return p
		})
	}
}
