package secret

import (
	"bytes"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Body returns the complete body of an exchange with each secret replaced: JSON as by the method JSON, and also secrets
// that are split over the chunks of a stream or the parts of a text. It returns body itself if there is no secret in it.
func (r *Redactor) Body(body []byte) []byte {
	clean := r.JSON(body)
	if len(r.known()) == 0 {
		return clean
	}
	events := r.Events()
	if rawjson.Valid(clean) {
		return events.whole(clean)
	}
	lines := splitLines(clean)
	var waiting [][]int // the lines of each event that is held back
	put := func(all [][]byte) {
		for _, data := range all {
			if event := waiting[0]; !bytes.Equal(dataOf(lines, event), data) {
				setData(lines, event, data)
			}
			waiting = waiting[1:]
		}
	}
	for event := range eventsOf(lines) {
		waiting = append(waiting, event)
		put(events.Next(dataOf(lines, event)))
	}
	if put(events.End()); !events.Changed() {
		return clean
	}
	return bytes.Join(lines, nil)
}

// splitLines returns the lines of a stream, each with its line end: LF, CR or CRLF.
func splitLines(body []byte) [][]byte {
	var lines [][]byte
	for len(body) > 0 {
		end := bytes.IndexAny(body, "\r\n") + 1
		switch {
		case end == 0:
			end = len(body)
		case body[end-1] == '\r' && end < len(body) && body[end] == '\n':
			end++
		}
		lines, body = append(lines, body[:end]), body[end:]
	}
	return lines
}

const dataField = "data:"

// eventsOf yields, for each event whose data is JSON, the numbers of its data lines. An event ends at a blank line, which
// some servers omit after an event of one line.
func eventsOf(lines [][]byte) func(yield func([]int) bool) {
	return func(yield func([]int) bool) {
		var event []int
		for i, line := range lines {
			isData := bytes.HasPrefix(line, []byte(dataField))
			if isData {
				event = append(event, i)
			}
			isBlank := len(bytes.TrimRight(line, "\r\n")) == 0
			isAlone := isData && len(event) == 1 && rawjson.Valid(dataOf(lines, event))
			if !isAlone && (!isBlank && i < len(lines)-1 || len(event) == 0) {
				continue
			}
			if (isAlone || rawjson.Valid(dataOf(lines, event))) && !yield(event) {
				return
			}
			event = nil
		}
	}
}

// dataOf returns the data of an event, trimmed.
func dataOf(lines [][]byte, event []int) []byte {
	if len(event) == 1 {
		return bytes.TrimSpace(lines[event[0]][len(dataField):])
	}
	var data []byte
	for _, i := range event {
		line := bytes.TrimRight(lines[i][len(dataField):], "\r\n")
		data = append(append(data, bytes.TrimPrefix(line, []byte(" "))...), '\n')
	}
	return bytes.TrimSpace(data)
}

// setData replaces the data lines of an event.
func setData(lines [][]byte, event []int, data []byte) {
	first := lines[event[0]]
	end := first[len(bytes.TrimRight(first, "\r\n")):]
	var out []byte
	for line := range bytes.SplitSeq(data, []byte("\n")) {
		out = append(append(append(out, "data: "...), line...), end...)
	}
	for _, i := range event {
		lines[i] = nil
	}
	lines[event[0]] = out
}
