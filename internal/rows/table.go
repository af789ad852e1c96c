package rows

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Table is an open table. Parse may be called by many goroutines at the same time.
type Table struct {
	options Options
	dialect dialect
	columns *Columns
	first   *scanner // of the first reading, until it starts
	ahead   []Text   // the rows that were read to find the columns
}

// Open reads the names of the columns. Errors are usage errors and those of reading.
func Open(in io.Reader, o Options) (*Table, error) {
	t := &Table{options: o, dialect: o.dialect(), first: newScanner(in, &o)}
	start := t.first.start()
	if encoding := UTF16(start); encoding != "" {
		return nil, t.refuse(UTF16Hint(encoding)+o.convert(), 0, errors.New("it is UTF-16 text"))
	}
	if kind, hint := foreign(start); kind != "" {
		return nil, t.refuse(hint, 0, errors.New("it is "+kind+", not text"))
	}
	if o.Format == JSONL {
		return t, t.lookAhead()
	}
	return t, t.header()
}

// convert returns the words of a shell that convert the file to another one; none for standard input.
func (o *Options) convert() string {
	if o.File == "" {
		return ""
	}
	return " " + o.File + " > NEW"
}

// refuse returns the usage error about a line of the table; 0 is all of it.
func (t *Table) refuse(hint string, line int64, err error) error {
	place := t.options.Name
	if line > 0 {
		place += ":" + number(line)
	}
	return failure.BadUsage(hint, "%s: %w", place, err)
}

const columnsHint = "--columns names the columns of a file without a header"

// header reads the first row, which has the names unless they were given.
func (t *Table) header() error {
	if t.options.Columns != nil {
		return t.given()
	}
	row, err := t.first.next()
	switch unclosed := new(UnclosedError); {
	case errors.Is(err, io.EOF):
		return t.refuse(columnsHint, 0, errors.New("it is empty: the first row must name the columns"))
	case errors.As(err, &unclosed):
		return failure.BadUsage(unclosed.Failure().Hint, "%v", unclosed)
	case err != nil:
		return err
	}
	names, err := t.names(row)
	if err != nil {
		return err
	}
	if t.columns, err = NewColumns(names); err != nil {
		return t.refuse(columnsHint, row.Line, err)
	}
	t.first.spaces = t.spaces()
	return nil
}

// given takes the names that were given, so that the first row is one like the others.
func (t *Table) given() (err error) {
	if t.columns, err = NewColumns(t.options.Columns); err != nil {
		return failure.BadOption("columns", "", ": %w", err)
	}
	t.first.spaces = t.spaces()
	row, err := t.first.next()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return err
	case slices.Equal(t.dialect.cells(string(row.Bytes)), t.options.Columns):
		return t.refuse("leave --columns out", row.Line, errors.New("the first row has the names that --columns gives: it is a header"))
	}
	t.keep(row)
	if !t.first.lacksLF() {
		return nil
	}
	return t.refuseCR(row.Line, string(row.Bytes))
}

// spaces returns what a row may hold and still be blank.
func (t *Table) spaces() string {
	switch {
	case t.options.Format == JSONL:
		return " \t\r"
	case len(t.columns.names) > 1 && t.dialect.delimiter != " ":
		return " "
	}
	return ""
}

// names returns the cells of the first row.
func (t *Table) names(row Text) ([]string, error) {
	text := row.Bytes
	switch {
	case row.Long:
		return nil, t.refuse("", row.Line, errTooLong)
	case !utf8.Valid(text) && !t.options.Lossy:
		return nil, t.refuse(lossyHint, row.Line, errNotUTF8)
	case bytes.IndexByte(text, 0) >= 0:
		return nil, t.refuse("", row.Line, errors.New("the first row holds NUL bytes, so this is not text"))
	case isDelimiterLine(string(text)):
		return nil, t.refuse("tail -n +2 FILE > NEW drops it", row.Line, errors.New("the first line tells spreadsheets the delimiter, and names no columns"))
	}
	valid, count := rawjson.ToValidUTF8(text)
	if count > 0 && t.options.Replaced != nil {
		t.options.Replaced(count)
	}
	if err := t.refuseCR(row.Line, string(valid)); err != nil {
		return nil, err
	}
	names := t.dialect.cells(string(valid))
	if len(names) == 1 && t.dialect.delimiter != ";" && strings.Contains(names[0], ";") {
		return nil, t.refuse("--delimiter ';'", row.Line, errors.New("there is one column, and semicolons in its name"))
	}
	return names, nil
}

// refuseCR returns an error if the first row holds a CR outside quotes, because then the lines end in CR alone.
func (t *Table) refuseCR(line int64, row string) error {
	if !t.dialect.holdsCR(row) {
		return nil
	}
	return t.refuse(`tr '\r' '\n' < FILE > NEW converts it`, line, errors.New("the lines end in CR alone"))
}

// keep keeps a row that was read to find the columns.
func (t *Table) keep(row Text) {
	row.Bytes = bytes.Clone(row.Bytes)
	t.ahead = append(t.ahead, row)
}

// maxAhead limits the bytes that are read to find the first object of JSONL.
const maxAhead = 2 * MaxRow

// lookAhead finds the columns of JSONL in its first object, if they are wanted.
func (t *Table) lookAhead() error {
	t.columns = &Columns{names: t.options.Columns}
	t.first.spaces = t.spaces()
	if !t.options.Ahead || t.options.Columns != nil {
		return nil
	}
	for size := int64(0); size < maxAhead; {
		row, err := t.first.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		t.keep(row)
		size += row.Size
		if read, err := t.Parse(row, nil); err == nil {
			t.columns = &Columns{names: keys(read.object)}
			return nil
		}
	}
	return nil
}

// Columns returns the columns. Those of JSONL are only for printing: a row may have others.
func (t *Table) Columns() *Columns { return t.columns }

// HasHeader reports whether every row has the columns and no others.
func (t *Table) HasHeader() bool { return t.options.Format != JSONL }

// Texts returns the rows of the table that are not blank. The first call goes on with the input that was opened; each later
// one reads in from its beginning. The bytes of a row hold until the next one. An error is the last: an *UnclosedError, or one
// of reading.
func (t *Table) Texts(in io.Reader) iter.Seq2[Text, error] {
	s, ahead := t.first, t.ahead
	t.first, t.ahead = nil, nil
	return func(yield func(Text, error) bool) {
		var err error
		if s == nil {
			s, err = t.again(in)
		}
		if err != nil {
			yield(Text{}, err)
			return
		}
		for _, row := range ahead {
			if !yield(row, nil) {
				return
			}
		}
		s.each(yield)
	}
}

// again returns a scanner that stands at the first row below the header.
func (t *Table) again(in io.Reader) (s *scanner, err error) {
	s = newScanner(in, &t.options)
	s.start()
	if t.HasHeader() && t.options.Columns == nil {
		_, err = s.next()
	}
	if errors.Is(err, io.EOF) {
		// The header was there; a caller that counts rows finds out that the table was emptied.
		err = nil
	}
	s.spaces = t.spaces()
	return s, err
}
