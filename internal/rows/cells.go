package rows

import (
	"math"
	"strings"
)

// cells splits a row.
func (d *dialect) cells(row string) []string {
	cells, _ := d.firstCells(row, nil, math.MaxInt)
	return cells
}

// firstCells splits a row. It appends no more than most cells to room, and counts all of them.
func (d *dialect) firstCells(row string, room []string, most int) (cells []string, count int) {
	cells = room
	for more := true; more; count++ {
		var cell string
		cell, row, more = d.cell(row)
		if count < most {
			cells = append(cells, cell)
		}
	}
	return cells, count
}

// cell returns the first cell of a row and what follows it.
func (d *dialect) cell(row string) (cell, rest string, more bool) {
	if !strings.HasPrefix(row, `"`) {
		return strings.Cut(row, d.delimiter)
	}
	quoted, rest, closed := cutQuoted(row)
	if !closed || d.literal && rest != "" && !strings.HasPrefix(rest, d.delimiter) {
		return strings.Cut(row, d.delimiter)
	}
	after, rest, more := strings.Cut(rest, d.delimiter)
	return quoted + after, rest, more
}

// holdsCR reports whether a row holds a CR outside quotes.
func (d *dialect) holdsCR(row string) bool {
	for more := true; more; {
		var cell string
		start := row
		cell, row, more = d.cell(row)
		if strings.HasPrefix(start, `"`) {
			if quoted, _, closed := cutQuoted(start); closed && strings.HasPrefix(cell, quoted) {
				cell = cell[len(quoted):]
			}
		}
		if strings.Contains(cell, "\r") {
			return true
		}
	}
	return false
}

// cutQuoted returns what stands between the quote that a text begins with and the one that closes it, and what follows.
func cutQuoted(text string) (quoted, rest string, closed bool) {
	for at := 1; ; {
		end := strings.IndexByte(text[at:], '"')
		if end < 0 {
			return "", text, false
		}
		at += end + 1
		if !strings.HasPrefix(text[at:], `"`) {
			return strings.ReplaceAll(text[1:at-1], `""`, `"`), text[at:], true
		}
		at++
	}
}
