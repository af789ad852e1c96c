package batch

import (
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/reply"
	"github.com/chatcmpl/chatcmpl/internal/results"
	"github.com/chatcmpl/chatcmpl/internal/rows"
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

// openTable lays out the table that the results become, if they become one.
func (j *job) openTable() (err error) {
	if j.Table.Format == 0 {
		return nil
	}
	delimiter := j.Delimiter
	switch {
	case j.Table.Format == rows.TSV:
		delimiter = '\t'
	case delimiter == 0:
		delimiter = ','
	}
	j.table = &tabular{
		layout:  table.Layout{Rows: j.tableColumns(), Properties: j.rules.Properties(), Expect: j.Expect != nil, Prefix: j.Table.Prefix},
		encoder: table.NewEncoder(delimiter, j.Table.Safe), redact: j.con.Redactor.String,
	}
	j.table.names, err = j.table.layout.Names()
	return err
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

// note notes what a table leaves out, what holds it, and what a spreadsheet would make of it.
func (t *tabular) note(con *console.Console, whole string) {
	if n := t.partial.Load(); n > 0 {
		con.Note("the table leaves out part of %s (more than one choice, or a reply that is not an object); %s", console.Plural(int(n), "result"), whole)
	}
	if n := t.others.Load(); n > 0 {
		con.Note("%s of the rows left out, as the table has no column for them; --columns names its columns", console.Plural(int(n), "value"))
	}
	if n := t.encoder.Unsafe(); n > 0 {
		con.Note("a spreadsheet would run %s of the table as a formula; --csv-safe puts a ' before such cells", console.Plural(int(n), "cell"))
	}
}

// tableResult returns what the table says of a result.
func tableResult(r *Result) *table.Result {
	made := &table.Result{CustomID: r.CustomID, Row: r.Record.Row, Text: firstText(r), Expected: string(r.Expect) == "true", Choices: len(r.Texts)}
	if r.Failure != nil {
		made.Error, made.Choices = r.Failure.Message, 0
	}
	return made
}

// firstText returns the text of the first choice, without the newlines at its end; empty for a failed record.
func firstText(r *Result) string {
	if r.Failure != nil || len(r.Texts) == 0 {
		return ""
	}
	return strings.TrimRight(r.Texts[0], "\r\n")
}

// storedText returns what firstText returned for a result that was read back.
func (j *job) storedText(s *results.Stored) string {
	text, _ := j.storedTexts(s)
	return text
}

// storedTexts returns the text of a stored result's first choice, and the number of its choices.
func (j *job) storedTexts(s *results.Stored) (first string, choices int) {
	if s.Failed || s.Body == nil {
		return "", 0
	}
	resp, err := reply.Parse(s.Body, http.Header{}, http.StatusOK)
	if err != nil || len(resp.Choices) == 0 {
		return "", 0
	}
	return strings.TrimRight(j.rules.Text(resp.Choices[0].Text), "\r\n"), len(resp.Choices)
}
