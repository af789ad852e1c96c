// Package rows reads the rows of a table: CSV, TSV, or a JSON object a line. CSV is that of RFC 4180, read as people write it:
//
//   - a quote inside a cell that does not begin with one is literal, and what follows a closing quote joins its cell
//   - a line break in quotes is kept as it is; outside it is LF or CRLF
//   - an empty line is no row
//   - in TSV a quote that begins a cell which it does not close is literal
//
// A table is read in two steps: splitting it into rows, which one goroutine does, and rows into cells, which many can.
package rows

import (
	"errors"
	"path/filepath"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// Format is the form of a table.
type Format int

// The formats; the zero Format is no table.
const (
	CSV Format = iota + 1
	TSV
	JSONL
)

// Formats returns the names of the formats.
func Formats() []string { return []string{"csv", "tsv", "jsonl"} }

// ParseFormat returns the format of a name; 0 if there is none.
func ParseFormat(name string) Format {
	for i, known := range Formats() {
		if name == known {
			return Format(i + 1)
		}
	}
	return 0
}

// FormatOf returns the format that the ending of a file's name means, in any case: CSV, TSV, or 0 for any other.
func FormatOf(file string) Format {
	format := ParseFormat(strings.ToLower(strings.TrimPrefix(filepath.Ext(file), ".")))
	if format == JSONL {
		return 0
	}
	return format
}

// MaxRow is the length in bytes of the longest row that is read.
const MaxRow = 25 << 20

// Options say how a table is read.
type Options struct {
	// Name is the name of the file in messages.
	Name string
	// File is its name as a shell needs it; empty for standard input.
	File   string
	Format Format
	// Delimiter stands between the cells of CSV; 0 is a comma.
	Delimiter rune
	// Columns are the names of the columns where no first row has them. For JSONL they are those that are printed.
	Columns []string
	// Ahead looks for the columns of JSONL in its first object.
	Ahead bool
	// Lossy replaces each byte that is not UTF-8 by U+FFFD instead of refusing its row.
	Lossy bool
	// Replaced is called with the number of bytes that are replaced in the names of the columns; nil for none.
	Replaced func(bytes int)
}

// dialect says how rows become cells.
type dialect struct {
	delimiter string
	quotes    bool // they mean something
	literal   bool // where they do not close the cell that they begin
}

func (o *Options) dialect() dialect {
	switch {
	case o.Format == JSONL:
		return dialect{delimiter: "\n"}
	case o.Format == TSV:
		return dialect{delimiter: "\t", quotes: true, literal: true}
	case o.Delimiter != 0:
		return dialect{delimiter: string(o.Delimiter), quotes: true}
	}
	return dialect{delimiter: ",", quotes: true}
}

// UnclosedError reports a quote that never closes. What follows it can't be read.
type UnclosedError struct {
	Name string
	// Line is the line of the quote. First and Last delimit the lines that are not read because of it.
	Line, First, Last int64
}

func (e *UnclosedError) Error() string {
	if e.First == e.Last {
		return e.place() + "the quote that opens here never closes, so the line is not read"
	}
	return e.place() + "the quote that opens here never closes, so lines " + number(e.First) + " to " + number(e.Last) + " are not read"
}

func (e *UnclosedError) place() string { return e.Name + ":" + number(e.Line) + ": " }

// Failure implements failure.Reporter.
func (e *UnclosedError) Failure() failure.Report {
	return failure.Report{Kind: failure.Incomplete, Hint: `inside quotes a quote is written twice, as ""`}
}

// IsUnclosed reports whether an error of reading is an *UnclosedError: the rows before it are valid.
func IsUnclosed(err error) bool {
	_, ok := errors.AsType[*UnclosedError](err)
	return ok
}
