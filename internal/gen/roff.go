package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/help"
)

// roff writes the source of a man page: man(7) macros, ASCII only, lines of at most 80 bytes where they are filled.
type roff struct {
	strings.Builder
	headed bool // a heading was written last, which makes a paragraph macro needless
}

// section begins a section.
func (r *roff) section(title string) { r.heading("SH", title) }

func (r *roff) heading(macro, title string) {
	r.WriteString("." + macro + " " + escape(title) + "\n")
	r.headed = true
}

func (r *roff) startParagraph() {
	if !r.headed {
		r.WriteString(".PP\n")
	}
	r.headed = false
}

// fill writes escaped text as lines that man may fill.
func (r *roff) fill(escaped string) {
	width := 0
	for word := range strings.FieldsSeq(escaped) {
		switch {
		case width == 0:
		case width+1+len(word) > 78:
			r.WriteByte('\n')
			width = 0
		default:
			r.WriteByte(' ')
			width++
		}
		if width == 0 && word[0] == '.' {
			word = `\&` + word
		}
		r.WriteString(word)
		width += len(word)
	}
	r.WriteByte('\n')
}

// paragraph writes a paragraph of plain text.
func (r *roff) paragraph(text string) {
	r.startParagraph()
	r.fill(emphasize(text))
}

// item writes a term, which is escaped, and its plain text.
func (r *roff) item(width int, term, text string) {
	fmt.Fprintf(&r.Builder, ".TP %dn\n%s\n", width, term)
	r.headed = false
	r.fill(emphasize(text))
}

// code writes lines that stay as they are.
func (r *roff) code(lines []string) {
	r.startParagraph()
	r.WriteString(".RS 4\n.EX\n")
	for _, line := range lines {
		r.WriteString(escapeLine(line) + "\n")
	}
	// Groff takes hyphenation up again after an example.
	r.WriteString(".EE\n.RE\n.nh\n")
}

// blocks writes the parts of a page. A heading inside a section is a subsection.
func (r *roff) blocks(blocks []help.Block) {
	for _, b := range blocks {
		switch b.Kind {
		case help.KindHeading:
			r.heading("SS", b.Text)
		case help.KindParagraph:
			r.paragraph(b.Text)
		case help.KindCode:
			r.code(b.Lines)
		case help.KindList:
			r.list(b.Rows)
		case help.KindTable:
			r.table(b.Rows)
		}
	}
}

// list writes terms with their texts beside them, below those that are long, and no empty
// lines between.
func (r *roff) list(rows [][]string) {
	width := 0
	for _, row := range rows {
		if n := len(row[0]); n <= 32 {
			width = max(width, n)
		}
	}
	for i, row := range rows {
		if i == 1 {
			r.WriteString(".PD 0\n")
		}
		r.item(width+2, emphasize(row[0]), row[1])
	}
	if len(rows) > 1 {
		r.WriteString(".PD\n")
	}
}

// table writes rows for tbl(1). The second column takes what room there is.
func (r *roff) table(rows [][]string) {
	rest := len(rows[0]) - 2
	r.startParagraph()
	fmt.Fprintf(&r.Builder, ".TS\nlb lxb%s\nl lx%s.\n", strings.Repeat(" lb", rest), strings.Repeat(" l", rest))
	for _, row := range rows {
		r.WriteString(emphasize(row[0]) + "\tT{\n")
		r.fill(emphasize(row[1]))
		r.WriteString("T}")
		for _, cell := range row[2:] {
			r.WriteString("\t" + emphasize(cell))
		}
		r.WriteByte('\n')
	}
	r.WriteString(".TE\n")
}

// escape keeps roff from reading a meaning into text, and its characters as they are: a
// hyphen stays one that can be pasted into a shell.
func escape(text string) string {
	var out strings.Builder
	for _, c := range text {
		switch c {
		case '\\':
			out.WriteString(`\(rs`)
		case '-':
			out.WriteString(`\-`)
		case '"':
			out.WriteString(`\(dq`)
		case '\'':
			out.WriteString(`\(aq`)
		case '`':
			out.WriteString(`\(ga`)
		case '^':
			out.WriteString(`\(ha`)
		case '~':
			out.WriteString(`\(ti`)
		default:
			if c > '~' {
				fmt.Fprintf(&out, `\[u%04X]`, c)
				continue
			}
			out.WriteRune(c)
		}
	}
	return out.String()
}

// escapeLine escapes a line that stands alone.
func escapeLine(line string) string {
	line = escape(line)
	if strings.HasPrefix(line, ".") {
		return `\&` + line
	}
	return line
}

// emphasize escapes text and sets its flags in bold type.
func emphasize(text string) string {
	flag := regexp.MustCompile(`(^|[ (,])((?:\\-){1,2}(?:0|[A-Za-z](?:[A-Za-z0-9]|\\-)*))`)
	return flag.ReplaceAllString(escape(text), `$1\fB$2\fR`)
}
