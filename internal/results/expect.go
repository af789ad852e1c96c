package results

import (
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Judge marks the result of a done record as expected or not. Continue writes the mark into the file.
func (r *Resume) Judge(customID string, expected bool) {
	key := r.ids.key([]byte(customID))
	entry, _ := r.ids.done.get(key)
	entry |= judgedBit
	if expected {
		entry |= expectBit
	}
	r.ids.done.set(key, entry)
	r.judged = true
}

// IsJudged reports whether Judge was called for a record.
func (r *Resume) IsJudged(customID string) bool { return r.ids.has([]byte(customID), judgedBit) }

// withExpect returns a result's line with the mark of Judge.
func withExpect(line []byte, expected bool) []byte {
	marked := make(rawjson.Object, 0, 12)
	mark := rawjson.Member{Key: "expect", Value: strconv.AppendBool(nil, expected)}
	for _, m := range rawjson.Known(line).Without("expect") {
		if m.Key == "hash" {
			marked = append(marked, mark)
		}
		marked = append(marked, m)
	}
	if marked.Get("expect") == nil {
		marked = append(marked, mark)
	}
	return marked.JSON()
}

// WithoutExpect returns a result's line without the mark of an earlier run.
func (s *Stored) WithoutExpect() []byte {
	obj := rawjson.Known(s.Text)
	if obj.Get("expect") == nil {
		return s.Text
	}
	return obj.Without("expect").JSON()
}
