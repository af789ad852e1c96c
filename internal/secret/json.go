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
	if len(r.known()) == 0 {
		return raw
	}
	return r.json(raw, nested)
}

func (r *Redactor) json(raw []byte, depth int) []byte {
	raw = r.Bytes(raw)
	if depth == 0 || bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	var out []byte
	done := 0
	for start, end := range quotedStrings(raw) {
		text, ok := rawjson.String(raw[start:end])
		if !ok {
			continue
		}
		if clean := string(r.json([]byte(text), depth-1)); clean != text {
			out = append(append(out, raw[done:start]...), rawjson.Quote(clean)...)
			done = end
		}
	}
	if done == 0 {
		return raw
	}
	return append(out, raw[done:]...)
}

// quotedStrings yields the ranges of the strings that contain an escape, including the quotes.
func quotedStrings(raw []byte) func(yield func(start, end int) bool) {
	return func(yield func(start, end int) bool) {
		for i := 0; i < len(raw); i++ {
			if raw[i] != '"' {
				continue
			}
			start, escaped := i, false
			for i++; i < len(raw) && raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					escaped = true
					i++
				}
			}
			if i < len(raw) && escaped && !yield(start, i+1) {
				return
			}
		}
	}
}
