package schema

// scope lists the resources that a check is inside of, the innermost first.
type scope struct {
	home  *resource
	outer *scope
}

func (s *scope) enter(home *resource) *scope {
	if s.home == home {
		return s
	}
	return &scope{home, s}
}

// resolve returns the schema that a reference means in a scope.
func (s *scope) resolve(r *reference) *node {
	target := r.target
	for ; s != nil && r.dynamic; s = s.outer {
		if outer := s.home.dynamic[r.name]; outer != nil {
			target = outer
		}
	}
	return target
}

// scope returns the scope in which a check begins.
func (s *Schema) scope() *scope { return &scope{home: s.root.home} }
