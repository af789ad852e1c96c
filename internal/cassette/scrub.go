package cassette

import (
	"bytes"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// scrub replaces secrets in a body, including those that JSON writes with escapes and those that a stream splits into
// deltas. It returns a body without secrets unchanged.
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

// scrubStream joins the texts that a stream sends in deltas. If a joined text contains a secret, the first delta gets
// the whole redacted text, and the others become empty.
func scrubStream(stream []byte, clean func(string) string) []byte {
	joined := map[string]*strings.Builder{}
	mapEvents(stream, func(path, text string) string {
		if joined[path] == nil {
			joined[path] = &strings.Builder{}
		}
		joined[path].WriteString(text)
		return text
	})
	redacted := map[string]string{}
	for path, all := range joined {
		if cleaned := clean(all.String()); cleaned != all.String() {
			redacted[path] = cleaned
		}
	}
	if len(redacted) == 0 {
		return stream
	}
	return mapEvents(stream, func(path, text string) string {
		whole, found := redacted[path]
		if !found {
			return text
		}
		redacted[path] = ""
		return whole
	})
}

// mapEvents applies f to the strings in the JSON of a stream's data lines.
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

// mapTexts applies f to the strings of a JSON value, each with its path. In the path, an element of an array is
// identified by its field "index", because a stream may send the choices in any order.
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
