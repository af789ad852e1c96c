package rows_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/chatcmpl/chatcmpl/internal/rows"
)

// read returns the cells of every row below a header, with the line of each row.
func read(in io.Reader, o rows.Options) (cells [][]string, lines []int64, err error) {
	o.Name, o.Lossy, o.Columns = "t", true, []string{"there is", "no header"}
	table, err := rows.Open(in, o)
	if err != nil {
		return nil, nil, err
	}
	for text, err := range table.Texts(nil) {
		if err != nil {
			return cells, lines, err
		}
		row, _ := table.Parse(text, nil)
		var one []string
		if json.Unmarshal(row.JSON(), &one) != nil {
			one, _ = row.Cells(make([]string, 2))
		}
		cells, lines = append(cells, one), append(lines, text.Line)
	}
	return cells, lines, nil
}

// FuzzCSV compares rows with those of encoding/csv, where that can read the text, and with those of a slow reader that knows
// the same rules. However the input is cut into pieces, the rows are the same.
func FuzzCSV(f *testing.F) {
	for _, text := range []string{
		"a,b\n1,2\n", "\"a\r\nb\",c\r\n\r\nd,e", `a"b,"c""d"` + "\n", `"a"b,c` + "\n", "\"a\nb", "a,\"\"\n,\n", "x\ty\n\"1\t2\"\n\"z\ty\n", "\xef\xbb\xbfa,b\n",
		`"a" ,b` + "\n" + `"c",d`, "a;b\n", "\"a\r", "a\r", "\"\"\r\r", "\"\"\n", "\t\"a\"\"\n\t\"\"b\"\t\n", "\n\n", "a,\n", "\r\na",
	} {
		f.Add(text, false)
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, tabs bool) {
		o := rows.Options{Format: rows.CSV}
		delimiter := ','
		if tabs {
			o.Format, delimiter = rows.TSV, '\t'
		}
		got, lines, err := read(strings.NewReader(text), o)
		pieces, pieceLines, pieceErr := read(iotest.OneByteReader(strings.NewReader(text)), o)
		if !reflect.DeepEqual(got, pieces) || !reflect.DeepEqual(lines, pieceLines) || (err == nil) != (pieceErr == nil) {
			t.Errorf("%q: whole %q %v, in pieces %q %v", text, got, err, pieces, pieceErr)
		}
		if failsEarly(err) {
			return
		}
		want, closed := slow(strings.TrimLeft(text, "\ufeff"), byte(delimiter), tabs)
		if !reflect.DeepEqual(got, want) || closed != (err == nil) {
			t.Errorf("%q: got %q %v, want %q %v", text, got, err, want, closed)
		}
		if theirs, ok := standard(strings.TrimLeft(text, "\ufeff"), delimiter); ok && !reflect.DeepEqual(withLF(got), theirs) {
			t.Errorf("%q: got %q, encoding/csv has %q", text, got, theirs)
		}
	})
}

// failsEarly reports whether a table was refused as a whole, or before its first row ended.
func failsEarly(err error) bool {
	unclosed := new(rows.UnclosedError)
	return err != nil && !errors.As(err, &unclosed)
}

// standard returns the rows of encoding/csv; ok is false where it can't read the text, and where a row of spaces alone is a
// row only to it.
func standard(text string, delimiter rune) (cells [][]string, ok bool) {
	text = strings.ToValidUTF8(text, "\ufffd")
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = delimiter, -1
	cells, err := r.ReadAll()
	ok = err == nil && !strings.Contains(text, "\ufffd")
	for _, row := range cells {
		ok = ok && (len(row) > 1 || row[0] == "" || strings.Trim(row[0], " ") != "")
	}
	return cells, ok
}

func withLF(cells [][]string) [][]string {
	for _, row := range cells {
		for i := range row {
			row[i] = strings.ReplaceAll(row[i], "\r\n", "\n")
		}
	}
	return cells
}

// slow reads rows byte by byte. closed is false where a quote never closes.
func slow(text string, delimiter byte, literal bool) (cells [][]string, closed bool) {
	text = mend(text)
	for at := 0; at < len(text); {
		var row []string
		start := at
		for more := true; more; {
			var cell string
			cell, at, more, closed = slowCell(text, at, delimiter, literal)
			if !closed {
				return cells, false
			}
			row = append(row, cell)
		}
		line := strings.TrimSuffix(strings.TrimSuffix(text[start:at], "\n"), "\r")
		if strings.Trim(line, " ") != "" {
			cells = append(cells, row)
		}
	}
	return cells, true
}

func mend(text string) string {
	var out strings.Builder
	for i, c := range text {
		if c == '\ufffd' && !strings.HasPrefix(text[i:], "\ufffd") {
			out.WriteString("\ufffd")
			continue
		}
		out.WriteRune(c)
	}
	return out.String()
}

func slowCell(text string, at int, delimiter byte, literal bool) (cell string, next int, more, closed bool) {
	var out []byte
	if at < len(text) && text[at] == '"' {
		quoted, end, closed := slowQuoted(text, at+1)
		ends := closed && (end == len(text) || text[end] == '\n' || text[end] == delimiter || text[end:] == "\r" || strings.HasPrefix(text[end:], "\r\n"))
		switch {
		case closed && (ends || !literal):
			at, out = end, quoted
		case !literal:
			return "", at, false, false
		}
	}
	for ; at < len(text) && text[at] != '\n' && text[at] != delimiter; at++ {
		if text[at] != '\r' || at+1 < len(text) && text[at+1] != '\n' {
			out = append(out, text[at])
		}
	}
	if at == len(text) {
		return string(out), at, false, true
	}
	return string(out), at + 1, text[at] == delimiter, true
}

// slowQuoted reads what stands in quotes, behind the first one.
func slowQuoted(text string, at int) (quoted []byte, end int, closed bool) {
	for ; at < len(text); at++ {
		if text[at] == '"' {
			if at++; at == len(text) || text[at] != '"' {
				return quoted, at, true
			}
		}
		quoted = append(quoted, text[at])
	}
	return nil, at, false
}
