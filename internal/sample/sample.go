// Package sample makes JSON that fits a JSON Schema.
package sample

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/schema"
)

var (
	errNone = errors.New("no instance of this schema was found")
	errMuch = errors.New("an instance of this schema takes too long to find")
)

// Of makes JSON that is valid against a JSON Schema, the same each time: every property
// is there, in its written order, but for optional ones that would contain themselves, and
// texts say their property's name. It ends soon whatever the schema; where it finds nothing,
// or the schema is none, the error says so.
func Of(raw []byte) (json.RawMessage, error) {
	s, err := schema.Compile(raw)
	if err != nil {
		return nil, fmt.Errorf("no JSON Schema: %w", err)
	}
	for _, lean := range []bool{false, true} {
		m := maker{schema: s, root: raw, left: 1 << 17, lean: lean, nodes: map[string]map[string]json.RawMessage{}}
		var v json.RawMessage
		v, err = m.value([]json.RawMessage{raw}, &spot{name: "text", refs: []string{"#"}})
		if err == nil && len(s.Check(v)) == 0 {
			return v, nil
		}
	}
	if err == nil {
		err = errNone
	}
	return nil, err
}

// maker makes values. The schemas that count for one value are always a list: it has to
// satisfy them all.
type maker struct {
	schema *schema.Schema
	root   json.RawMessage
	nodes  map[string]map[string]json.RawMessage // what is under a JSON pointer
	left   int                                   // the steps that may still be taken, of about a microsecond
	lean   bool                                  // only what is required is made
}

// spot is where a value goes.
type spot struct {
	up   *spot
	name string   // what a text says
	nth  int      // tells the elements of an array apart
	refs []string // what was followed from here without going deeper
}

func (s *spot) follows(ref string) bool {
	for ; s != nil; s = s.up {
		if slices.Contains(s.refs, ref) {
			return true
		}
	}
	return false
}

// spend takes steps for a piece of work, and for the bytes that it reads or writes.
func (m *maker) spend(steps, bytes int) error {
	const perStep = 64
	if m.left -= steps + bytes/perStep; m.left < 0 {
		return errMuch
	}
	return nil
}

// none says why nothing was found.
func (m *maker) none() error {
	if m.left < 0 {
		return errMuch
	}
	return errNone
}

// fits says whether all the schemas allow a value.
func (m *maker) fits(schemas []json.RawMessage, v json.RawMessage) bool {
	for _, part := range schemas {
		if m.spend(1, len(part)+len(v)) != nil {
			return false
		}
		ok, steps := m.schema.Fits(part, v, m.left)
		if m.left -= steps; !ok {
			return false
		}
	}
	return true
}

// value makes a value for a spot that all the schemas allow.
func (m *maker) value(schemas []json.RawMessage, at *spot) (json.RawMessage, error) {
	const steps = 4
	if err := m.spend(steps, 0); err != nil {
		return nil, err
	}
	return m.branch(schemas, schemas, need{}, at)
}

// leaf makes a value where no choice is left: one that the schemas list, or one of their types.
func (m *maker) leaf(schemas []json.RawMessage, n need, at *spot) (json.RawMessage, error) {
	values, closed := n.listed()
	for i := range values {
		if v := values[(i+at.nth)%len(values)]; m.fits(schemas, v) {
			return v, nil
		}
	}
	if closed {
		return nil, m.none()
	}
	for _, kind := range n.types() {
		v, err := m.made(kind, schemas, n, at)
		if err == nil || errors.Is(err, errMuch) {
			return v, err
		}
	}
	return nil, errNone
}

func (m *maker) made(kind string, schemas []json.RawMessage, n need, at *spot) (json.RawMessage, error) {
	var candidates []json.RawMessage
	switch kind {
	case "object":
		return m.object(n, at)
	case "array":
		return m.array(n, at)
	case "string":
		candidates = n.texts(at)
	case "integer", "number":
		candidates = n.numbers(kind == "integer", at)
	case "boolean":
		candidates = []json.RawMessage{strconv.AppendBool(nil, at.nth%2 == 0), strconv.AppendBool(nil, at.nth%2 != 0)}
	default:
		candidates = []json.RawMessage{[]byte("null")}
	}
	for _, v := range candidates {
		if m.fits(schemas, v) {
			return v, nil
		}
	}
	return nil, m.none()
}

func list(s rawjson.Object, key string) []json.RawMessage {
	elements, _ := rawjson.Elements(s.Get(key))
	return elements
}

func members(raw json.RawMessage) map[string]json.RawMessage {
	found := map[string]json.RawMessage{}
	for key, v := range rawjson.Members(raw) {
		found[string(key)] = v
	}
	return found
}
