package schema

import (
	"fmt"
	"maps"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/google/jsonschema-go/jsonschema"
)

// node is one schema in a document.
type node struct {
	at      string         // its JSON pointer
	in      *node          // the schema that it stands in, nil for the root
	keyword string         // where it stands there: the keyword,
	name    string         // the member's name or the index under it,
	pattern *regexp.Regexp // and that name under patternProperties
	never   bool           // it is false
	words   map[string]any // its keywords that check something; nil for true and false
	parts   []*node        // the schemas in it
	ref     *node          // what its $ref names
	own     func() (*jsonschema.Resolved, error)
}

// compiler holds a document to the form of a schema, and rewrites it into what the library
// reads right: keywords of 2020-12 only, and references by the target's pointer.
type compiler struct {
	s, home *Schema // references are to home's schemas
	old     bool    // draft 07
	refs    []*node
}

func wrong(at, format string, args ...any) error {
	return fmt.Errorf("#%s: %w", at, fmt.Errorf(format, args...))
}

func (c *compiler) document(v any) error {
	words, _ := v.(map[string]any)
	draft, _ := words["$schema"].(string)
	_, draft, _ = strings.Cut(strings.TrimSuffix(draft, "#"), "://json-schema.org/")
	if words["$schema"] != nil && !slices.Contains([]string{"draft/2020-12/schema", "draft/2019-09/schema", "draft-07/schema"}, draft) {
		return wrong("/$schema", "%s is none of the drafts 2020-12, 2019-09 and 07", brief(words["$schema"]))
	}
	c.old = c.old || draft == "draft-07/schema"
	c.s.root, c.s.old = &node{}, c.old
	if err := c.schema(c.s.root, v); err != nil {
		return err
	}
	for _, n := range c.refs {
		if err := c.link(n); err != nil {
			return err
		}
	}
	for _, n := range c.refs {
		const limit = 1 << 16
		if n.cost(nil, limit, 0) <= 0 {
			return wrong(n.at+"/$ref", "leads back to itself, or to too many schemas")
		}
	}
	return nil
}

func (c *compiler) link(n *node) error {
	text, _ := n.words["$ref"].(string)
	fragment, ok := strings.CutPrefix(text, "#")
	if !ok {
		return wrong(n.at+"/$ref", "%s leaves the document; put what it names under $defs", brief(text))
	}
	name, err := url.PathUnescape(fragment)
	if n.ref = c.home.nodes[name]; err != nil || n.ref == nil {
		return wrong(n.at+"/$ref", "%s names no schema", brief(text))
	}
	n.words["$ref"] = home + "#" + (&url.URL{Fragment: n.ref.at}).EscapedFragment()
	return nil
}

func (c *compiler) schema(n *node, v any) error {
	const deepest = 400
	words, ok := v.(map[string]any)
	switch {
	case strings.Count(n.at, "/") > deepest:
		return wrong("", "schemas are nested too deep")
	case !ok && v != true && v != false:
		return wrong(n.at, "%s is no schema", brief(v))
	case words["$defs"] != nil && words["definitions"] != nil:
		return wrong(n.at, "has both $defs and definitions")
	}
	n.words, n.never = words, v == false
	c.s.nodes[n.at] = n
	if c.old {
		modernize(words)
	}
	for _, key := range slices.Sorted(maps.Keys(words)) {
		if err := c.keyword(n, key, words[key]); err != nil {
			return err
		}
	}
	n.own = sync.OnceValues(func() (*jsonschema.Resolved, error) {
		_, own, err := c.home.resolve(n.shell(), false)
		return own, err
	})
	return nil
}

// modernize says in 2020-12 what draft 07 says otherwise.
func modernize(words map[string]any) {
	if words["$ref"] != nil {
		maps.DeleteFunc(words, func(key string, _ any) bool { return key != "$ref" && key != "$defs" && key != "definitions" })
	}
	if list, ok := words["items"].([]any); ok && len(list) > 0 {
		words["prefixItems"] = list
		delete(words, "items")
		if rest, ok := words["additionalItems"]; ok {
			words["items"] = rest
		}
	}
}

