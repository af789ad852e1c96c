package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/help"
)

// roff builds the source of a man page: man(7) macros in ASCII. Lines that man fills have at most 80 bytes.
type roff struct {
	strings.Builder
	afterHeading bool // the last line was a heading, after which a paragraph macro is superfluous
}

// section begins a section.
func (r *roff) section(title string) { r.heading("SH", title) }

func (r *roff) heading(macro, title string) {
	r.WriteString("." + macro + " " + escape(title) + "\n")
	r.afterHeading = true
}

func (r *roff) startParagraph() {
	if !r.afterHeading {
		r.WriteString(".PP\n")
	}
	r.afterHeading = false
}

// fill writes escaped text that man may break into other lines.
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

// item writes an escaped term and its text, which is not escaped yet.
func (r *roff) item(width int, term, text string) {
	fmt.Fprintf(&r.Builder, ".TP %dn\n%s\n", width, term)
	r.afterHeading = false
	r.fill(emphasize(text))
}

// code writes lines that man must not change.
func (r *roff) code(lines []string) {
	r.startParagraph()
	r.WriteString(".RS 4\n.EX\n")
	for _, line := range lines {
		r.WriteString(escapeLine(line) + "\n")
	}
	// Groff enables hyphenation again after an example.
	r.WriteString(".EE\n.RE\n.nh\n")
}

// blocks writes the parts of a page. A heading inside a section is a subsection.
func (r *roff) blocks(blocks []help.Block) {
	for _, b := range blocks {
		switch b.Kind {
		case help.KindHeading, help.KindTitle:
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

// list writes terms with their texts beside them, or below them if a term is long, without empty lines between.
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

// table writes rows for tbl(1). The second column gets the remaining width.
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

// escape escapes text so that roff prints every character unchanged. A hyphen stays one that can be pasted into a
// shell.
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

// escapeLine escapes an unfilled line. A leading period would otherwise begin a macro.
func escapeLine(line string) string {
	line = escape(line)
	if strings.HasPrefix(line, ".") {
		return `\&` + line
	}
	return line
}

// emphasize escapes text and formats the flags in it in bold.
func emphasize(text string) string {
	flag := regexp.MustCompile(`(^|[ (,])((?:\\-){1,2}(?:0|[A-Za-z](?:[A-Za-z0-9]|\\-)*))`)
	return flag.ReplaceAllString(escape(text), `$1\fB$2\fR`)
}
