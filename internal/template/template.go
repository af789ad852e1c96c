// Package template fills the columns of rows into texts. {{column}} stands for the value of a column, and \{{ for a literal {{.
// A value that was filled in is never expanded again.
package template

import (
	"errors"
	"fmt"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rows"
)

const (
	opening = "{{"
	closing = "}}"
	escaped = `\` + opening
)

// Template is a text with columns in it.
type Template struct{ parts []part }

// part is a literal text and the column that follows it; the last one has no column.
type part struct{ text, column string }

// Errors of a text that is no template.
var (
	ErrUnclosed = errors.New("a {{ has no }}")
	ErrNoName   = errors.New("there is no name between {{ and }}")
)

// Parse reads a template.
func Parse(text string) (*Template, error) {
	t := &Template{}
	var literal strings.Builder
	for {
		before, after, found := strings.Cut(text, opening)
		if !found {
			literal.WriteString(text)
			t.parts = append(t.parts, part{text: literal.String()})
			return t, nil
		}
		if before, isEscaped := strings.CutSuffix(before, `\`); isEscaped {
			literal.WriteString(before + opening)
			text = after
			continue
		}
		name, rest, closed := strings.Cut(after, closing)
		name = strings.TrimSpace(name)
		switch {
		case !closed:
			return nil, ErrUnclosed
		case name == "":
			return nil, ErrNoName
		}
		literal.WriteString(before)
		t.parts = append(t.parts, part{literal.String(), name})
		literal.Reset()
		text = rest
	}
}

// Escape returns a template that is always filled in as the text.
func Escape(text string) string { return strings.ReplaceAll(text, opening, escaped) }

// MayHold reports whether a text looks as if it had a column in it.
func MayHold(text string) bool { return strings.Contains(text, opening) }

// Columns returns the columns in their order, each as often as it occurs.
func (t *Template) Columns() (columns []string) {
	for _, p := range t.parts {
		if p.column != "" {
			columns = append(columns, p.column)
		}
	}
	return columns
}

// Fill returns the text with the values of a row. The error is a *MissingError.
func (t *Template) Fill(row *rows.Row) (string, error) {
	if len(t.parts) == 1 {
		return t.parts[0].text, nil
	}
	var out strings.Builder
	for _, p := range t.parts {
		out.WriteString(p.text)
		if p.column == "" {
			continue
		}
		value, ok := row.Get(p.column)
		if !ok {
			return "", &MissingError{p.column}
		}
		out.WriteString(value.Text)
	}
	return out.String(), nil
}

// IsEmpty reports whether a row has all columns of the template, at least one, and nothing in them.
func (t *Template) IsEmpty(row *rows.Row) bool {
	columns := t.Columns()
	for _, column := range columns {
		if value, ok := row.Get(column); !ok || value.Text != "" && string(value.JSON) != "null" {
			return false
		}
	}
	return len(columns) > 0
}

// MissingError reports a column that a row does not have.
type MissingError struct{ Column string }

func (e *MissingError) Error() string { return fmt.Sprintf("the row has no column %q", e.Column) }
