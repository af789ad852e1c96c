package main

import (
	"regexp"
	"slices"
	"strings"
)

// block is a part of a help text.
type block struct {
	kind  kind
	lines []string   // of a heading, a paragraph or code
	rows  [][]string // of a list: a term and its text; of a table: its cells, the head first
}

type kind int

const (
	heading kind = iota
	paragraph
	code
	list
	table
)

// help is a help text while it is read.
type help struct {
	blocks []block
	below  bool // below a heading
	column int  // where the text of the last row begins; 0 where there is none
}

// parse reads the form that help texts have. A line in capitals above indented lines is a
// heading. Lines indented by two spaces are a list where two spaces or more part a term
// from its text, a table where that happens twice in a line, and code elsewhere. Below a
// heading they may be mixed, and what ends as a sentence does is a paragraph there.
func parse(text string) []block {
	h := &help{}
	groups := split(text)
	for i, lines := range groups {
		switch {
		case indent(lines[0]) > 0:
			h.indented(lines)
		case strings.HasPrefix(lines[0], "#"):
			h.add(block{kind: heading, lines: []string{strings.Trim(lines[0], "# :")}})
		case isHeading(lines) && i+1 < len(groups) && indent(groups[i+1][0]) > 0:
			h.add(block{kind: heading, lines: []string{strings.TrimSuffix(lines[0], ":")}})
			h.below = true
		default:
			h.add(block{kind: paragraph, lines: lines})
			h.below = false
		}
	}
	return h.blocks
}

func (h *help) add(blocks ...block) { h.blocks = append(h.blocks, blocks...) }

// split parts a text at empty lines, and where indented lines begin or end.
func split(text string) [][]string {
	var groups [][]string
	open := false
	for line := range strings.Lines(text) {
		line = strings.TrimRight(strings.ReplaceAll(line, "\t", "    "), " \r\n")
		if line == "" {
			open = false
			continue
		}
		last := len(groups) - 1
		if open && (indent(groups[last][0]) > 0) == (indent(line) > 0) {
			groups[last] = append(groups[last], line)
			continue
		}
		groups = append(groups, []string{line})
		open = true
	}
	return groups
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func isHeading(lines []string) bool {
	return len(lines) == 1 && regexp.MustCompile(`^[A-Z]{2}[A-Z ]*(, .*)?:?$`).MatchString(lines[0])
}

func (h *help) indented(lines []string) {
	blocks := mixed(lines)
	if h.below || len(blocks) == 1 && blocks[0].rows != nil {
		h.add(blocks...)
		return
	}
	for i := range lines {
		lines[i] = strings.TrimPrefix(lines[i], "  ")
	}
	if last := len(h.blocks) - 1; last >= 0 && h.blocks[last].kind == code {
		h.blocks[last].lines = slices.Concat(h.blocks[last].lines, []string{""}, lines)
		return
	}
	h.add(block{kind: code, lines: lines})
}

// mixed reads indented lines as lists, tables, paragraphs and code.
func mixed(lines []string) []block {
	h := &help{}
	for i, line := range lines {
		if indent(line) > 2 {
			h.goOn(line)
			continue
		}
		deep := i+1 < len(lines) && indent(lines[i+1]) >= 8
		if cells := h.cells(line); len(cells) > 1 || deep {
			h.row(cells)
		} else {
			h.line(paragraph, cells[0])
		}
	}
	read := &help{}
	for _, b := range h.blocks {
		if b.kind == paragraph && !regexp.MustCompile(`[.:?]$`).MatchString(b.lines[len(b.lines)-1]) {
			b.kind = code
		}
		if b.kind == code {
			last := read.last(code)
			last.lines = append(last.lines, b.lines...)
			continue
		}
		read.add(b)
	}
	return read.blocks
}

// cells are the parts of a line between gaps. A comment or an equals sign after a gap is
// that of code. Below such a row a flag is parted where that was and a setting after it,
// also where there is but one space.
func (h *help) cells(line string) []string {
	trimmed := strings.TrimSpace(line)
	cells := regexp.MustCompile(` {2,}`).Split(trimmed, -1)
	switch {
	case len(cells) > 1 && strings.ContainsAny(cells[1][:1], "#="):
		return []string{trimmed}
	case len(cells) > 1:
		h.column = strings.Index(line, "  "+cells[1]) + 2
	case h.column > 0 && h.column < len(line) && regexp.MustCompile(`^ *-.* $`).MatchString(line[:h.column]):
		return []string{strings.TrimSpace(line[:h.column]), line[h.column:]}
	case h.column > 0 && regexp.MustCompile(`^\S+=\S* `).MatchString(trimmed):
		return strings.SplitN(trimmed, " ", 2)
	}
	return cells
}

// last is the last block where it is of that kind, or a new one.
func (h *help) last(of kind) *block {
	if len(h.blocks) == 0 || h.blocks[len(h.blocks)-1].kind != of {
		h.add(block{kind: of})
	}
	return &h.blocks[len(h.blocks)-1]
}

func (h *help) line(of kind, line string) {
	b := h.last(of)
	b.lines = append(b.lines, line)
}

func (h *help) row(cells []string) {
	of := list
	if n := len(h.blocks); len(cells) > 2 || n > 0 && h.blocks[n-1].kind == table {
		of = table
	}
	if len(cells) == 1 {
		cells = append(cells, "")
	}
	b := h.last(of)
	b.rows = append(b.rows, cells)
}

// goOn takes a line that belongs to the text of the row above it; elsewhere it is code.
func (h *help) goOn(line string) {
	n := len(h.blocks)
	if n == 0 || h.blocks[n-1].rows == nil || indent(line) != h.column && indent(line) < 8 {
		h.line(code, strings.TrimPrefix(line, "  "))
		return
	}
	rows := h.blocks[n-1].rows
	row := rows[len(rows)-1]
	row[len(row)-1] = strings.TrimSpace(row[len(row)-1] + " " + strings.TrimSpace(line))
}
