package render

import "strings"

// Fence extracts the first fenced code block from a Markdown text that arrives in pieces. The zero Fence accepts a
// block in any language.
type Fence struct {
	// Lang is the language of the block to extract, the first word after its opening fence, in upper or lower case.
	// Empty accepts any.
	Lang string

	line   string // the beginning of an incomplete line
	state  fenceState
	fence  string // the fence that opened the block
	indent int    // the spaces before it, which are removed from the lines of the block
}

type fenceState int

const (
	outside fenceState = iota
	inOther            // in a block of another language
	inBlock
	done
)

// Next reads a piece of the text and returns the part of the block that is now complete.
func (f *Fence) Next(piece string) string {
	if f.state == done {
		return ""
	}
	var out strings.Builder
	rest := f.line + piece
	for f.state != done {
		line, after, complete := strings.Cut(rest, "\n")
		if !complete {
			break
		}
		out.WriteString(f.readLine(line + "\n"))
		rest = after
	}
	f.line = rest
	return out.String()
}

// End returns the rest of the block after the end of the text: a last line without a newline may belong to a block that
// was never closed.
func (f *Fence) End() string {
	line := f.line
	f.line = ""
	if line == "" || f.state == done {
		return ""
	}
	return f.readLine(line)
}

// Found reports whether the text has a block.
func (f *Fence) Found() bool { return f.state == inBlock || f.state == done }

// readLine reads one line and returns it if it belongs to the block.
func (f *Fence) readLine(line string) string {
	indent, fence, info := parseFence(line)
	switch {
	case f.state == outside && fence != "":
		lang, _, _ := strings.Cut(info, " ")
		f.fence, f.indent, f.state = fence, indent, inOther
		if f.Lang == "" || strings.EqualFold(lang, f.Lang) {
			f.state = inBlock
		}
	case f.state == outside:
	case fence != "" && info == "" && fence[0] == f.fence[0] && len(fence) >= len(f.fence):
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

// parseFence parses a code fence as in CommonMark: at most three spaces, three or more backticks or tildes, and the
// info string. fence is empty if the line is none.
func parseFence(line string) (indent int, fence, info string) {
	rest := strings.TrimLeft(line, " ")
	indent = len(line) - len(rest)
	if indent > 3 || rest == "" || rest[0] != '`' && rest[0] != '~' {
		return 0, "", ""
	}
	after := strings.TrimLeft(rest, rest[:1])
	fence, info = rest[:len(rest)-len(after)], strings.TrimSpace(after)
	if len(fence) < 3 || fence[0] == '`' && strings.Contains(info, "`") {
		return 0, "", ""
	}
	return indent, fence, info
}
