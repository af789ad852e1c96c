package reply

import (
	"encoding/json"
	"io"
	"iter"
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// This file reads bodies of several JSON values: a reply with more behind it, a list of one reply, chunks of a stream without
// their framing.

// valuesOf yields the elements of a list, or the values that follow each other, up to what is no JSON.
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
		for value := c.Value(); value != nil && yield(value); value = c.Value() {
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

// isMessage reports whether the value is a whole reply, and no chunk.
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
