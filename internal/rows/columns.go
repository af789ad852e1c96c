package rows

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Columns are the names of a table's columns, in their order.
type Columns struct {
	names  []string
	places map[string]int
}

// NewColumns returns columns of these names. Empty and repeated names are an error.
func NewColumns(names []string) (*Columns, error) {
	c := &Columns{names: names, places: make(map[string]int, len(names))}
	for place, name := range names {
		if strings.TrimSpace(name) == "" {
			return nil, fmt.Errorf("column %d has no name", place+1)
		}
		if first, twice := c.places[name]; twice {
			return nil, fmt.Errorf("columns %d and %d are both named %q", first+1, place+1, name)
		}
		c.places[name] = place
	}
	return c, nil
}

// Names returns the names.
func (c *Columns) Names() []string { return c.names }

// place returns the place of a column: of that name, or of that name with spaces around it.
func (c *Columns) place(name string) (place int, ok bool) {
	if place, ok = c.places[name]; ok {
		return place, true
	}
	place = slices.IndexFunc(c.names, func(other string) bool { return strings.TrimSpace(other) == strings.TrimSpace(name) })
	return place, place >= 0
}

// Has reports whether there is a column of that name.
func (c *Columns) Has(name string) bool {
	_, ok := c.place(name)
	return ok
}

// ParseNames reads names that are separated by commas, with quotes where a name holds one. Spaces around a name do not count.
func ParseNames(list string) (names []string, err error) {
	d := dialect{delimiter: ",", quotes: true}
	for more := true; more; {
		var name string
		name, list, more = d.cell(strings.TrimLeft(list, " "))
		names = append(names, strings.TrimSpace(name))
	}
	_, err = NewColumns(names)
	return names, err
}

// keys returns the names of an object's members, each once.
func keys(obj rawjson.Object) []string {
	var names []string
	seen := make(map[string]bool, len(obj))
	for _, m := range obj {
		if !seen[m.Key] {
			seen[m.Key] = true
			names = append(names, m.Key)
		}
	}
	return names
}

// foreign returns the kind of a file that begins so and is not text, and a hint how it becomes text; empty for text.
func foreign(start []byte) (kind, hint string) {
	for _, known := range [...]struct{ start, kind, hint string }{
		{"PK\x03\x04", "a spreadsheet file", "save it as CSV (UTF-8)"},
		{"\xd0\xcf\x11\xe0", "a spreadsheet file", "save it as CSV (UTF-8)"},
		{"\x1f\x8b", "a compressed file", "gzip -dc FILE | chatcmpl batch -i - --rows csv reads it"},
		{"\x28\xb5\x2f\xfd", "a compressed file", "zstd -dc FILE | chatcmpl batch -i - --rows csv reads it"},
	} {
		if bytes.HasPrefix(start, []byte(known.start)) {
			return known.kind, known.hint
		}
	}
	return "", ""
}

// isDelimiterLine reports whether a line is one that tells spreadsheet programs the delimiter, such as sep=;
func isDelimiterLine(line string) bool {
	delimiter, found := strings.CutPrefix(strings.ToLower(line), "sep=")
	return found && utf8.RuneCountInString(delimiter) == 1
}
