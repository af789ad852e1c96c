// Package schema checks JSON against a JSON Schema of draft 2020-12, 2019-09 or 07. It compares
// numbers exactly, checks formats, and says where in the instance what is wrong. Every check ends:
// one that would take too long or go too deep is a violation of the rule "limit".
//
// Two things do not compile: a reference to another document, and a pattern with a lookaround or
// a back reference, which Go's regular expressions lack.
package schema

import (
	"errors"
	"fmt"
)

// Compile reads a schema. An error begins with the place of the mistake: line:column where the
// text is not JSON, otherwise a JSON pointer. A reference that leaves the document or leads back
// to itself is a mistake.
func Compile(raw []byte) (*Schema, error) {
	text, err := decode(raw)
	switch {
	case errors.Is(err, errTooLarge):
		return nil, fmt.Errorf("#: %w", err)
	case err != nil:
		return nil, err
	}
	return compile(&text)
}

// Check returns what is wrong with an instance: at most 20 violations, in the same order each
// time, and none only for a valid instance.
func (s *Schema) Check(instance []byte) []Violation {
	v, err := decode(instance)
	if err != nil && !errors.Is(err, errTooLarge) {
		return []Violation{{"$", "json", err.Error()}}
	}
	c := checker{left: maxSteps, scope: s.scope()}
	if err == nil {
		c.fits(s.root, &v, nil)
	}
	if err != nil || c.gaveUp() {
		return []Violation{{"$", "limit", "too much to check"}}
	}
	return c.found
}

// Strict reports whether objects can only have the members that they must have, wherever the
// schema allows objects.
func (s *Schema) Strict() bool {
	for _, n := range s.nodes {
		if !n.strict() {
			return false
		}
	}
	return true
}
