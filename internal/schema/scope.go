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

// marks are the members or elements of a value that schemas have evaluated; nil where no
// unevaluatedProperties or unevaluatedItems asks for them.
type marks []bool

func (m marks) set(i int) {
	if m != nil {
		m[i] = true
	}
}

func (m marks) add(other marks) {
	for i, evaluated := range other {
		if evaluated {
			m.set(i)
		}
	}
}

// fresh returns marks for the same value, none of them set.
func (m marks) fresh() marks {
	if m == nil {
		return nil
	}
	return make(marks, len(m))
}
