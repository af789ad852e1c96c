package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/batch"
)

// How often progress is shown: on a terminal, and elsewhere.
const (
	redraw = 250 * time.Millisecond
	report = 30 * time.Second
)

// progress is how far the input is read.
type progress struct {
	size  int64 // of the input in bytes; 0 where it is not known
	bytes atomic.Int64
	lines atomic.Int64
}

// took counts a line of the input.
func (p *progress) took(bytes int) {
	p.bytes.Add(int64(bytes))
	p.lines.Add(1)
}

// total is how many records there are, by what is read so far; 0 where that can't be told.
func (p *progress) total(shards int64) int64 {
	bytes, lines := p.bytes.Load(), p.lines.Load()
	if p.size == 0 || bytes == 0 {
		return 0
	}
	return int64(float64(lines) * float64(p.size) / float64(bytes) / float64(max(1, shards)))
}

// show keeps the progress on stderr until the function that it returns is called.
func (r *records) show() func() {
	if r.env.quiet || r.env.asJSON {
		return func() {}
	}
	bar := r.env.errTTY && r.env.get("TERM") != "dumb"
	every := report
	if bar {
		every = redraw
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				r.env.clearStatus()
				return
			case <-tick.C:
			}
			if bar {
				r.env.showStatus(r.bar(r.env.room()))
			} else {
				r.env.note("%s", strings.Join(r.figures(), ", "))
			}
		}
	}()
	return sync.OnceFunc(func() { close(stop); <-done })
}

// bar is the progress as one line of a terminal that has so many columns for it. The bar
// takes what the figures leave; where they have too little room the last ones are left out.
func (r *records) bar(room int) string {
	const least, most = 5, 20
	percent, share := "", 0.0
	if total := r.progress.total(r.flags.shards); total > 0 {
		sums := r.stats.Snapshot()
		share = min(1, float64(sums.Done+sums.Skipped)/float64(total))
		percent = fmt.Sprintf("%3.0f%%  ", share*100)
	}
	figures := r.figures()
	line := percent + strings.Join(figures, ", ")
	for len(line) > room && len(figures) > 1 {
		figures = figures[:len(figures)-1]
		line = percent + strings.Join(figures, ", ")
	}
	width := min(most, room-len(line)-len("[] "))
	if percent == "" || width < least {
		return line
	}
	full := int(share * float64(width))
	return fmt.Sprintf("[%s%s] %s", strings.Repeat("=", full), strings.Repeat(" ", width-full), line)
}

// figures are the sums of a run while it goes on, those first that matter most.
func (r *records) figures() []string {
	sums := r.stats.Snapshot()
	seconds := time.Since(sums.Start).Seconds()
	rate := float64(sums.Done) / max(seconds, 0.001)
	out := []string{fmt.Sprintf("%d done", sums.Done), fmt.Sprintf("%d failed", sums.Failed)}
	if total := r.progress.total(r.flags.shards); total > 0 && sums.Done > 0 {
		left := time.Duration(float64(max(0, total-sums.Done-sums.Skipped)) / rate * float64(time.Second))
		out = append(out, short(left.Round(time.Second))+" left")
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
		out = append(out, "$"+api.USD(sums.Ticks))
	}
	return out
}

// summary sums up a run: a line, on a terminal one for each kind of figures.
func (r *records) summary() {
	if r.env.quiet || r.env.asJSON {
		return
	}
	sums := r.stats.Snapshot()
	took := time.Since(sums.Start)
	failed := fmt.Sprintf("%d failed", sums.Failed)
	if len(sums.Kinds) > 0 {
		var kinds []string
		for _, kind := range slices.Sorted(maps.Keys(sums.Kinds)) {
			kinds = append(kinds, fmt.Sprintf("%s: %d", kind, sums.Kinds[kind]))
		}
		failed += " (" + strings.Join(kinds, ", ") + ")"
	}
	records := []string{plural(int(sums.Done), "record"), failed}
	if sums.Skipped > 0 {
		records = append(records, fmt.Sprintf("%d done before", sums.Skipped))
	}
	if sums.Kept > 0 {
		records = append(records, fmt.Sprintf("%d from the cache", sums.Kept))
	}
	if sums.Retries == 1 {
		records = append(records, "1 retry")
	} else {
		records = append(records, fmt.Sprintf("%d retries", sums.Retries))
	}
	pace := []string{fmt.Sprintf("%.1f s", took.Seconds()), fmt.Sprintf("%.1f/s", float64(sums.Done)/max(took.Seconds(), 0.001))}
	if !r.env.errTTY {
		r.env.note("%s", strings.Join(slices.Concat(records, costs(sums), pace), ", "))
		return
	}
	for _, line := range [][]string{records, costs(sums), pace} {
		if len(line) > 0 {
			r.env.note("%s", strings.Join(line, ", "))
		}
	}
}
