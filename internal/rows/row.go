package rows

import (
	"encoding/json"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Row is a row of a table: the cells of its columns, or a JSON object. A nil Row has nothing.
type Row struct {
	columns *Columns // nil for JSON
	cells   []string
	object  rawjson.Object
	raw     json.RawMessage // the object
	broken  bool            // it is not as the others are
}

// Value holds the content of one column of a row.
type Value struct {
	// Text is a text as it is, any other JSON as it is written.
	Text string
	// JSON is the value of a JSON object; nil for a cell.
	JSON json.RawMessage
}

// Get returns the value of a column. The exact name of a column wins over a path such as a.b or a.0, which leads into an
// object or an array.
func (r *Row) Get(column string) (v Value, ok bool) {
	if r == nil {
		return Value{}, false
	}
	if r.columns != nil {
		place, ok := r.columns.place(column)
		if !ok || place >= len(r.cells) {
			return Value{}, false
		}
		return Value{Text: r.cells[place]}, true
	}
	raw := member(r.object, column)
	for _, m := range r.object {
		if raw == nil && strings.TrimSpace(m.Key) == column {
			raw = m.Value
		}
	}
	if raw == nil {
		return Value{}, false
	}
	return valueOf(raw), true
}

// valueOf returns the value that JSON has in a template or a cell.
func valueOf(raw json.RawMessage) Value {
	if text, ok := rawjson.String(raw); ok {
		return Value{text, raw}
	}
	compact, err := rawjson.Compact(raw)
	if err != nil {
		compact = raw
	}
	return Value{string(compact), compact}
}

// member returns the value of a key of an object, or what a path leads to; nil if there is none.
func member(obj rawjson.Object, path string) json.RawMessage {
	if raw := obj.Get(path); raw != nil {
		return raw
	}
	for i := range len(path) {
		if path[i] != '.' {
			continue
		}
		if raw := inside(obj.Get(path[:i]), path[i+1:]); raw != nil {
			return raw
		}
	}
	return nil
}

// inside returns what a path leads to in an object or an array.
func inside(raw json.RawMessage, path string) json.RawMessage {
	switch {
	case len(raw) == 0:
		return nil
	case raw[0] == '{':
		return member(rawjson.Known(raw), path)
	case raw[0] != '[':
		return nil
	}
	elements, _ := rawjson.Elements(raw)
	place, rest, more := strings.Cut(path, ".")
	for i, element := range elements {
		switch {
		case number(int64(i)) != place:
		case more:
			return inside(element, rest)
		default:
			return element
		}
	}
	return nil
}

// JSON returns the row as JSON on one line: an object with the columns in their order, or a list of the cells of a row that
// does not fit them. It is nil for a row that could not be read.
func (r *Row) JSON() []byte {
	switch {
	case r == nil:
		return nil
	case r.raw != nil:
		return r.raw
	case r.columns == nil:
		return nil
	}
	out := []byte{'{'}
	if r.broken {
		out[0] = '['
	}
	for i, cell := range r.cells {
		if i > 0 {
			out = append(out, ',')
		}
		if !r.broken {
			out = append(rawjson.AppendQuote(out, r.columns.names[i]), ':')
		}
		out = rawjson.AppendQuote(out, cell)
	}
	if r.broken {
		return append(out, ']')
	}
	return append(out, '}')
}

// Cells returns what the row has in these columns, in their order: nothing where it has no such column. other counts what it
// has besides them. Of a row that does not fit its columns it returns the cells that came.
func (r *Row) Cells(columns []string) (cells []string, other int) {
	cells = make([]string, len(columns))
	if r == nil {
		return cells, 0
	}
	if r.columns != nil {
		copy(cells, r.cells)
		return cells, 0
	}
	for i, column := range columns {
		v, ok := r.Get(column)
		if ok && string(v.JSON) != "null" {
			cells[i] = v.Text
		}
	}
	return cells, r.besides(columns)
}

// besides counts the members of an object that are in none of these columns.
func (r *Row) besides(columns []string) (count int) {
	at := 0
	for _, m := range r.object {
		if at < len(columns) && columns[at] == m.Key {
			// Most objects are alike.
			at++
			continue
		}
		if !contains(columns, m.Key) {
			count++
		}
	}
	return count
}

func contains(columns []string, name string) bool {
	for _, column := range columns {
		if column == name || strings.HasPrefix(column, name+".") {
			return true
		}
	}
	return false
}

// FromJSON returns the row that JSON returned as this text; nil for a text that is no row.
func FromJSON(raw []byte) *Row {
	if obj, err := rawjson.ParseObject(raw); err == nil {
		return &Row{object: obj, raw: raw}
	}
	elements, ok := rawjson.Elements(raw)
	if !ok {
		return nil
	}
	row := &Row{columns: &Columns{}, broken: true}
	for _, element := range elements {
		text, _ := rawjson.String(element)
		row.cells = append(row.cells, text)
	}
	return row
}
