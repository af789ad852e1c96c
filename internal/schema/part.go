package schema

import "encoding/json"

// Part is one schema of a document: the whole of it, or one inside it. Parts are equal if they are
// the same schema at the same place.
type Part struct {
	document *Schema
	node     *node
}

// Root returns the whole schema.
func (s *Schema) Root() Part { return Part{s, s.root} }

// Text returns the schema as it was written.
func (p Part) Text() json.RawMessage { return p.node.text.raw }

// At returns the schema under a keyword, or the one to which path leads from there: an index, or
// the name of a member.
func (p Part) At(keyword string, path ...string) (part Part, ok bool) {
	n, ok := p.document.nodes[p.node.pointer(keyword, path...)]
	return Part{p.document, n}, ok
}

// Targets returns the schemas that its references mean. A dynamic one means what it would in a
// check that goes straight from the whole schema to this one.
func (p Part) Targets() (targets []Part) {
	s := p.document.scope().enter(p.node.home)
	for _, r := range p.node.refs {
		targets = append(targets, Part{p.document, s.resolve(r)})
	}
	return targets
}

// Member returns the schemas that it has for a member of that name.
func (p Part) Member(name string) (schemas []Part) {
	c := checker{left: maxSteps}
	add := func(n *node) {
		if n != nil {
			schemas = append(schemas, Part{p.document, n})
		}
	}
	add(p.node.properties[name])
	for _, other := range p.node.patterns {
		add(other.choose(&c, name))
	}
	add(p.node.additionalFor(&c, name))
	return schemas
}

// Element returns the schema that it has for the element of an array at an index.
func (p Part) Element(i int) (schema Part, ok bool) {
	n := p.node.others
	if i < len(p.node.first) {
		n = p.node.first[i]
	}
	return Part{p.document, n}, n != nil
}

// Fits reports whether an instance is valid, and how many steps it took to find out: some ten
// million of them are a second. What would take more steps than limit does not fit.
func (p Part) Fits(instance []byte, limit int) (fits bool, steps int) {
	v, err := decode(instance)
	if err != nil {
		return false, 0
	}
	c := checker{quiet: true, left: limit, scope: p.document.scope()}
	fits = c.fits(p.node, &v, nil) && !c.gaveUp()
	return fits, limit - max(c.left, 0)
}
