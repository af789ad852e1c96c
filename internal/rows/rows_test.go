package rows_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/rows"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                          "empty",
		"\n\n":                      "empty",
		"\ufeff":                    "empty",
		"  \n \r\n":                 "empty",
		"sep=;\r\na;b\n":            "t:1: the first line tells spreadsheets the delimiter",
		"\ufeffSEP=,\n":             "the first line tells spreadsheets the delimiter",
		"a,,b\n":                    "column 2 has no name",
		"a, \n":                     "column 2 has no name",
		"a,b,a\n":                   `columns 1 and 3 are both named "a"`,
		"\n\"a\nb":                  "t:2: the quote that opens here never closes, so lines 2 to 3 are not read",
		"a;b\n1;2\n":                "semicolons",
		"a\r1\r2\r":                 "CR alone",
		"a\x00\n":                   "NUL",
		"\xff\xfea\x00":             "UTF-16",
		"\xfe\xff\x00a":             "UTF-16",
		"a\x00,\x00b\x00":           "UTF-16",
		"\x00a\x00,":                "UTF-16",
		"caf\xe9,b\n":               "not UTF-8",
		"PK\x03\x04":                "spreadsheet",
		"\x1f\x8b\x08\x00":          "it is a compressed file, not text",
		strings.Repeat("a", 26<<20): "over 25 MiB",
	} {
		_, err := rows.Open(strings.NewReader(text), rows.Options{Name: "t", Format: rows.CSV})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v", text, err)
		}
	}
	_, err := rows.Open(strings.NewReader("a,b\n"), rows.Options{Name: "t", Format: rows.CSV, Columns: []string{"a", "b"}})
	if err == nil || !strings.Contains(err.Error(), "t:1: the first row has the names that --columns gives") {
		t.Error(err)
	}
}

// TestLines checks where rows start, which of them can be used, and what is said about a quote that never closes.
func TestLines(t *testing.T) {
	t.Parallel()
	const text = "a,b\r\n1,\"x\r\ny\"\n\n   \nonly\n2,\xff\n3,4\n5,\"6\n\"\"7\n"
	in, err := rows.Open(strings.NewReader(text), rows.Options{Name: "t", Format: rows.CSV})
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for text, err := range in.Texts(nil) {
		if err != nil {
			fmt.Fprintln(&got, err)
			continue
		}
		row, err := in.Parse(text, nil)
		fmt.Fprintf(&got, "%d %s %v\n", text.Line, row.JSON(), err)
	}
	const want = `2 {"a":"1","b":"x\r\ny"} <nil>
6 ["only"] t:6: the row has 1 cell, and the table has 2 columns
7 ["2","�"] t:7: the row is not UTF-8 text: convert it (iconv -f WINDOWS-1252 -t UTF-8), or let --lossy replace such bytes
8 {"a":"3","b":"4"} <nil>
t:9: the quote that opens here never closes, so lines 9 to 10 are not read
`
	if got.String() != want {
		t.Errorf("got\n%s", got.String())
	}
}

// TestLong checks rows that are too long to be kept, with quotes that close and one that does not.
func TestLong(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x\n", 15<<20)
	text := "a,b\n1,\"" + long + "\"\n2,3\n" + strings.Repeat("y", 26<<20) + ",4\n5,6\n\n7,\"" + long
	in, err := rows.Open(strings.NewReader(text), rows.Options{Name: "t", Format: rows.CSV})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for text, err := range in.Texts(nil) {
		if err != nil {
			got = append(got, err.Error())
			continue
		}
		row, err := in.Parse(text, nil)
		got = append(got, fmt.Sprintf("%d %s %v", text.Line, row.JSON(), err))
	}
	want := []string{
		"2  t:2: the row is over 25 MiB", `15728643 {"a":"2","b":"3"} <nil>`, "15728644  t:15728644: the row is over 25 MiB", `15728645 {"a":"5","b":"6"} <nil>`,
		"t:15728647: the quote that opens here never closes, so lines 15728647 to 31457286 are not read",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q", got)
	}
}

// TestSurplus checks that only so many cells are kept of a row that has far too many.
func TestSurplus(t *testing.T) {
	t.Parallel()
	in, err := rows.Open(strings.NewReader("a,b\n1"+strings.Repeat(",", 2999)+"\n"), rows.Options{Name: "t", Format: rows.CSV})
	if err != nil {
		t.Fatal(err)
	}
	for text, err := range in.Texts(nil) {
		if err != nil {
			t.Fatal(err)
		}
		row, err := in.Parse(text, nil)
		if kept := strings.Count(string(row.JSON()), `""`) + 1; kept != 1002 || fmt.Sprint(err) != "t:2: the row has 3000 cells, and the table has 2 columns" {
			t.Errorf("%d cells are kept: %v", kept, err)
		}
	}
}

// TestAhead checks that the columns of JSONL are those of its first object, and that no row is lost for it.
func TestAhead(t *testing.T) {
	t.Parallel()
	in, err := rows.Open(strings.NewReader("[1]\n \nx\n{\"b\":1,\"a\":{},\"b\":2}\n{\"c\":3}\n"), rows.Options{Name: "t", Format: rows.JSONL, Ahead: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(in.Columns().Names()); got != "[b a]" {
		t.Error(got)
	}
	var got []string
	for text, err := range in.Texts(nil) {
		if err != nil {
			t.Fatal(err)
		}
		row, err := in.Parse(text, nil)
		cells, other := row.Cells(in.Columns().Names())
		got = append(got, fmt.Sprint(text.Line, cells, other, err != nil))
	}
	if fmt.Sprint(got) != "[1 [ ] 0 true 3 [ ] 0 true 4 [2 {}] 0 false 5 [ ] 1 false]" {
		t.Errorf("%q", got)
	}
}

// TestFailsToRead checks that an error of reading is reported after the rows before it.
func TestFailsToRead(t *testing.T) {
	t.Parallel()
	broken := io.MultiReader(strings.NewReader("a,b\n1,2\n3,"), &failing{})
	in, err := rows.Open(broken, rows.Options{Name: "t", Format: rows.CSV})
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, err := range in.Texts(nil) {
		if count++; count == 2 && !errors.Is(err, errBroken) {
			t.Error(err)
		}
	}
	if count != 2 {
		t.Error(count)
	}
}

var errBroken = errors.New("broken")

type failing struct{}

func (*failing) Read([]byte) (int, error) { return 0, errBroken }

// BenchmarkRows reads a table with and without quotes, down to its cells.
func BenchmarkRows(b *testing.B) {
	for name, row := range map[string]string{
		"plain":  "17,a title of some words,2026-11-26,open,the text of a ticket that goes on for a while and then ends\n",
		"quoted": "17,\"a title, of some words\",2026-11-26,open,\"the \"\"text\"\" of a ticket\nthat goes on for a while and then ends\"\n",
	} {
		b.Run(name, func(b *testing.B) {
			text := []byte("id,title,date,state,text\n" + strings.Repeat(row, 100_000))
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				readAll(b, text)
			}
		})
	}
}

func readAll(b *testing.B, text []byte) {
	b.Helper()
	in, err := rows.Open(bytes.NewReader(text), rows.Options{Name: "t", Format: rows.CSV})
	if err != nil {
		b.Fatal(err)
	}
	for text, err := range in.Texts(nil) {
		if err != nil {
			b.Fatal(err)
		}
		if _, err := in.Parse(text, nil); err != nil {
			b.Fatal(err)
		}
	}
}
