package cli

import (
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/job"
	"github.com/chatcmpl/chatcmpl/internal/rows"
	"github.com/chatcmpl/chatcmpl/internal/settings"
)

// rowFormat returns the format of the table that the input of a batch is; 0 for records of another form.
func rowFormat(v *settings.Values) rows.Format {
	switch {
	case v.IsSet("rows"):
		return rows.ParseFormat(v.Text("rows"))
	case v.On("lines"), v.IsSet("map"):
		return 0
	}
	return rows.FormatOf(v.Text("input"))
}

// setRows sets the options of a batch that say how rows are read, which table results become, and how they are judged.
func (p *program) setRows(o *job.Options, format rows.Format, v *settings.Values) (err error) {
	o.Rows, o.ID, o.Delimiter, o.Limit = format, v.Text("id"), v.Character("delimiter"), int64(v.Int("limit", 0))
	if v.IsSet("columns") {
		if o.Columns, err = rows.ParseNames(v.Text("columns")); err != nil {
			return failure.BadOption("columns", "", ": %w", err)
		}
	}
	if o.Table.Format, err = tableFormat(v); err != nil {
		return err
	}
	o.Table.Prefix, o.Table.Safe = v.Text("prefix"), v.On("csv-safe")
	if o.Table.Format != 0 {
		// A table takes precedence over variables and settings that say how results are printed.
		o.Filter, o.Null, o.Unordered = nil, false, false
	}
	if o.Expect, err = p.filter(v.Filter("expect"), job.Variables()...); err != nil {
		return err
	}
	o.Pass = v.Share("pass")
	if v.IsSet("extract") && o.Table.Format == 0 && !v.On("text") && !mentionsText(v) {
		return failure.BadUsage("add --text", "--extract needs --text, because each result is a whole response otherwise")
	}
	return needTable(o, v)
}

// mentionsText reports whether a filter uses the text of a reply.
func mentionsText(v *settings.Values) bool {
	filters := v.Filter("jq") + v.Filter("expect")
	return strings.Contains(filters, "$text") || strings.Contains(filters, "$value")
}

// tableFormat returns the format of the table that the results of a batch become; 0 for none.
func tableFormat(v *settings.Values) (format rows.Format, err error) {
	asked, flag := rows.Format(0), ""
	for _, name := range []string{"csv", "tsv"} {
		if v.On(name) {
			asked, flag = rows.ParseFormat(name), name
		}
	}
	file := v.Text("output")
	if file == "" {
		return asked, nil
	}
	format = rows.FormatOf(file)
	if asked != 0 && asked != format {
		return 0, failure.BadOption("output", "", " %s: --%s writes a file that ends in .%s", file, flag, flag)
	}
	if format == 0 {
		return 0, nil
	}
	if c := conflictOf(v, "csv"); c != nil {
		return 0, failure.BadUsage("another ending keeps each result as JSON", "--%s does not go with -o %s, which becomes a table", c.With, file)
	}
	return format, nil
}

// needTable returns an error if a flag is about rows or a table, and there is none.
func needTable(o *job.Options, v *settings.Values) error {
	const aTable, someRows = "--csv, --tsv, or -o FILE.csv", "--rows, or -i FILE.csv"
	hasCSV := o.Rows == rows.CSV || o.Table.Format == rows.CSV
	for _, need := range []struct {
		flag  string
		met   bool
		shown string
	}{
		{"id", o.Rows != 0, someRows},
		{"columns", o.Rows != 0, someRows},
		{"delimiter", hasCSV, "CSV, read or written"},
		{"prefix", o.Table.Format != 0, aTable},
		{"csv-safe", o.Table.Format != 0, aTable},
	} {
		if v.ByFlag(need.flag) && v.On(need.flag) && !need.met {
			return failure.BadUsage("", "--%s goes with %s", need.flag, need.shown)
		}
	}
	if o.Rows == rows.JSONL && o.Columns != nil && o.Table.Format == 0 {
		return failure.BadUsage("", "--columns names the columns of JSONL rows in a table, so it goes with %s", aTable)
	}
	return nil
}
