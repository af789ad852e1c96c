package queue

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/batchapi"
)

// stage is the stage of a part in its life.
type stage string

// The stages. A part is open until it is collected, rejected, split into others, or dropped.
const (
	planned   stage = "part"
	uploading stage = "upload"
	uploaded  stage = "uploaded"
	creating  stage = "create"
	created   stage = "created"
	busy      stage = "busy"
	canceled  stage = "cancel"
	collected stage = "collected"
	rejected  stage = "rejected"
	dropped   stage = "dropped"
)

// part is a part of the records, which becomes one batch.
type part struct {
	number  int
	entries []entry
	index   index // nil before the part is planned and after it is closed: then nothing is found
	size    int64 // of its file in bytes
	stage   stage
	file    string
	batch   string
	// former are batches of the same file that the provider ended because too much was waiting.
	former []string
	// begun is when the batch was created.
	begun time.Time

	// due is the time of the next call for the part, interval the wait after that call.
	due      time.Time
	interval time.Duration
	busyWait time.Duration // after which it was created again the last time
	failures int           // calls for its state that failed one after the other
	until    time.Time     // when the provider ends the batch at the latest
	status   shown
	// collector holds what came of the batch while its results are looked at again; nil if they were not read.
	collector *collector
	// left is the reason why the part stays open after this run; nil if it does not.
	left error
}

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

// plan begins the life of the part, whose entries are complete. A batch that it has already was adopted.
func (p *part) plan(now time.Time) {
	p.index = newIndex(p.entries)
	if p.stage = planned; p.batch != "" {
		p.stage, p.begun = created, now
	}
}

// isOpen reports whether something of the part is left to do.
func (p *part) isOpen() bool {
	return p.stage != collected && p.stage != rejected && p.stage != dropped
}

// isActive reports whether this run has something left to do for the part.
func (p *part) isActive() bool { return p.isOpen() && p.left == nil }

// hasBatch reports whether the part has a batch that is not collected.
func (p *part) hasBatch() bool { return p.stage == created || p.stage == canceled }

// isFormer reports whether a batch is an earlier one of the part.
func (p *part) isFormer(id string) bool {
	return slices.Contains(p.former, id)
}

// find returns the entry of a record; nil if the part does not hold it. It may be called concurrently.
func (p *part) find(key uint64) *entry {
	if at := p.index.find(p.entries, key); at >= 0 {
		return &p.entries[at]
	}
	return nil
}

// longestInterval limits the interval between two calls for the state of a batch, which grows.
const longestInterval = 5 * time.Minute

// schedule sets the time of the next call for the state of the batch. The interval grows by a quarter each time.
func (p *part) schedule(first time.Duration) {
	if p.interval == 0 {
		p.interval = first
	} else {
		p.interval = max(first, min(p.interval*5/4, longestInterval))
	}
	p.due = time.Now().Add(p.interval)
}

// note notes the state of the batch.
func (p *part) note(s *batchapi.Status) {
	total := s.Total
	if total == 0 {
		total = int64(len(p.entries))
	}
	p.status = shown{p.batch, total, s.Done, s.Failed, p.begun}
}

// leave leaves the part open for an error that concerns no other part, and returns any other error.
func (p *part) leave(ctx context.Context, err error) error {
	if !concernsPart(ctx, err) {
		return err
	}
	p.left = &openError{p.batch, err}
	return nil
}

// close ends the life of the part and frees its memory.
func (p *part) close(at stage) {
	p.stage, p.entries, p.index = at, nil, nil
}