// keyword holds one keyword to its form, and reads the schemas in it.
func (c *compiler) keyword(n *node, key string, v any) error {
	list, _ := v.([]any)
	members, _ := v.(map[string]any)
	switch key {
	case "not", "if", "then", "else", "items", "contains", "propertyNames", "additionalProperties", "unevaluatedItems", "unevaluatedProperties":
		return c.part(n, &node{at: n.at + "/" + key, keyword: key}, v)
	case "allOf", "anyOf", "oneOf", "prefixItems":
		if members = map[string]any{}; len(list) == 0 {
			return wrong(n.at+"/"+key, "%s is no list of schemas", brief(v))
		}
	case "properties", "patternProperties", "dependentSchemas", "$defs", "definitions":
		if members == nil {
			return wrong(n.at+"/"+key, "%s is no object of schemas", brief(v))
		}
	default:
		return c.plain(n, key, v)
	}
	names := slices.Sorted(maps.Keys(members))
	for i, v := range list {
		names = append(names, strconv.Itoa(i))
		members[names[i]] = v
	}
	for _, name := range names {
		at := n.at + "/" + key + "/" + strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
		if err := c.part(n, &node{at: at, keyword: key, name: name}, members[name]); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) part(n, p *node, v any) (err error) {
	if p.keyword == "patternProperties" {
		if p.pattern, err = regexp.Compile(p.name); err != nil {
			return wrong(p.at, "%w", err)
		}
	}
	p.in, n.parts = n, append(n.parts, p)
	return c.schema(p, v)
}

// plain holds a keyword without schemas to its form.
func (c *compiler) plain(n *node, key string, v any) (err error) {
	text, ok := v.(string)
	number, isNumber := v.(float64)
	want := "string"
	switch key {
	case "$ref":
		c.refs = append(c.refs, n)
	case "$anchor":
		c.s.nodes[text] = n
		delete(n.words, key)
	case "$id": // tools write pointers here; any other one would change what references mean
		ok, want = ok && (n.in == nil || strings.HasPrefix(text, "#")), "$id for a schema that is not the root"
		delete(n.words, key)
	case "$dynamicRef", "$recursiveRef", "dependencies":
		return wrong(n.at+"/"+key, "is not known here; use $ref, dependentRequired or dependentSchemas")
	case "pattern":
		if _, err := regexp.Compile(text); err != nil {
			return wrong(n.at+"/"+key, "%w", err)
		}
	case "type":
		ok, want = isType(v), "type"
	case "required":
		ok, want = isNames(v), "list of names"
	case "dependentRequired":
		members, isObject := v.(map[string]any)
		ok, want = isObject, "object of lists of names"
		for _, names := range members {
			ok = ok && isNames(names)
		}
	case "enum":
		_, ok = v.([]any)
		want = "list"
	case "uniqueItems":
		_, ok = v.(bool)
		want = "boolean"
	case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains":
		ok, want = isNumber && number >= 0 && number <= math.MaxInt32 && number == math.Trunc(number), "integer from 0 to 2147483647"
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
		ok, want = isNumber, "number"
	case "multipleOf":
		ok, want = isNumber && number > 0, "number over 0"
	case "const":
		ok = true
	default:
		ok = true
		delete(n.words, key)
	}
	if !ok {
		return wrong(n.at+"/"+key, "%s is no %s", brief(v), want)
	}
	return nil
}

func isType(v any) bool {
	kinds := types(v)
	return len(kinds) > 0 && !slices.ContainsFunc(kinds, func(kind any) bool {
		return !slices.Contains([]any{"array", "boolean", "integer", "null", "number", "object", "string"}, kind)
	})
}

// types are the names in a type keyword: one, or a list.
func types(v any) []any {
	if list, ok := v.([]any); ok {
		return list
	}
	return []any{v}
}

func isNames(v any) bool {
	list, ok := v.([]any)
	return ok && !slices.ContainsFunc(list, func(v any) bool { _, text := v.(string); return !text })
}

// strict says whether a schema that speaks of objects, or of nothing at all, allows them only
// the members that they must have.
func (n *node) strict() bool {
	required, _ := n.words["required"].([]any)
	closed := n.never
	for _, p := range n.parts {
		if p.keyword == "properties" && !slices.Contains(required, any(p.name)) {
			return false
		}
		closed = closed || p.keyword == "additionalProperties" && p.never
	}
	return closed || len(n.words) > 0 && !has(n.words, "properties") && !slices.Contains(types(n.words["type"]), any("object"))
}
