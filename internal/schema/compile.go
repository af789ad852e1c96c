package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// compiler walks every schema of a document once.
type compiler struct {
	s       *Schema
	base    *url.URL
	seen    map[string]bool // pointers of the schemas that were walked
	anchors map[string]any
	refs    []reference
	depth   int
}

type reference struct{ text, at string }

func wrong(at, format string, args ...any) error {
	return fmt.Errorf("#%s: %w", at, fmt.Errorf(format, args...))
}

func (c *compiler) document() error {
	if err := c.identity(); err != nil {
		return err
	}
	if err := c.schema(c.s.root, ""); err != nil {
		return err
	}
	// What a reference names may lie where no schema was looked for, and have more of them.
	for len(c.refs) > 0 {
		ref := c.refs[0]
		c.refs = c.refs[1:]
		if err := c.resolve(ref); err != nil {
			return err
		}
	}
	state := map[string]int{}
	for _, ref := range slices.Sorted(maps.Keys(c.s.refs)) {
		if c.loops(ref, state) {
			return wrong("", "following the $ref %q never ends", ref)
		}
	}
	return nil
}

// identity reads the root's $schema and $id.
func (c *compiler) identity() error {
	root, _ := c.s.root.(map[string]any)
	draft, _ := root["$schema"].(string)
	_, name, _ := strings.Cut(strings.TrimSuffix(draft, "#"), "://json-schema.org/")
	switch name {
	case "draft-06/schema", "draft-07/schema":
		c.s.old, c.s.listed = true, true
	case "draft/2019-09/schema":
		c.s.listed = true
	case "draft/2020-12/schema", "schema":
	default:
		if root["$schema"] != nil {
			return wrong("/$schema", "%s is not one of the drafts 2020-12, 2019-09, 07 and 06", brief(root["$schema"]))
		}
	}
	id, _ := root["$id"].(string)
	base, err := url.Parse(id)
	if err != nil {
		return wrong("/$id", "%s is not a URI", brief(id))
	}
	base.Fragment = ""
	c.base = base
	return nil
}

func (c *compiler) schema(v any, at string) error {
	if c.seen[at] {
		return nil
	}
	c.seen[at] = true
	const deepest = 500
	if c.depth++; c.depth > deepest {
		return wrong("", "schemas are nested more than %d deep", deepest)
	}
	defer func() { c.depth-- }()
	switch v := v.(type) {
	case bool:
		return nil
	case map[string]any:
		return c.each(v, at, func(key string, value any, at string) error {
			return c.keyword(v, key, value, at)
		})
	}
	return wrong(at, "want a schema (an object or a boolean), got %s", typeOf(v))
}

// keyword holds one keyword to its form, and walks the schemas in it.
func (c *compiler) keyword(schema map[string]any, key string, v any, at string) error {
	switch key {
	case "unevaluatedProperties", "unevaluatedItems":
		c.s.tracks = true
		return c.schema(v, at)
	case "additionalProperties", "propertyNames", "contains", "additionalItems", "not", "if", "then", "else":
		return c.schema(v, at)
	case "items":
		if list, ok := v.([]any); ok && c.s.listed {
			return c.list(list, at, c.schema)
		} else if ok {
			return wrong(at, "want a schema, got array (since 2020-12 a list is named prefixItems)")
		}
		return c.schema(v, at)
	case "allOf", "anyOf", "oneOf", "prefixItems":
		list, ok := v.([]any)
		if !ok || len(list) == 0 {
			return wrong(at, "want a list of schemas")
		}
		return c.list(list, at, c.schema)
	case "properties", "patternProperties", "$defs", "definitions", "dependentSchemas":
		return c.members(key, v, at)
	case "dependencies", "dependentRequired":
		return c.each(v, at, func(_ string, v any, at string) error {
			if _, ok := v.([]any); ok || key == "dependentRequired" {
				return c.names(v, at)
			}
			return c.schema(v, at)
		})
	case "$ref", "$dynamicRef", "$recursiveRef", "$anchor", "$dynamicAnchor", "$id", "$schema":
		return c.identifier(schema, key, v, at)
	}
	return c.assertion(key, v, at)
}

