// Package help describes a page of help as data – headings, paragraphs, lists, tables and code – and prints it as plain text.
package help

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Kind is the form of a Block.
type Kind int

// The kinds of blocks.
const (
	KindHeading Kind = iota
	KindTitle
	KindParagraph
	KindList
	KindTable
	KindCode
)

// Block is a part of a page.
type Block struct {
	Kind Kind
	// Text is the text of a heading, a title or a paragraph.
	Text string
	// Lines holds the lines of code.
	Lines []string
	// Runs reports whether code is a shell script that works as it stands. Tests run it.
	Runs bool
	// Rows holds the rows of a list, each a term and its text, or of a table, whose first row is the header.
	Rows [][]string
}

// Heading returns the heading of a section.
func Heading(text string) Block { return Block{Kind: KindHeading, Text: text} }

// Title returns the title of a list in the usage of a command. What follows is not indented like the text of a section.
func Title(text string) Block { return Block{Kind: KindTitle, Text: text} }

// Paragraph returns text that is wrapped to the width of the page. White space, including newlines, is folded.
func Paragraph(text string) Block { return Block{Kind: KindParagraph, Text: text} }

// Code returns lines that are printed unchanged.
func Code(text string) Block {
	return Block{Kind: KindCode, Lines: strings.Split(strings.Trim(text, "\n"), "\n")}
}

// Shell returns the lines of a shell script that works as it stands, given the files that it names.
func Shell(text string) Block {
	block := Code(text)
	block.Runs = true
	return block
}

// List returns a list of terms, each with its text next to it.
func List(rows ...[]string) Block { return Block{Kind: KindList, Rows: rows} }

// Table returns a table, whose first row is the header.
func Table(rows ...[]string) Block { return Block{Kind: KindTable, Rows: rows} }

// Width is the width of a page in columns.
const Width = 80

// Text formats blocks as plain text. Blocks after a heading are indented.
func Text(blocks []Block) string {
	p := &printer{}
	for i, b := range blocks {
		if i > 0 && blocks[i-1].Kind > KindTitle {
			p.line("")
		}
		p.block(b)
	}
	return strings.TrimRight(p.out.String(), "\n")
}

// printer prints plain text.
type printer struct {
	out    strings.Builder
	indent string
}

const step = "  "

func (p *printer) line(text string) {
	p.out.WriteString(strings.TrimRight(text, " "))
	p.out.WriteByte('\n')
}

func (p *printer) block(b Block) {
	switch b.Kind {
	case KindHeading:
		p.indent = step
		p.line(strings.ToUpper(b.Text))
	case KindTitle:
		p.indent = ""
		p.line(b.Text + ":")
	case KindParagraph:
		for _, line := range wrap(b.Text, Width-len(p.indent)) {
			p.line(p.indent + line)
		}
	case KindCode:
		for _, line := range b.Lines {
			p.line(step + p.indent + line)
		}
	case KindList, KindTable:
		p.rows(b.Rows)
	}
}

// maxTerm is the maximum width of a term with its text on the same line, gap the space between two cells.
const (
	maxTerm = 26
	gap     = 2
)

// rows prints the cells of each row side by side. The second cell is wrapped to the remaining width.
func (p *printer) rows(rows [][]string) {
	first, rest := 0, 0
	tails := make([]string, len(rows))
	for i, row := range rows {
		if n := utf8.RuneCountInString(row[0]); n <= maxTerm || len(row) > 2 {
			first = max(first, n)
		}
		if len(row) > 2 {
			tails[i] = strings.Join(row[2:], strings.Repeat(" ", gap))
			rest = max(rest, gap+utf8.RuneCountInString(tails[i]))
		}
	}
	left := len(step) + first + gap
	room := min(Width-left-rest, widest(rows))
	for i, row := range rows {
		head := step + fmt.Sprintf("%-*s", first+gap, row[0])
		if utf8.RuneCountInString(head) > left {
			p.line(head)
			head = strings.Repeat(" ", left)
		}
		for n, line := range wrap(row[1], room) {
			if n == 0 && rest > 0 {
				line = fmt.Sprintf("%-*s%s", room+gap, line, tails[i])
			}
			p.line(head + line)
			head = strings.Repeat(" ", left)
		}
	}
}

// widest returns the width of the widest second cell.
func widest(rows [][]string) int {
	most := 0
	for _, row := range rows {
		most = max(most, utf8.RuneCountInString(row[1]))
	}
	return most
}

// wrap breaks text into lines of at most width columns; only a longer word exceeds it. Empty text yields one empty
// line.
func wrap(text string, width int) []string {
	lines := []string{""}
	for word := range strings.FieldsSeq(text) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case utf8.RuneCountInString(*last)+1+utf8.RuneCountInString(word) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}
