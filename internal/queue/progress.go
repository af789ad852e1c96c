package queue

import (
	"fmt"
	"sync"

	"github.com/chatcmpl/chatcmpl/internal/console"
)

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
	return console.Bar(line, done, total, columns)
}

// sizeOf returns a size for a note.
func sizeOf(bytes int64) string {
	if bytes < 1e6 {
		return fmt.Sprintf("%.1f kB", float64(bytes)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}
