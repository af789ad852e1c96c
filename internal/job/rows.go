package job

import (
	"fmt"
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/rows"
	"github.com/chatcmpl/chatcmpl/internal/table"
	"github.com/chatcmpl/chatcmpl/internal/template"
)

// openRows opens the input as a table, if it is one, and checks that it has the columns that the flags name.
func (j *job) openRows() (err error) {
	if j.Rows == 0 {
		return nil
	}
	name, file := j.Input, console.Quote(j.Input)
	if name == "-" {
		name, file = "stdin", ""
	}
	table, err := rows.Open(j.in, rows.Options{
		Name: name, File: file, Format: j.Rows, Delimiter: j.Delimiter, Columns: j.Columns, Ahead: j.Table.Format != 0,
		Lossy: j.Parts.Lossy, Replaced: func(bytes int) { j.replaced.Add(int64(bytes)) },
	})
	if err != nil {
		return err
	}
	j.cfg.Records.Rows = table
	used := append(j.rowParts.Columns(), j.template.Columns()...)
	if len(used) == 0 {
		j.con.Note("the messages hold no {{column}}: every row makes the same request")
	}
	j.noteLiteral()
	if !table.HasHeader() {
		return nil
	}
	if err := checkColumns(name, table.Columns(), used, "{{%s}}"); err != nil || j.ID == "" {
		return err
	}
	return checkColumns(name, table.Columns(), []string{j.ID}, "--id %s")
}

// checkColumns returns an error about the first of some columns that the table does not have. form is how a column is used.
func checkColumns(name string, columns *rows.Columns, used []string, form string) error {
	for _, column := range used {
		if columns.Has(column) {
			continue
		}
		hint := "its columns are " + listed(columns.Names())
		if near := option.Nearest(column, columns.Names()); near != "" {
			hint = "did you mean " + fmt.Sprintf(form, near) + "?"
		}
		return failure.BadUsage(hint, "%s has no column %q", name, column)
	}
	return nil
}

// listed lists names, the first ones if there are many.
func listed(names []string) string {
	const most = 30
	if others := len(names) - most; others > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), others)
	}
	return strings.Join(names, ", ")
}

// noteLiteral notes fields that look as if a column was meant to be filled in, which they are sent without.
func (j *job) noteLiteral() {
	flags := map[string]string{"model": "--model", "stop": "--stop", "user": "--user-id"}
	for _, p := range j.Request.Parameters {
		if flag := flags[p.Field]; flag != "" && template.MayHold(string(p.Value)) {
			j.con.Note("%s is sent as it is, with its {{: -F fills a column into a field", flag)
		}
	}
	for _, field := range j.Request.Fields {
		if path := strings.Join(field.Path, "."); template.MayHold(path) {
			j.con.Note("-F %s is sent as it is, with its {{: a column is filled into a field's value, not into its name", path)
		}
	}
}

// tableColumns returns the columns of the rows that a table of results has; nil for records that are no rows.
func (j *job) tableColumns() []string {
	if j.cfg.Records.Rows == nil {
		return nil
	}
	// A table without any column is one, too.
	return append([]string{}, slices.Clone(j.cfg.Records.Rows.Columns().Names())...)
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
