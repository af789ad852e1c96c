package schema

import "slices"

// choice compiles anyOf and oneOf.
func (c *compiler) choice(n *node, keyword string, text *value) rule {
	parts := c.list(n, keyword, text)
	n.same = append(n.same, parts...)
	return func(c *checker, v *value, seen marks) bool {
		enough := 1
		switch {
		case keyword == "oneOf":
			enough = 2
		case seen != nil: // each that fits may evaluate something else
			enough = len(parts)
		}
		fitting := 0
		for i := 0; i < len(parts) && fitting < enough; i++ {
			if c.fitsQuietly(parts[i], v, seen) {
				fitting++
			}
		}
		switch {
		case fitting == 0:
			return c.fitsNone(parts, v, keyword)
		case fitting > 1 && keyword == "oneOf":
			return c.report(keyword, "fits more than one of the choices")
		}
		return true
	}
}

// fitsNone reports why a value fits none of the choices. If all but one are of another type or
// have another constant, as in a nullable object or a tagged union, that one was meant, and what
// is reported are its violations.
func (c *checker) fitsNone(parts []*node, v *value, keyword string) bool {
	if c.quiet {
		return false
	}
	var meant [][]Violation
	for _, p := range parts {
		if found := c.violations(p, v); !slices.ContainsFunc(found, c.isOther) {
			meant = append(meant, found)
		}
	}
	if len(meant) != 1 {
		return c.report(keyword, "fits none of the choices")
	}
	for _, one := range meant[0] {
		c.add(one)
	}
	return false
}

// violations returns what is wrong with a value, and reports nothing.
func (c *checker) violations(n *node, v *value) []Violation {
	before := c.found
	c.found = nil
	c.fits(n, v, nil)
	found := c.found
	c.found, c.quiet = before, false
	return found
}

// isOther reports whether a violation shows that the value was meant for another choice.
func (c *checker) isOther(one Violation) bool {
	return one.Rule == "const" || (one.Rule == "type" || one.Rule == "enum") && one.Path == c.place()
}