func (c *compiler) members(key string, v any, at string) error {
	return c.each(v, at, func(name string, v any, at string) error {
		if key == "patternProperties" {
			if err := c.pattern(name, at); err != nil {
				return err
			}
		}
		return c.schema(v, at)
	})
}

func (c *compiler) identifier(schema map[string]any, key string, v any, at string) error {
	text, ok := v.(string)
	if !ok {
		return wrong(at, "want a string, got %s", typeOf(v))
	}
	switch key {
	case "$ref", "$dynamicRef", "$recursiveRef":
		c.refs = append(c.refs, reference{text, at})
	case "$anchor", "$dynamicAnchor":
		c.anchors[text] = schema
	case "$id":
		if name, ok := strings.CutPrefix(text, "#"); ok {
			c.anchors[name] = schema
		} else if at != "/$id" {
			return wrong(at, "only the root may have an $id of its own")
		}
	case "$schema":
		if root, _ := c.s.root.(map[string]any); text != root[key] {
			return wrong(at, "want the root's draft")
		}
	}
	return nil
}

// assertion holds a keyword without schemas to its form; unknown ones may be anything.
func (c *compiler) assertion(key string, v any, at string) error {
	ok, want := true, ""
	switch key {
	case "type":
		return c.types(v, at)
	case "required":
		return c.names(v, at)
	case "pattern":
		if text, isText := v.(string); isText {
			return c.pattern(text, at)
		}
		ok, want = false, "a string"
	case "enum":
		_, ok = v.([]any)
		want = "a list"
	case "format", "title", "description", "$comment":
		_, ok = v.(string)
		want = "a string"
	case "uniqueItems":
		_, ok = v.(bool)
		want = "a boolean"
	case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains":
		n, isNumber := number(v)
		ok, want = isNumber && n.IsInt() && n.Sign() >= 0, "an integer from 0 on"
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
		_, ok = number(v)
		want = "a number"
	case "multipleOf":
		n, isNumber := number(v)
		ok, want = isNumber && n.Sign() > 0, "a number over 0"
	}
	if !ok {
		return wrong(at, "want %s, got %s", want, brief(v))
	}
	return nil
}

func (c *compiler) types(v any, at string) error {
	if name, ok := v.(string); ok {
		if !slices.Contains([]string{"array", "boolean", "integer", "null", "number", "object", "string"}, name) {
			return wrong(at, "%s is not a type (array, boolean, integer, null, number, object, string)", brief(v))
		}
		return nil
	}
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return wrong(at, "want a type or a list of types, got %s", brief(v))
	}
	return c.list(list, at, func(v any, at string) error {
		if _, nested := v.([]any); nested {
			return wrong(at, "want a type, got array")
		}
		return c.types(v, at)
	})
}

func (c *compiler) names(v any, at string) error {
	list, ok := v.([]any)
	if !ok {
		return wrong(at, "want a list of names, got %s", typeOf(v))
	}
	return c.list(list, at, func(v any, at string) error {
		if _, ok := v.(string); !ok {
			return wrong(at, "want a name, got %s", typeOf(v))
		}
		return nil
	})
}

func (c *compiler) pattern(text, at string) error {
	re, err := regexp.Compile(text)
	if err != nil {
		return wrong(at, "%w", err)
	}
	c.s.patterns[text] = re
	return nil
}

func (c *compiler) list(list []any, at string, visit func(any, string) error) error {
	for i, v := range list {
		if err := visit(v, at+"/"+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) each(v any, at string, visit func(key string, v any, at string) error) error {
	members, ok := v.(map[string]any)
	if !ok {
		return wrong(at, "want an object, got %s", typeOf(v))
	}
	for _, key := range slices.Sorted(maps.Keys(members)) {
		if err := visit(key, members[key], at+"/"+escaped(key)); err != nil {
			return err
		}
	}
	return nil
}

// escaped is a key as a step of a JSON pointer.
func escaped(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}

// brief is a value's JSON, cut where it is long.
func brief(v any) string {
	const most = 60
	text, err := json.Marshal(v)
	if err != nil || len(text) > most {
		return typeOf(v)
	}
	return string(text)
}
