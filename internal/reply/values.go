package reply

import (
	"bytes"
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

// valuesIn yields the data of an event. Some gateways put several values into one event, the end mark after a value, or a
// second label "data:" before it.
func valuesIn(data []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for data = finite(withoutLabel(data)); mayBeSeveral(data); {
			c := rawjson.Read(data)
			value := c.Value()
			if value == nil {
				break
			}
			if !yield(value) {
				return
			}
			data = withoutLabel(data[c.Here():])
		}
		yield(data)
	}
}

func withoutLabel(data []byte) []byte {
	label := []byte("data:")
	for data = bytes.TrimSpace(data); bytes.HasPrefix(data, label); {
		data = bytes.TrimSpace(data[len(label):])
	}
	return data
}

// mayBeSeveral reports whether the end of an object may be followed by another value. It avoids parsing most chunks twice.
func mayBeSeveral(data []byte) bool {
	for i := bytes.IndexByte(data, '}'); i >= 0 && i+1 < len(data); i = bytes.IndexByte(data, '}') {
		data = data[i+1:]
		switch data[0] {
		case '{', '[', 'd', ' ', '\t', '\r', '\n':
			return true
		}
	}
	return false
}

// finite returns data with null for NaN and Infinity, which JSON has not, but which Python writes.
func finite(data []byte) []byte {
	if !bytes.Contains(data, []byte("NaN")) && !bytes.Contains(data, []byte("Infinity")) {
		return data
	}
	out := make([]byte, 0, len(data))
	inText, escaped := false, false
	for i := 0; i < len(data); i++ {
		if n := notFinite(data[i:]); n > 0 && !inText {
			out = append(out, "null"...)
			i += n - 1
			continue
		}
		c := data[i]
		inText = inText != (c == '"' && !escaped)
		escaped = inText && c == '\\' && !escaped
		out = append(out, c)
	}
	return out
}

// notFinite returns the length of the word for a number that is not finite, with which text begins; 0 for any other text.
func notFinite(text []byte) int {
	switch text[0] {
	case 'N', 'I', '-':
		for _, word := range []string{"NaN", "Infinity", "-Infinity"} {
			if bytes.HasPrefix(text, []byte(word)) {
				return len(word)
			}
		}
	}
	return 0
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
