// Package schema holds JSON to a JSON Schema: draft 2020-12, and 2019-09 and 07 as far as they
// can be said in it. A library checks; here is what it lacks: whether a schema is one, where in
// an instance something is wrong, and an end to every check.
//
// Formats are not checked, patterns are of Go's regexp, and numbers are float64: beyond 2^53
// neighbors are equal, 19.99 is no multipleOf 0.01, and a number that is larger than any
// float64 is an error. There is no $dynamicRef, and only the root may have an $id.
package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"github.com/google/jsonschema-go/jsonschema"
)

// Schema is a compiled schema. It is safe for use by several goroutines.
type Schema struct {
	root  *node
	nodes map[string]*node // by JSON pointer, and by anchor
	old   bool             // draft 07
	doc   *jsonschema.Schema
	whole *jsonschema.Resolved
	parts sync.Map // what Fits has compiled: a *Schema by its text
}

// Violation is one thing that is wrong with an instance.
type Violation struct {
	Path    string // like $.items[2].name
	Rule    string // the keyword that was broken; "json" where the instance is none, "limit" where it can't be checked
	Message string // without path and rule, of some 200 bytes at most: `"x" does not fit type "integer"`
}

// Compile reads a schema. An error says the place of what is wrong in it: line:column where
// it is no JSON, else a JSON pointer. A $ref that leaves the document is such an error, and
// one that leads back to itself.
func Compile(raw []byte) (*Schema, error) {
	s := &Schema{nodes: map[string]*node{}}
	if err := s.compile(raw, s); err != nil {
		return nil, err
	}
	return s, nil
}

// compile reads a schema whose references are to the schemas of root.
func (s *Schema) compile(raw []byte, root *Schema) (err error) {
	v, err := decode(raw)
	if err != nil {
		return err
	}
	c := compiler{s: s, home: root, old: root.old}
	if err := c.document(v); err != nil {
		return err
	}
	s.doc, s.whole, err = root.resolve(v, s == root)
	return err
}

// Check returns what is wrong with an instance, in the same order each time: at most 20
// violations, and none where it is valid. A check that would take very long is not begun,
// and that is a violation.
func (s *Schema) Check(instance []byte) []Violation {
	const limit = 1 << 20
	v, err := decode(instance)
	if err != nil {
		return []Violation{{"$", "json", err.Error()}}
	}
	if s.root.cost(v, limit, 0) <= 0 {
		return []Violation{{"$", "limit", "too much to check"}}
	}
	// The library has the last word, but not the first: its errors hold all that it has tried.
	bad := s.root.explain(v, "$", "false")
	if len(bad) > 0 {
		return bad
	}
	if err := s.whole.Validate(v); err != nil {
		return []Violation{{"$", "schema", cut(err.Error())}}
	}
	return nil
}

// Fits says whether an instance is valid against a part of this schema, given by its text,
// and how many steps it took to see that: a step is about a microsecond. What would take
// more steps than limit does not fit. The texts are kept, compiled, as long as the schema.
func (s *Schema) Fits(part, instance []byte, limit int) (fits bool, steps int) {
	v, err := decode(instance)
	if err != nil {
		return false, 0
	}
	known, ok := s.parts.Load(string(part))
	if !ok {
		p := &Schema{nodes: map[string]*node{}}
		if p.compile(part, s) != nil {
			return false, 0
		}
		known, _ = s.parts.LoadOrStore(string(part), p)
	}
	p, ok := known.(*Schema)
	left := p.root.cost(v, limit, 0)
	return ok && left > 0 && p.whole.Validate(v) == nil, limit - left
}

// Strict says whether objects can have no members but those that they must have, wherever
// the schema allows objects.
func (s *Schema) Strict() bool {
	for _, n := range s.nodes {
		if !n.strict() {
			return false
		}
	}
	return true
}

// home is the address of a document, which its parts know it by.
const home = "schema:/"

// resolve gives the library a schema whose references are to this one.
func (s *Schema) resolve(v any, whole bool) (*jsonschema.Schema, *jsonschema.Resolved, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, nil, fmt.Errorf("#: %w", err)
	}
	var doc jsonschema.Schema
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, nil, fmt.Errorf("#: %w", err)
	}
	doc.Schema = "https://json-schema.org/draft/2020-12/schema"
	options := jsonschema.ResolveOptions{BaseURI: home}
	if !whole {
		options.BaseURI = "part:/"
		options.Loader = func(*url.URL) (*jsonschema.Schema, error) { return s.doc, nil }
	}
	resolved, err := doc.Resolve(&options)
	if err != nil {
		return nil, nil, fmt.Errorf("#: %w", err)
	}
	return &doc, resolved, nil
}

// decode reads one JSON value; the error says where it is none.
func decode(raw []byte) (v any, err error) {
	err = json.Unmarshal(raw, &v)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return nil, fmt.Errorf("%s: not JSON: %w", position(raw, syntax.Offset-1), err)
	}
	if wide, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		number := strings.TrimPrefix(wide.Value, "number ")
		return nil, fmt.Errorf("%s: the number %s is too large", position(raw, wide.Offset-1-int64(len(number))), cut(number))
	}
	return v, err
}

// position says the line and the column of an offset.
func position(raw []byte, offset int64) string {
	before := raw[:max(0, min(int(offset), len(raw)))]
	line, start := bytes.Count(before, []byte("\n"))+1, bytes.LastIndexByte(before, '\n')+1
	return fmt.Sprintf("%d:%d", line, len([]rune(string(before[start:])))+1)
}
