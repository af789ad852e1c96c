package accept

import (
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/schema"
)

// Properties returns the names of the properties that the schema has at its top, in its order; nil where it has none.
func (r *Rules) Properties() []string {
	if r.schema == nil {
		return nil
	}
	return properties(r.schema.Root(), nil)
}

// properties returns those of a schema, or else of the schemas that it refers to.
func properties(part schema.Part, seen []schema.Part) (names []string) {
	if slices.Contains(seen, part) {
		return nil
	}
	for _, m := range rawjson.Known(rawjson.Known(part.Text()).Get("properties")) {
		if !slices.Contains(names, m.Key) {
			names = append(names, m.Key)
		}
	}
	if names != nil {
		return names
	}
	for _, target := range part.Targets() {
		if names = properties(target, append(seen, part)); names != nil {
			return names
		}
	}
	return nil
}
