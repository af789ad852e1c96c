package console

import (
	"strings"
	"time"
)

// The intervals at which progress is shown: as the status of a terminal, and as notes elsewhere.
const (
	statusInterval = 250 * time.Millisecond
	noteInterval   = 30 * time.Second
)

// Progress shows the progress of a long run until done is called: on a terminal what bar returns for so many columns as the
// status, elsewhere each of the lines as a note. done may be called more than once.
func (c *Console) Progress(bar func(columns int) string, lines func() []string) (done func()) {
	switch {
	case c.Silent():
		return func() {}
	case c.hasStatus():
		return c.every(statusInterval, func() { c.showStatus(bar(c.width())) })
	}
	return c.every(noteInterval, func() {
		for _, line := range lines() {
			c.Note("%s", line)
		}
	})
}

// Bar returns a text with a bar before it, which shows how much of a total is done. The bar fills the rest of the columns, up to
// a limit. If too few columns are left, or the total is 0, Bar returns the text alone.
func Bar(text string, done, total int64, columns int) string {
	const minWidth, maxWidth = 5, 20
	width := min(maxWidth, columns-len(text)-len("[] "))
	if total == 0 || width < minWidth {
		return text
	}
	filled := int(min(done, total) * int64(width) / total)
	return "[" + strings.Repeat("=", filled) + strings.Repeat(" ", width-filled) + "] " + text
}
