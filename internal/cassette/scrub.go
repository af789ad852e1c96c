package cassette

import (
	"bytes"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// scrub replaces secrets in a body: those that stand there as they are, those that JSON
// writes with escapes, and those that a stream brings in pieces. A body without any is
// returned as it is.
func scrub(body []byte, redact func([]byte) []byte) []byte {
	body = redact(body)
	clean := func(text string) string { return string(redact([]byte(text))) }
	if !rawjson.Valid(body) {
		return scrubStream(body, clean)
	}
	if bytes.IndexByte(body, '\\') < 0 {
		return body
	}
	found := false
	scrubbed := mapTexts(body, "", func(_, text string) string {
		cleaned := clean(text)
		found = found || cleaned != text
		return cleaned
	})
	if !found {
		return body
	}
	return scrubbed
}

// scrubStream puts texts that hold a secret only when they are joined into the first of
// their pieces.
func scrubStream(stream []byte, clean func(string) string) []byte {
	joined := map[string]*strings.Builder{}
	mapEvents(stream, func(path, text string) string {
		if joined[path] == nil {
			joined[path] = &strings.Builder{}
		}
		joined[path].WriteString(text)
		return text
	})
	first := map[string]string{}
	for path, all := range joined {
		if cleaned := clean(all.String()); cleaned != all.String() {
			first[path] = cleaned
		}
	}
	if len(first) == 0 {
		return stream
	}
	return mapEvents(stream, func(path, text string) string {
		whole, found := first[path]
		if !found {
			return text
		}
		first[path] = ""
		return whole
	})
}

// mapEvents maps the texts in the JSON of a stream's data lines.
func mapEvents(stream []byte, f func(path, text string) string) []byte {
	var out []byte
	for line := range bytes.SplitAfterSeq(stream, []byte("\n")) {
		data, found := bytes.CutPrefix(line, []byte("data:"))
		if raw := bytes.TrimSpace(data); found && rawjson.Valid(raw) {
			end := line[len(bytes.TrimRight(line, "\r\n")):]
			line = append(append([]byte("data: "), mapTexts(raw, "", f)...), end...)
		}
		out = append(out, line...)
	}
	return out
}

// mapTexts maps the strings of a JSON value, each with its path. An element of an array that
// says its index is known by that: a stream has the choices in any order.
func mapTexts(raw []byte, path string, f func(path, text string) string) []byte {
	raw = bytes.TrimSpace(raw)
	switch raw[0] {
	case '{':
		obj := rawjson.Known(raw)
		for i, m := range obj {
			obj[i].Value = mapTexts(m.Value, path+"."+m.Key, f)
		}
		return obj.JSON()
	case '[':
		elements, _ := rawjson.Elements(raw)
		mapped := make([][]byte, len(elements))
		for i, e := range elements {
			mapped[i] = mapTexts(e, path+"["+string(rawjson.Known(e).Get("index")), f)
		}
		return rawjson.Array(mapped)
	case '"':
		text, _ := rawjson.String(raw)
		if mapped := f(path, text); mapped != text {
			return rawjson.Quote(mapped)
		}
	}
	return raw
}
