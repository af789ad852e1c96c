// Package table lays out the results of a batch as rows of a table: the columns of the rows that were read, then those of the
// replies, then the error.
package table

import (
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/rows"
)

// Layout says which columns a table has.
type Layout struct {
	// Rows are the columns of the rows; nil for records that are no rows, which have their custom_id.
	Rows []string
	// Properties are those of the replies' schema; nil for the whole text.
	Properties []string
	// Expect adds a column that says whether the reply is as expected.
	Expect bool
	// Prefix stands before the name of each column that is added to the rows.
	Prefix string
}

// Result holds the row of a record and what the record adds to it.
type Result struct {
	CustomID string
	Row      *rows.Row
	// Text is that of an acceptable reply.
	Text string
	// Error says why the record failed; empty where it did not.
	Error string
	// Expected reports whether the reply is as expected.
	Expected bool
	// Choices counts the choices of the reply. Text is that of the first one.
	Choices int
}

// Names returns the names of the columns. A name that is there twice is a usage error.
func (l *Layout) Names() ([]string, error) {
	names := append([]string{}, l.Rows...)
	if l.Rows == nil {
		names = []string{"custom_id"}
	}
	replies := l.Properties
	if replies == nil {
		replies = []string{"reply"}
	}
	for _, name := range replies {
		names = append(names, l.Prefix+name)
	}
	if l.Expect {
		names = append(names, l.Prefix+"expect")
	}
	names = append(names, l.Prefix+"error")
	seen := make(map[string]bool, len(names))
	for _, name := range names {
		if seen[name] {
			hint := "--prefix ai_ stands before the name of every column that is added"
			if l.Prefix != "" {
				hint = "take another --prefix"
			}
			return nil, failure.BadUsage(hint, "the table would have two columns named %q", name)
		}
		seen[name] = true
	}
	return names, nil
}

// Cells returns the cells of a result. other counts the values of its row that no column has.
func (l *Layout) Cells(r *Result) (cells []string, other int) {
	if l.Rows == nil {
		cells = []string{r.CustomID}
	} else {
		cells, other = r.Row.Cells(l.Rows)
	}
	cells = append(cells, l.reply(r)...)
	if l.Expect {
		word := "false"
		if r.Expected {
			word = "true"
		}
		cells = append(cells, word)
	}
	return append(cells, r.Error), other
}

// reply returns the cells of the reply: its text, or its properties.
func (l *Layout) reply(r *Result) []string {
	if l.Properties == nil {
		return []string{r.Text}
	}
	cells := make([]string, len(l.Properties))
	obj := rawjson.Known([]byte(r.Text))
	for i, name := range l.Properties {
		cells[i] = cell(obj.Get(name))
	}
	return cells
}

// HasAll reports whether the cells hold the whole reply: it has no second choice, and with a schema it is an object, which a
// mismatch that the caller accepts may not be, of no other properties than the schema's.
func (l *Layout) HasAll(r *Result) bool {
	if r.Error != "" || l.Properties == nil {
		return r.Choices < 2
	}
	obj, err := rawjson.ParseObject([]byte(r.Text))
	isOther := func(m rawjson.Member) bool { return !slices.Contains(l.Properties, m.Key) }
	return r.Choices < 2 && err == nil && !slices.ContainsFunc(obj, isOther)
}

// cell returns a JSON value as a cell: a text as it is, nothing for null, any other JSON as it is written.
func cell(raw []byte) string {
	if raw == nil || string(raw) == "null" {
		return ""
	}
	if text, ok := rawjson.String(raw); ok {
		return text
	}
	compact, err := rawjson.Compact(raw)
	if err != nil {
		return ""
	}
	return string(compact)
}
