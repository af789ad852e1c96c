// Package sample makes JSON that fits a JSON Schema.
package sample

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/schema"
)

var (
	errNone    = errors.New("no instance of this schema was found")
	errTooLong = errors.New("an instance of this schema takes too long to find")
)

// Of makes JSON that is valid against a JSON Schema, the same each time. An object has its
// properties in the order in which they are written, except for optional ones that would contain
// themselves, and a text says the name of its property. Of ends soon whatever the schema, and
// fails where it finds nothing.
func Of(raw []byte) (json.RawMessage, error) {
	s, err := schema.Compile(raw)
	if err != nil {
		return nil, fmt.Errorf("not a JSON Schema: %w", err)
	}
	for _, lean := range []bool{false, true} {
		m := maker{left: maxSteps, lean: lean}
		var v json.RawMessage
		v, err = m.value([]schema.Part{s.Root()}, place{name: "text"})
		if err == nil && len(s.Check(v)) == 0 {
			return v, nil
		}
	}
	if err == nil {
		err = errNone
	}
	return nil, err
}

// maxSteps bounds the work for one schema, to some tenths of a second.
const maxSteps = 1 << 17

// maker makes values. The schemas for one value are always a list: it has to satisfy them all.
type maker struct {
	left int  // steps that may still be taken
	lean bool // only what is required is made
}

// place locates a value in the instance.
type place struct {
	name   string     // what a text says
	nth    int        // tells the elements of an array apart
	isName bool       // the value is the name of a member
	around *container // what it is in; nil for the whole
}

// container is an object or array that is being made.
type container struct {
	schemas []part // that apply to it
	around  *container
}

// in returns a place inside the value that n describes.
func (p place) in(n need, name string, nth int) place {
	return place{name: name, nth: nth, around: &container{n.all, p.around}}
}

// spend takes steps for a piece of work, and for the bytes that it reads or writes.
func (m *maker) spend(steps, bytes int) error {
	const perStep = 64
	m.left -= steps + bytes/perStep
	return m.ended(nil)
}

// search takes the steps for going through the keywords and the patterns of a schema.
func (m *maker) search(p part) error {
	const perStep = 8
	return m.spend(len(p.words)/perStep, len(p.words.Get("patternProperties")))
}

// ended returns errTooLong where no step is left, and err otherwise.
func (m *maker) ended(err error) error {
	if m.left < 0 {
		return errTooLong
	}
	return err
}

// fits reports whether all the schemas allow a value.
func (m *maker) fits(schemas []schema.Part, v json.RawMessage) bool {
	const perStep = 8
	for _, part := range schemas {
		if m.spend(1, len(v)) != nil {
			return false
		}
		ok, steps := part.Fits(v, m.left*perStep)
		m.left -= steps / perStep
		if !ok {
			return false
		}
	}
	return true
}

// value makes a value that all the schemas allow.
func (m *maker) value(schemas []schema.Part, at place) (json.RawMessage, error) {
	const steps = 4
	if err := m.spend(steps, 0); err != nil {
		return nil, err
	}
	return m.branch(schemas, schemas, need{}, at)
}

// branch adds schemas to what is needed, and tries the ways in which the first choice that is
// then open can be made. The value has to fit the schemas of the place.
func (m *maker) branch(schemas, more []schema.Part, n need, at place) (json.RawMessage, error) {
	n = n.clone()
	for _, part := range more {
		if err := m.expand(part, &n, at); err != nil {
			return nil, err
		}
	}
	if len(n.choices) == 0 {
		return m.leaf(schemas, n, at)
	}
	choice := n.choices[0]
	n.choices = n.choices[1:]
	for _, more := range choice {
		if err := m.spend(1+len(n.all)+len(n.choices), 0); err != nil {
			return nil, err
		}
		v, err := m.branch(schemas, more, n, at)
		if err == nil && m.fits(schemas, v) || errors.Is(err, errTooLong) {
			return v, err
		}
	}
	return nil, m.ended(errNone)
}

// leaf makes a value where no choice is left: one that the schemas list, or one of their types.
func (m *maker) leaf(schemas []schema.Part, n need, at place) (json.RawMessage, error) {
	values, closed := n.listed()
	for i := range values {
		if v := values[(i+at.nth)%len(values)]; m.fits(schemas, v) {
			return v, nil
		}
	}
	if closed {
		return nil, m.ended(errNone)
	}
	for _, kind := range n.types() {
		if at.isName && kind != "string" {
			continue
		}
		v, err := m.made(kind, schemas, n, at)
		if err == nil || errors.Is(err, errTooLong) {
			return v, err
		}
	}
	return nil, errNone
}

func (m *maker) made(kind string, schemas []schema.Part, n need, at place) (json.RawMessage, error) {
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
		first := at.nth%2 == 0
		candidates = []json.RawMessage{strconv.AppendBool(nil, first), strconv.AppendBool(nil, !first)}
	default:
		candidates = []json.RawMessage{json.RawMessage("null")}
	}
	for _, v := range candidates {
		if m.fits(schemas, v) {
			return v, nil
		}
	}
	return nil, m.ended(errNone)
}
