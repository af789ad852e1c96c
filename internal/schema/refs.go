package schema

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// resolve finds what a reference names, and walks it as a schema.
func (c *compiler) resolve(ref reference) error {
	if c.s.refs[ref.text] != nil {
		return nil
	}
	to, err := c.base.Parse(ref.text)
	if err != nil {
		return wrong(ref.at, "%q is not a URI", ref.text)
	}
	fragment := to.Fragment
	if to.Fragment, to.RawFragment = "", ""; to.String() != c.base.String() {
		return wrong(ref.at, "%q leaves the document; nothing is loaded, so put what it names under $defs", ref.text)
	}
	target, ok := c.anchors[fragment]
	if fragment == "" || strings.HasPrefix(fragment, "/") {
		target, ok = follow(c.s.root, fragment)
	}
	if !ok {
		return wrong(ref.at, "%q names nothing", ref.text)
	}
	if strings.HasPrefix(fragment, "/") {
		if err := c.schema(target, fragment); err != nil {
			return err
		}
	}
	c.s.refs[ref.text] = target
	return nil
}

// follow walks a JSON pointer.
func follow(v any, pointer string) (any, bool) {
	if pointer == "" {
		return v, true
	}
	for step := range strings.SplitSeq(pointer[1:], "/") {
		step = strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
		switch parent := v.(type) {
		case map[string]any:
			child, ok := parent[step]
			if !ok {
				return nil, false
			}
			v = child
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(parent) {
				return nil, false
			}
			v = parent[i]
		default:
			return nil, false
		}
	}
	return v, true
}

// loops says whether checking what a reference names comes back to a reference with the
// same value in hand. The state of a reference is 1 while it is followed, and 2 after that.
func (c *compiler) loops(ref string, state map[string]int) bool {
	if state[ref] != 0 {
		return state[ref] == 1
	}
	state[ref] = 1
	found := c.leads(c.s.refs[ref], state)
	state[ref] = 2
	return found
}

func (c *compiler) leads(schema any, state map[string]int) bool {
	m, ok := schema.(map[string]any)
	if !ok {
		return false
	}
	for _, key := range []string{"$ref", "$dynamicRef", "$recursiveRef"} {
		if ref, ok := m[key].(string); ok && c.loops(ref, state) {
			return true
		}
	}
	for _, part := range inPlace(m) {
		if c.leads(part, state) {
			return true
		}
	}
	return false
}

// inPlace returns the parts of a schema that look at the same value as it does.
func inPlace(m map[string]any) []any {
	parts := []any{m["not"], m["if"], m["then"], m["else"]}
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		list, _ := m[key].([]any)
		parts = append(parts, list...)
	}
	for _, key := range []string{"dependentSchemas", "dependencies"} {
		members, _ := m[key].(map[string]any)
		parts = slices.AppendSeq(parts, maps.Values(members))
	}
	return parts
}
