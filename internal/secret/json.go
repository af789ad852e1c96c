package secret

import (
	"bytes"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// nested is the maximum depth of JSON inside JSON strings, such as the arguments of a tool call.
const nested = 3

// JSON returns a JSON text with each secret replaced: in values and member names, also escaped, and in JSON inside a
// string. It returns raw itself if there is no secret in it. Text that is not JSON is redacted as by Bytes.
func (r *Redactor) JSON(raw []byte) []byte {
	isIn := r.isIn(raw)
	switch {
	case isIn && !isContainer(raw):
		return r.text(raw, nested)
	case isIn, len(r.known()) > 0 && bytes.IndexByte(raw, '\\') >= 0:
		return r.strings(raw, nested)
	}
	return raw
}

// isContainer reports whether raw is a JSON object or array, in which only strings can hold a secret.
func isContainer(raw []byte) bool {
	first := bytes.TrimLeft(raw, " \t\r\n")
	return len(first) > 0 && (first[0] == '{' || first[0] == '[') && rawjson.Valid(raw)
}

// text returns a text with each secret replaced, also in JSON strings inside it.
func (r *Redactor) text(raw []byte, depth int) []byte {
	if r.isIn(raw) {
		raw = []byte(r.String(string(raw)))
	}
	if depth == 0 || bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	return r.strings(raw, depth)
}

// strings returns JSON with each secret replaced in its strings.
func (r *Redactor) strings(raw []byte, depth int) []byte {
	var out []byte
	done := 0
	for start, end := range quotedStrings(raw) {
		inner := raw[start+1 : end-1]
		text, ok := "", true
		switch {
		case bytes.IndexByte(inner, '\\') >= 0:
			text, ok = rawjson.String(raw[start:end])
		case r.isIn(inner):
			text = string(inner)
		}
		if !ok {
			continue
		}
		if clean := string(r.text([]byte(text), depth-1)); clean != text {
			out = append(append(out, raw[done:start]...), rawjson.Quote(clean)...)
			done = end
		}
	}
	if done == 0 {
		return raw
	}
	return append(out, raw[done:]...)
}

// quotedStrings yields the ranges of the strings, including the quotes.
func quotedStrings(raw []byte) func(yield func(start, end int) bool) {
	return func(yield func(start, end int) bool) {
		for i := 0; i < len(raw); i++ {
			if raw[i] != '"' {
				continue
			}
			start := i
			for i++; i < len(raw) && raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					i++
				}
			}
			if i < len(raw) && !yield(start, i+1) {
				return
			}
		}
	}
}
