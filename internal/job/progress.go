package job

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// progress counts the input that has been read, and shows it with the sums of the run.
type progress struct {
	stats  batch.Stats
	shards int64
	size   int64 // size of the input in bytes; 0 if unknown
	bytes  atomic.Int64
	lines  atomic.Int64
	// untimed leaves times out of the summary: those of a replay mean nothing, and would differ from run to run.
	untimed bool
}

// lineRead counts a line of the input and its length in bytes.
func (p *progress) lineRead(bytes int) {
	p.bytes.Add(int64(bytes))
	p.lines.Add(1)
}

// total estimates the number of records from the input read so far; 0 if it can't.
func (p *progress) total() int64 {
	bytes, lines := p.bytes.Load(), p.lines.Load()
	if p.size == 0 || bytes == 0 {
		return 0
	}
	return int64(float64(lines) * float64(p.size) / float64(bytes) / float64(max(1, p.shards)))
}

// show displays the progress on stderr until done is called.
func (p *progress) show(con *console.Console) (done func()) {
	return con.Progress(p.bar, func() []string { return []string{strings.Join(p.figures(), ", ")} })
}

// bar returns the progress as one line of at most the given number of columns. If there are too few, it omits the last
// figures.
func (p *progress) bar(columns int) string {
	total := p.total()
	sums := p.stats.Snapshot()
	done := sums.Done + sums.Skipped
	percent := ""
	if total > 0 {
		percent = fmt.Sprintf("%3.0f%%  ", min(1, float64(done)/float64(total))*100)
	}
	figures := p.figures()
	line := percent + strings.Join(figures, ", ")
	for len(line) > columns && len(figures) > 1 {
		figures = figures[:len(figures)-1]
		line = percent + strings.Join(figures, ", ")
	}
	return console.Bar(line, done, total, columns)
}

// figures returns the sums of a running batch, the most important first.
func (p *progress) figures() []string {
	sums := p.stats.Snapshot()
	seconds := time.Since(sums.Start).Seconds()
	rate := float64(sums.Done) / max(seconds, 0.001)
	out := []string{fmt.Sprintf("%d done", sums.Done), fmt.Sprintf("%d failed", sums.Failed)}
	if total := p.total(); total > 0 && sums.Done > 0 {
		left := time.Duration(float64(max(0, total-sums.Done-sums.Skipped)) / rate * float64(time.Second))
		out = append(out, console.Duration(left.Round(time.Second))+" left")
	}
	out = append(out, fmt.Sprintf("%.1f/s", rate))
	spent := costs(sums)
	slices.Reverse(spent)
	return append(out, spent...)
}

func costs(sums batch.Sums) []string {
	var out []string
	if sums.Tokens > 0 {
		out = append(out, fmt.Sprintf("%d tokens", sums.Tokens))
	}
	if sums.Ticks > 0 {
		out = append(out, "$"+reply.USD(sums.Ticks))
	}
	return out
}

// summary prints the sums of a run: on one line, or on a terminal one line for each group of figures.
func (p *progress) summary(con *console.Console) {
	if con.Silent() {
		return
	}
	sums := p.stats.Snapshot()
	elapsed := time.Since(sums.Start)
	failed := fmt.Sprintf("%d failed", sums.Failed)
	if len(sums.Kinds) > 0 {
		var kinds []string
		for _, kind := range slices.Sorted(maps.Keys(sums.Kinds)) {
			kinds = append(kinds, fmt.Sprintf("%s: %d", kind, sums.Kinds[kind]))
		}
		failed += " (" + strings.Join(kinds, ", ") + ")"
	}
	records := []string{console.Plural(int(sums.Done), "record"), failed}
	if sums.Judged > 0 {
		records = append(records, fmt.Sprintf("%d of %d passed", sums.Passed, sums.Judged))
	}
	if sums.Skipped > 0 {
		records = append(records, fmt.Sprintf("%d done before", sums.Skipped))
	}
	if sums.Cached > 0 {
		records = append(records, fmt.Sprintf("%d from the cache", sums.Cached))
	}
	if sums.Retries == 1 {
		records = append(records, "1 retry")
	} else {
		records = append(records, fmt.Sprintf("%d retries", sums.Retries))
	}
	var pace []string
	if !p.untimed {
		pace = []string{fmt.Sprintf("%.1f s", elapsed.Seconds()), fmt.Sprintf("%.1f/s", float64(sums.Done)/max(elapsed.Seconds(), 0.001))}
	}
	if !con.StderrTerminal {
		con.Note("%s", strings.Join(slices.Concat(records, costs(sums), pace), ", "))
		return
	}
	for _, line := range [][]string{records, costs(sums), pace} {
		if len(line) > 0 {
			con.Note("%s", strings.Join(line, ", "))
		}
	}
}
