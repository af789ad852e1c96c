package table

import (
	"bytes"
	"encoding/csv"
	"strings"
	"sync"
	"sync/atomic"
)

// Encoder makes lines of cells: quoted where needed, ended by LF. It is safe for concurrent use.
type Encoder struct {
	delimiter rune
	safe      bool
	formulas  atomic.Int64
	writers   sync.Pool // of *writer
}

// writer is a CSV writer with what it has written.
type writer struct {
	out bytes.Buffer
	csv *csv.Writer
}

// NewEncoder returns an encoder that puts a delimiter between cells. With safe it puts a ' before each cell that a spreadsheet
// would run.
func NewEncoder(delimiter rune, safe bool) *Encoder {
	e := &Encoder{delimiter: delimiter, safe: safe}
	e.writers.New = func() any {
		w := &writer{}
		w.csv = csv.NewWriter(&w.out)
		w.csv.Comma = delimiter
		return w
	}
	return e
}

// Line returns a line. It may change the cells.
func (e *Encoder) Line(cells []string) []byte {
	for i, cell := range cells {
		if !isFormula(cell) {
			continue
		}
		e.formulas.Add(1)
		if e.safe {
			cells[i] = "'" + cell
		}
	}
	w, _ := e.writers.Get().(*writer)
	defer e.writers.Put(w)
	w.out.Reset()
	// A buffer takes every byte, and the delimiter was checked.
	_ = w.csv.Write(cells)
	w.csv.Flush()
	return bytes.Clone(w.out.Bytes())
}

// Unsafe counts the cells so far that a spreadsheet would run.
func (e *Encoder) Unsafe() int64 {
	if e.safe {
		return 0
	}
	return e.formulas.Load()
}

// isFormula reports whether a spreadsheet would run a cell.
func isFormula(cell string) bool {
	return cell != "" && strings.IndexByte("=+-@\t\r", cell[0]) >= 0 && !isNumber(cell)
}

// isNumber reports whether a cell is a decimal number, perhaps with a sign and an exponent.
func isNumber(cell string) bool {
	mantissa, exponent, hasExponent := strings.Cut(strings.ToLower(cell), "e")
	whole, fraction, _ := strings.Cut(unsigned(mantissa), ".")
	return areDigits(whole) && areDigits(fraction) && whole+fraction != "" &&
		(!hasExponent || unsigned(exponent) != "" && areDigits(unsigned(exponent)))
}

func unsigned(number string) string {
	if number != "" && (number[0] == '+' || number[0] == '-') {
		return number[1:]
	}
	return number
}

func areDigits(text string) bool { return strings.Trim(text, "0123456789") == "" }
