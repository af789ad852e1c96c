package rows

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// RowError reports a row that can't be used.
type RowError struct {
	Name string
	Line int64

	err error
}

func (e *RowError) Error() string { return e.Name + ":" + number(e.Line) + ": " + e.err.Error() }

// Unwrap returns what is wrong with the row.
func (e *RowError) Unwrap() error { return e.err }

const lossyHint = "convert it (iconv -f WINDOWS-1252 -t UTF-8), or let --lossy replace such bytes"

var (
	errNotUTF8   = errors.New("the row is not UTF-8 text")
	errMendUTF8  = fmt.Errorf("%w: %s", errNotUTF8, lossyHint)
	errTooLong   = fmt.Errorf("the row is over %d MiB", MaxRow>>20)
	errNotObject = errors.New("the row is not a JSON object")
)

// maxSurplus is the number of cells that are kept of a row beyond its columns: one of 25 MiB may have as many cells as bytes.
const maxSurplus = 1000

// Parse reads a row. Errors are *RowError; the row beside one has what could be read. replaced, if not nil, is called with the
// number of bytes that are not UTF-8, if they are replaced.
func (t *Table) Parse(text Text, replaced func(bytes int)) (*Row, error) {
	row, err := t.parse(text, replaced)
	if err != nil {
		return row, &RowError{Name: t.options.Name, Line: text.Line, err: err}
	}
	return row, nil
}

func (t *Table) parse(text Text, replaced func(bytes int)) (row *Row, err error) {
	if text.Long {
		return nil, errTooLong
	}
	raw := text.Bytes
	if !utf8.Valid(raw) {
		valid, count := rawjson.ToValidUTF8(raw)
		raw = valid
		switch {
		case !t.options.Lossy:
			err = errMendUTF8
		case replaced != nil:
			replaced(count)
		}
	}
	if t.options.Format == JSONL {
		if err != nil {
			return nil, err
		}
		// Files that are joined have a mark in the middle.
		return parseObject(bytes.TrimPrefix(raw, []byte(byteOrderMark)))
	}
	want := len(t.columns.names)
	cells, got := t.dialect.firstCells(string(raw), make([]string, 0, want), want+maxSurplus)
	row = &Row{columns: t.columns, cells: cells}
	if err == nil && got != want {
		err = fmt.Errorf("the row has %s, and the table has %s", counted(got, "cell"), counted(want, "column"))
	}
	row.broken = err != nil
	return row, err
}

func parseObject(raw []byte) (*Row, error) {
	compact, err := rawjson.Compact(raw)
	if err != nil {
		return nil, err
	}
	obj, err := rawjson.ParseObject(compact)
	if err != nil {
		return nil, errNotObject
	}
	return &Row{object: obj, raw: compact}, nil
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number(int64(n)) + " " + noun + "s"
}
