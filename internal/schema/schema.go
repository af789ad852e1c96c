// Package schema holds JSON to a JSON Schema: drafts 2020-12, 2019-09, 07 and 06, with every
// keyword but those that need a second document, which is never loaded. Numbers are exact,
// the common formats are checked, and patterns are of Go's regexp.
package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Schema is a compiled schema. It is immutable, and safe for use by several goroutines.
type Schema struct {
	root     any
	refs     map[string]any            // by the text of the $ref
	patterns map[string]*regexp.Regexp // by their text
	old      bool                      // draft 06 or 07: what stands beside a $ref doesn't count
	listed   bool                      // before 2020-12: items may be a list
	tracks   bool                      // an unevaluated… keyword asks what the others have looked at
}

// Violation is one thing that is wrong with an instance.
type Violation struct {
	Path    string // like $.items[2].name
	Rule    string // the keyword that was broken; "json" where the instance is none
	Message string // without path and rule: `want integer, got string`
}

// Compile reads a schema. An error says the place of what is wrong in it: line:column where
// it is no JSON, else a JSON pointer. A $ref that leaves the document is such an error.
func Compile(raw []byte) (*Schema, error) {
	root, err := decode(raw)
	if err != nil {
		return nil, err
	}
	c := compiler{
		s:       &Schema{root: root, refs: map[string]any{}, patterns: map[string]*regexp.Regexp{}},
		seen:    map[string]bool{},
		anchors: map[string]any{},
	}
	if err := c.document(); err != nil {
		return nil, err
	}
	return c.s, nil
}

// Check returns what is wrong with an instance, in the same order each time: depth first,
// the keys of objects sorted. It is empty where the instance is valid. A check that would
// take very long is given up, and that is a violation.
func (s *Schema) Check(instance []byte) []Violation {
	const limit = 1 << 20
	bad, _ := s.check(s.root, instance, limit)
	return bad
}

// Fits says whether an instance is valid against a part of this schema, given by its text,
// and how many steps it took to see that: a step is about a microsecond. What would take
// more steps than limit does not fit.
func (s *Schema) Fits(part, instance []byte, limit int) (fits bool, steps int) {
	schema, err := decode(part)
	if err != nil {
		return false, 0
	}
	bad, steps := s.check(schema, instance, limit)
	return len(bad) == 0, steps
}

func (s *Schema) check(schema any, instance []byte, limit int) (bad []Violation, steps int) {
	v, err := decode(instance)
	if err != nil {
		return []Violation{{"$", "json", err.Error()}}, 0
	}
	r := run{s: s, left: limit}
	found := r.check(schema, v, nil, "false")
	if r.over {
		return []Violation{{"$", "", "too much to check"}}, limit
	}
	for _, b := range found.bad {
		bad = append(bad, Violation{b.at.String(), b.rule, b.message})
	}
	return bad, limit - r.left
}

// decode reads one JSON value; the error says where it is none.
func decode(raw []byte) (v any, err error) {
	if !rawjson.Valid(raw) {
		return nil, notJSON(raw)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	return v, nil
}

func notJSON(raw []byte) error {
	err := json.Unmarshal(raw, &json.RawMessage{})
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return fmt.Errorf("not JSON: %w", err)
	}
	before := raw[:max(0, min(int(syntax.Offset)-1, len(raw)))]
	line, start := bytes.Count(before, []byte("\n"))+1, bytes.LastIndexByte(before, '\n')+1
	return fmt.Errorf("%d:%d: not JSON: %w", line, len([]rune(string(before[start:])))+1, err)
}

// place is where a value stands in the instance; nil is the root.
type place struct {
	up    *place
	key   string
	index int // -1 where key counts
}

func (p *place) String() string {
	if p == nil {
		return "$"
	}
	var steps []string
	for ; p != nil; p = p.up {
		steps = append(steps, p.step())
	}
	var b strings.Builder
	b.WriteByte('$')
	for i := range steps {
		b.WriteString(steps[len(steps)-1-i])
	}
	return b.String()
}

func (p *place) step() string {
	if p.index >= 0 {
		return "[" + strconv.Itoa(p.index) + "]"
	}
	for i, c := range p.key {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9' || i == 0) {
			return "[" + string(rawjson.Quote(p.key)) + "]"
		}
	}
	if p.key == "" {
		return `[""]`
	}
	return "." + p.key
}
