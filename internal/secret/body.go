package secret

import (
	"bytes"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Body returns the whole body of an exchange with each secret replaced: JSON as JSON does it, and a stream also where a secret is
// cut over its chunks. Without a secret in it, it is body itself.
func (r *Redactor) Body(body []byte) []byte {
	clean := r.JSON(body)
	if len(r.known()) == 0 || rawjson.Valid(clean) {
		return clean
	}
	events := r.Events()
	lines := bytes.SplitAfter(clean, []byte("\n"))
	var waiting []int // the lines whose data is held back
	put := func(all [][]byte) {
		for _, data := range all {
			line := lines[waiting[0]]
			if raw, _ := dataOf(line); !bytes.Equal(raw, data) {
				end := line[len(bytes.TrimRight(line, "\r\n")):]
				lines[waiting[0]] = append(append([]byte("data: "), data...), end...)
			}
			waiting = waiting[1:]
		}
	}
	for i, line := range lines {
		if raw, ok := dataOf(line); ok {
			waiting = append(waiting, i)
			put(events.Next(raw))
		}
	}
	if put(events.End()); !events.Changed() {
		return clean
	}
	return bytes.Join(lines, nil)
}

// dataOf returns the JSON of a stream's line; ok is false if it has none.
func dataOf(line []byte) (raw []byte, ok bool) {
	data, found := bytes.CutPrefix(line, []byte("data:"))
	raw = bytes.TrimSpace(data)
	return raw, found && rawjson.Valid(raw)
}
