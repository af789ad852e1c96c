package reply

import (
	"encoding/json"
	"io"
	"iter"
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// This file reads bodies that are not one JSON object: a reply followed by other data, a list, or the chunks of a stream
// without event framing.

// valuesOf yields the elements of a list, or successive values up to the first syntax error.
func valuesOf(body []byte) iter.Seq[json.RawMessage] {
	return func(yield func(json.RawMessage) bool) {
		c := rawjson.Read(withoutMarks(body))
		if c.Next() == '[' {
			for range c.Elements() {
				if value := c.Value(); value == nil || !yield(value) {
					return
				}
			}
			return
		}
		for {
			if value := c.Value(); value == nil || !yield(value) {
				return
			}
		}
	}
}

// firstReply is the first value of a body, read as a reply.
type firstReply struct {
	wireReply

	raw json.RawMessage
}

// firstValue reads the first value of a body.
func firstValue(body []byte) (first firstReply) {
	for raw := range valuesOf(body) {
		first.raw = raw
		first.read(readWire(raw))
		break
	}
	return first
}

// isMessage reports whether the value is a complete reply, not a chunk.
func (v *firstReply) isMessage() bool {
	return slices.ContainsFunc(v.choices, func(c wireChoice) bool { return c.message.raw != nil })
}

// values reads a body of several values as the chunks of a stream.
func (s *stream) values(body []byte) error {
	for value := range valuesOf(body) {
		if err := s.chunks(s.clean.Next(value)); err != nil {
			return err
		}
	}
	if err := s.chunks(s.clean.End()); err != nil {
		return err
	}
	return s.end(io.ErrUnexpectedEOF)
}
