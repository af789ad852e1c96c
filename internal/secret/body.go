package secret

import (
	"bytes"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Body returns the complete body of an exchange with each secret replaced: JSON as by the method JSON, and in a stream
// also secrets that are split over chunks. It returns body itself if there is no secret in it.
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

// dataOf returns the JSON on a line of a stream; found is false if there is none.
func dataOf(line []byte) (raw []byte, ok bool) {
	data, found := bytes.CutPrefix(line, []byte("data:"))
	raw = bytes.TrimSpace(data)
	return raw, found && rawjson.Valid(raw)
}
