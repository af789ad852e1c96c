package job

import (
	"sync/atomic"

	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/table"
)

// tabular makes lines of a table of results. It is safe for concurrent use.
type tabular struct {
	layout  table.Layout
	encoder *table.Encoder
	names   []string
	redact  func(string) string
	others  atomic.Int64 // values of rows that no column has
	partial atomic.Int64 // replies of which the columns lack something
}

// header returns the first line.
func (t *tabular) header() []byte { return t.encoder.Line(append([]string{}, t.names...)) }

// line returns the line of a result.
func (t *tabular) line(r *table.Result) []byte {
	cells, others := t.layout.Cells(r)
	t.others.Add(int64(others))
	if !t.layout.HasAll(r) {
		t.partial.Add(1)
	}
	for i, cell := range cells {
		cells[i] = t.redact(cell)
	}
	return t.encoder.Line(cells)
}

// note notes what the table leaves out and where that is kept, and cells that a spreadsheet would run.
func (t *tabular) note(con *console.Console, whole string) {
	if n := t.partial.Load(); n > 0 {
		con.Note("the table leaves out part of %s (more than one choice, or a reply that is not an object of the schema's properties alone); %s",
			console.Plural(int(n), "result"), whole)
	}
	if n := t.others.Load(); n > 0 {
		con.Note("%s of the rows left out, as the table has no column for them; --columns names its columns", console.Plural(int(n), "value"))
	}
	if n := t.encoder.Unsafe(); n > 0 {
		con.Note("a spreadsheet would run %s of the table as a formula; --csv-safe puts a ' before such cells", console.Plural(int(n), "cell"))
	}
}
