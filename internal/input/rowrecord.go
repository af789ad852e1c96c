package input

import (
	"encoding/json"
	"errors"

	"github.com/chatcmpl/chatcmpl/internal/rows"
)

// readRow reads a record that is a row.
func (rec *Record) readRow(r *Records, line Line) {
	row, err := r.Rows.Parse(rows.Text{Line: line.Number, Bytes: line.Text, Long: line.tooLong}, r.Replaced)
	rec.Row = row
	if err != nil {
		rec.Err = invalid("%v", err)
		if _, isSyntax := errors.AsType[*json.SyntaxError](err); isSyntax {
			rec.Err.Code = CodeNotJSON
		}
		return
	}
	if r.ID == "" {
		return
	}
	id, ok := row.Get(r.ID)
	switch {
	case !ok:
		rec.Err = invalid("the row has no column %q for its custom_id", r.ID)
	case !isName(id):
		rec.Err = invalid("the column %q must hold a custom_id: text, and not empty", r.ID)
	default:
		rec.CustomID = id.Text
	}
}

// IsUnnamed reports whether the line is not valid and has no custom_id of its own, so that another record may have the one that
// it was given.
func (rec *Record) IsUnnamed() bool { return rec.Err != nil && rec.CustomID == defaultID(rec.Line) }

// isName reports whether a value can name a record: a text or a number.
func isName(v rows.Value) bool {
	return v.Text != "" && (v.JSON == nil || v.JSON[0] == '"' || v.JSON[0] == '-' || v.JSON[0] >= '0' && v.JSON[0] <= '9')
}
