package rows

import "bytes"

// walk looks for the end of a row. It goes on where it was when more of the row has been read.
type walk struct {
	dialect

	at     int // how far it is
	state  state
	opened int // where the quote is that it is in; -1 where that was dropped
	// openedLine counts the line breaks before that quote, where it was dropped.
	openedLine int64
}

type state int

// The states of a walk.
const (
	atRow   state = iota // where a row starts
	atCell               // where a cell starts
	inCell               // in what stands outside quotes
	inQuote              // in quotes
	atQuote              // behind a quote in quotes, which may close them
)

func (w *walk) begin() { w.at, w.state, w.opened, w.openedLine = 0, atRow, 0, 0 }

// end returns the length of a row with its end; 0 if more of it must be read. The text begins with the row, and is at most
// longer than it was at the last call.
func (w *walk) end(text []byte) int {
	if w.state == atRow {
		if end := bytes.IndexByte(text, '\n'); end >= 0 && (!w.quotes || bytes.IndexByte(text[:end], '"') < 0) {
			return end + 1
		}
		w.state = atCell
	}
	for w.at < len(text) {
		if end, more := w.step(text[w.at:]); !more {
			return end
		}
	}
	return 0
}

// step goes on in the rest of a text. Without more of it the row ends after so many bytes, or, where that is 0, goes on in
// what must be read.
func (w *walk) step(rest []byte) (end int, more bool) {
	switch w.state {
	case atCell:
		w.state = inCell
		if w.quotes && rest[0] == '"' {
			w.state, w.opened = inQuote, w.at
			w.at++
		}
	case inCell:
		size, ends := w.cellEnd(rest)
		if w.at += size; ends {
			return w.at, false
		}
		return 0, w.state == atCell
	case inQuote:
		size := bytes.IndexByte(rest, '"')
		if size < 0 {
			w.at += len(rest)
			return 0, false
		}
		w.at += size + 1
		w.state = atQuote
	default:
		if string(rest) == "\r" {
			return 0, false
		}
		w.afterQuote(rest)
	}
	return 0, true
}

// cellEnd returns how far a cell goes that is not in quotes, and whether it ends the row. The state changes where the next
// cell begins.
func (w *walk) cellEnd(rest []byte) (size int, ends bool) {
	for i, b := range rest {
		switch b {
		case '\n':
			return i + 1, true
		case w.delimiter[0]:
			if len(rest)-i < len(w.delimiter) {
				return i, false
			}
			if string(rest[i:i+len(w.delimiter)]) == w.delimiter {
				w.state = atCell
				return i + len(w.delimiter), false
			}
		}
	}
	return len(rest), false
}

// afterQuote decides what a quote in quotes is: the first of two, which are one, or the closing one.
func (w *walk) afterQuote(rest []byte) {
	switch {
	case rest[0] == '"':
		w.state = inQuote
		w.at++
	case w.literal && !w.endsCell(rest):
		w.giveUp()
	default:
		w.state = inCell
	}
}

// endsCell reports whether a text begins with the end of a cell.
func (w *walk) endsCell(rest []byte) bool {
	return rest[0] == '\n' || rest[0] == w.delimiter[0] || string(rest) == "\r" || bytes.HasPrefix(rest, []byte("\r\n"))
}

// isOpen reports whether the walk is in quotes.
func (w *walk) isOpen() bool { return w.state == inQuote }

// giveUp takes the quote as literal that does not close its cell. It returns false where quotes must close.
func (w *walk) giveUp() bool {
	if !w.literal || w.state != inQuote && w.state != atQuote || w.opened < 0 {
		return false
	}
	w.state, w.at = inCell, w.opened+1
	return true
}
