package sample

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/schema"
)

func (m *maker) array(n need, at place) (json.RawMessage, error) {
	least, most := n.bounds("Items")
	first, held := 0, 0
	for _, p := range n.all {
		first = max(first, len(p.list("prefixItems")), len(p.list("items")))
		held = max(held, p.held())
	}
	from := first // where the elements begin that contains is for
	if from+held > most {
		from = 0
	}
	var items []json.RawMessage
	for i := 0; i < min(most, max(least, first, from+held, 1)); i++ {
		v, err := m.element(n, items, i, i-from, at.in(n, at.name, at.nth+i))
		switch {
		case err == nil:
			items = append(items, v)
		case i < max(least, from+held) || errors.Is(err, errTooLong):
			return nil, err
		default:
			most = i // so many have to do
		}
	}
	return joined(items), nil
}

// element makes the element i of an array, the nth of those that contains is for. One that must
// be unlike the others is tried a few times.
func (m *maker) element(n need, others []json.RawMessage, i, nth int, at place) (json.RawMessage, error) {
	const tries = 8
	var schemas []schema.Part
	unique := false
	for _, p := range n.all {
		if err := m.search(p); err != nil {
			return nil, err
		}
		if element, ok := p.Element(i); ok {
			schemas = append(schemas, element)
		}
		if nth >= 0 && nth < p.held() {
			schemas = append(schemas, p.under("contains")...)
		}
		unique = unique || string(p.words.Get("uniqueItems")) == "true"
	}
	for range tries {
		v, err := m.value(schemas, at)
		if err != nil || !unique || !slices.ContainsFunc(others, func(o json.RawMessage) bool { return bytes.Equal(o, v) }) {
			return v, err
		}
		at.nth++
	}
	return nil, errNone
}

func joined(items []json.RawMessage) json.RawMessage {
	out := []byte{'['}
	for i, item := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, item...)
	}
	return append(out, ']')
}
