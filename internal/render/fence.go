package render

import "strings"

// Fence takes the first fenced code block out of a Markdown text that comes in pieces. The
// zero Fence takes a block of any language.
type Fence struct {
	// Lang is the language that the block must be of, in any case of letters: the first word
	// after its opening fence. Empty is any.
	Lang string

	line   string // the beginning of a line whose end has not come
	state  fenceState
	mark   string // the fence that opened the block
	indent int    // the spaces before it, which its lines are freed of
}

type fenceState int

const (
	outside fenceState = iota
	inOther            // in a block of another language
	inBlock
	done
)

// Next takes a piece of the text and returns what of the block is certain by now.
func (f *Fence) Next(piece string) string {
	if f.state == done {
		return ""
	}
	var out strings.Builder
	rest := f.line + piece
	for f.state != done {
		line, after, whole := strings.Cut(rest, "\n")
		if !whole {
			break
		}
		out.WriteString(f.take(line + "\n"))
		rest = after
	}
	f.line = rest
	return out.String()
}

// End returns what is left when the text has ended: a last line without its newline may
// belong to a block that was never closed.
func (f *Fence) End() string {
	line := f.line
	f.line = ""
	if line == "" || f.state == done {
		return ""
	}
	return f.take(line)
}

// Found says whether there was a block.
func (f *Fence) Found() bool { return f.state == inBlock || f.state == done }

// take reads one line and returns it where it belongs to the block.
func (f *Fence) take(line string) string {
	indent, mark, info := fenceOf(line)
	switch {
	case f.state == outside && mark != "":
		lang, _, _ := strings.Cut(info, " ")
		f.mark, f.indent, f.state = mark, indent, inOther
		if f.Lang == "" || strings.EqualFold(lang, f.Lang) {
			f.state = inBlock
		}
	case f.state == outside:
	case mark != "" && info == "" && mark[0] == f.mark[0] && len(mark) >= len(f.mark):
		if f.state == inBlock {
			f.state = done
		} else {
			f.state = outside
		}
	case f.state == inBlock:
		spaces := len(line) - len(strings.TrimLeft(line, " "))
		return line[min(spaces, f.indent):]
	}
	return ""
}

// fenceOf reads a line that is a fence: at most three spaces, three or more backticks or
// tildes, and the info after them. The mark is empty where the line is none.
func fenceOf(line string) (indent int, mark, info string) {
	rest := strings.TrimLeft(line, " ")
	indent = len(line) - len(rest)
	if indent > 3 || rest == "" || rest[0] != '`' && rest[0] != '~' {
		return 0, "", ""
	}
	after := strings.TrimLeft(rest, rest[:1])
	mark, info = rest[:len(rest)-len(after)], strings.TrimSpace(after)
	if len(mark) < 3 || mark[0] == '`' && strings.Contains(info, "`") {
		return 0, "", ""
	}
	return indent, mark, info
}
