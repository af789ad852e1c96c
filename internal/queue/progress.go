package queue

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/batchapi"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// Intervals at which the progress is shown: on a terminal, and elsewhere.
const (
	redraw = 250 * time.Millisecond
	report = 30 * time.Second
)

// shown holds the provider's own counts of a batch.
type shown struct {
	id                  string
	total, done, failed int64
	begun               time.Time
}

// String returns the line of a batch.
func (s shown) String() string {
	return fmt.Sprintf("batch %s: %d of %d, %d failed, %s", s.id, s.done, s.total, s.failed, span(time.Since(s.begun)))
}

// note notes the state of the batch.
func (p *part) note(s *batchapi.Status) {
	total := s.Total
	if total == 0 {
		total = int64(len(p.entries))
	}
	p.status = shown{p.batch, total, s.Done, s.Failed, p.begun}
}

// span returns a length of time for people.
func span(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 2*time.Hour:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// progress prints the counts while the run waits. It is safe for concurrent use.
type progress struct {
	mu      sync.Mutex
	batches []shown
	// the part that is being uploaded, the size of its file, and how much of it was read
	number, size, read int64
}

// set sets the batches that are shown.
func (p *progress) set(parts []*part) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.batches = p.batches[:0]
	for _, part := range parts {
		if part.hasBatch() && part.status.id != "" {
			p.batches = append(p.batches, part.status)
		}
	}
}

// upload sets the part that is being uploaded; nil for none.
func (p *progress) upload(part *part) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.number, p.size, p.read = 0, 0, 0
	if part != nil {
		p.number, p.size = int64(part.number), part.size
	}
}

// sent counts bytes of the file that is being uploaded.
func (p *progress) sent(bytes int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.read += int64(bytes)
}

// lines returns what is shown, a line for each batch.
func (p *progress) lines() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var lines []string
	if p.number > 0 {
		lines = append(lines, fmt.Sprintf("uploading part %d: %s of %s", p.number, sizeOf(p.read), sizeOf(p.size)))
	}
	for _, b := range p.batches {
		lines = append(lines, b.String())
	}
	return lines
}

// bar returns what is shown on one line of a terminal.
func (p *progress) bar(columns int) string {
	lines := p.lines()
	if len(lines) == 0 {
		return ""
	}
	p.mu.Lock()
	total, done := int64(0), int64(0)
	for _, b := range p.batches {
		total, done = total+b.total, done+b.done
	}
	if p.number > 0 {
		total, done = p.size, p.read
	}
	p.mu.Unlock()
	line := lines[0]
	if more := len(lines) - 1; more > 0 {
		line += fmt.Sprintf(" (and %d more)", more)
	}
	const minWidth, maxWidth = 5, 20
	width := min(maxWidth, columns-len(line)-len("[] "))
	if total == 0 || width < minWidth {
		return line
	}
	filled := int(min(done, total) * int64(width) / total)
	return "[" + strings.Repeat("=", filled) + strings.Repeat(" ", width-filled) + "] " + line
}

// show shows the progress until done is called.
func (r *run) show() (done func()) {
	con := r.Console
	switch {
	case con.Silent():
		return func() {}
	case con.HasStatus():
		return con.Every(redraw, func() { con.ShowStatus(r.progress.bar(con.Width())) })
	}
	return con.Every(report, func() {
		for _, line := range r.progress.lines() {
			con.Note("%s", line)
		}
	})
}

// ending returns the reason why a record of a batch that is at its end has no result.
func ending(s *batchapi.Status) string {
	switch s.End {
	case batchapi.Expired:
		return "the batch expired"
	case batchapi.Canceled:
		return "the batch was canceled"
	case batchapi.Rejected:
		return "the batch was rejected: " + s.Words
	}
	return "the batch ended without one"
}

// summary returns what came of a batch.
func (c *collector) summary(id string, s *batchapi.Status) string {
	text := fmt.Sprintf("batch %s %s: %d succeeded, %d failed", id, s.End, c.written-c.failed, c.failed-c.unrun)
	if c.unrun > 0 {
		text += fmt.Sprintf(", %d not run", c.unrun)
	}
	if c.before > 0 {
		text += fmt.Sprintf(", %d were there", c.before)
	}
	if foreign := c.foreign + c.unnamed; foreign > 0 {
		text += ", " + console.Plural(int(foreign), "result") + " of no record left out"
	}
	if c.ticks > 0 {
		text += ", $" + reply.USD(c.ticks)
	}
	return text
}
