package table_test

import (
	"encoding/csv"
	"reflect"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/rows"
	"github.com/chatcmpl/chatcmpl/internal/table"
)

func TestFormulas(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]bool{
		"=1+1": true, "+a": true, "-a": true, "@x": true, "\tx": true, "\rx": true, "-": true, "+": true, "-1-2": true, "-1e": true, "-.": true, "-inf": true,
		"-0x10": true, "--1": true, "-5%": true, "-1,5": true, "+1 2": true, "-1e+": true, "=": true,
		"": false, "-1": false, "+1.5": false, "-.5": false, "-1.": false, "+1e5": false, "-1E-5": false, "a=1": false, " =1": false, "'=1": false,
	} {
		e := table.NewEncoder(',', false)
		e.Line([]string{cell})
		if got := e.Unsafe() == 1; got != want {
			t.Errorf("%q: %v", cell, got)
		}
		got := string(table.NewEncoder(';', true).Line([]string{"x", cell}))
		if isSafe := strings.Contains(got, "'"+cell); isSafe != want && cell != "'=1" {
			t.Errorf("%q becomes %q", cell, got)
		}
	}
}

// FuzzLine reads a line back as encoding/csv does, and as a row.
func FuzzLine(f *testing.F) {
	f.Add("a", `b"c`, "d\r\ne")
	f.Add("", " ", "\ta")
	f.Add(`"`, `\.`, "\n")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		a, b, c = strings.ToValidUTF8(a, ""), strings.ToValidUTF8(b, ""), strings.ToValidUTF8(c, "")
		want := []string{a, b, c}
		for format, delimiter := range map[rows.Format]rune{rows.CSV: ',', rows.TSV: '\t'} {
			line := string(table.NewEncoder(delimiter, false).Line([]string{a, b, c}))
			if got := readBack(t, line, format, delimiter); !reflect.DeepEqual(got, want) {
				t.Errorf("%q is read as %q", line, got)
			}
			r := csv.NewReader(strings.NewReader(line))
			r.Comma = delimiter
			if got, err := r.Read(); err != nil || len(got) != 3 {
				t.Errorf("%q is read as %q by encoding/csv: %v", line, got, err)
			}
		}
	})
}

func readBack(t *testing.T, line string, format rows.Format, delimiter rune) (cells []string) {
	t.Helper()
	header := string(table.NewEncoder(delimiter, false).Line([]string{"x", "y", "z"}))
	in, err := rows.Open(strings.NewReader(header+line), rows.Options{Format: format})
	if err != nil {
		t.Fatal(err)
	}
	for text, err := range in.Texts(nil) {
		if err != nil {
			t.Fatal(err)
		}
		row, err := in.Parse(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		cells, _ = row.Cells(in.Columns().Names())
	}
	return cells
}
