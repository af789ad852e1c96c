package batches

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/faults"
)

// status names the stage of a batch in OpenAI's words.
type status string

// The life of a batch goes from top to bottom; failed, expired and cancelled leave it early.
const (
	validating status = "validating"
	failed     status = "failed"
	inProgress status = "in_progress"
	finalizing status = "finalizing"
	completed  status = "completed"
	expired    status = "expired"
	cancelling status = "cancelling"
	cancelled  status = "cancelled"
)

// ended reports whether nothing follows.
func (s status) ended() bool {
	return s == failed || s == completed || s == expired || s == cancelled
}

// window is the time after which a batch expires.
const window = 24 * time.Hour

// creation holds the fields with which a client creates a batch.
type creation struct {
	Name     *string         `json:"name"`
	InputID  *string         `json:"input_file_id"`
	Endpoint *string         `json:"endpoint"`
	Window   *string         `json:"completion_window"`
	Metadata json.RawMessage `json:"metadata"`
}

// counts counts the records of a batch. Those that are in none of the other counts are pending.
type counts struct{ total, succeeded, failed, cancelled int }

func (c *counts) pending() int { return c.total - c.succeeded - c.failed - c.cancelled }

// batch is one batch: what its creation said, and how far it has come.
type batch struct {
	dialect  dialect
	id       string
	creation creation
	created  time.Time
	settings *faults.Settings
	input    *blob
	stop     chan struct{} // closed when it is to be cancelled

	mu       sync.Mutex
	status   status
	since    map[status]time.Time // when it came to each status
	expires  time.Time
	counts   counts
	cost     int
	problems []problem
	// output holds results, and failures those of failed records if the dialect separates them.
	output, failures         lines
	outputFile, failuresFile string // ids; empty if there is none
}

func newBatch(d dialect, id string, from *creation, input *blob, set *faults.Settings) *batch {
	now := time.Now()
	return &batch{
		dialect: d, id: id, creation: *from, created: now, settings: set, input: input, stop: make(chan struct{}),
		status: validating, since: map[status]time.Time{}, expires: now.Add(window),
	}
}

// enter changes the status. A batch that is being cancelled ends as cancelled. The caller holds b.mu.
func (b *batch) enter(to status) {
	if b.status == cancelling {
		to = cancelled
	}
	b.status = to
	b.since[to] = time.Now()
}

// begin shows how many records there are.
func (b *batch) begin(total int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.counts.total = total
	if b.status == validating {
		b.enter(inProgress)
	}
}

// finalize begins the last part of a batch, in which its files are made.
func (b *batch) finalize() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.status == inProgress {
		b.enter(finalizing)
	}
}

// fail ends a batch whose file was rejected.
func (b *batch) fail(problems []problem) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = problems
	b.enter(failed)
}

// cancel lets the batch end, and reports whether it had not ended before.
func (b *batch) cancel() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.status.ended() {
		return false
	}
	if b.status != cancelling {
		b.enter(cancelling)
		close(b.stop)
	}
	return true
}

// add adds the result of a record.
func (b *batch) add(line []byte, reply *Reply) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cost += reply.CostTicks
	into := &b.output
	if reply.failed() {
		b.counts.failed++
		into = b.failed()
	} else {
		b.counts.succeeded++
	}
	into.add(line)
}

// failed returns the lines to which the results of failed records are added.
func (b *batch) failed() *lines {
	if b.dialect.separatesFailures() {
		return &b.failures
	}
	return &b.output
}

// end ends the batch with records that were not run. keep makes a file of results if there are some.
func (b *batch) end(how status, left []record, keep func(kind string, of *lines) (id string)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.enter(how)
	b.counts.cancelled = len(left)
	b.counts.total = max(b.counts.total, len(left))
	for i := range left {
		if line := b.dialect.notRun(b, &left[i]); line != nil {
			b.failed().add(line)
		}
	}
	if b.status == expired {
		b.expires = b.since[expired]
	}
	if b.dialect.separatesFailures() {
		b.outputFile, b.failuresFile = keep("output", &b.output), keep("error", &b.failures)
	}
}

// results returns the results that are there now.
func (b *batch) results() *lines {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.output.snapshot()
}

// view returns the batch as its dialect shows it.
func (b *batch) view() any {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dialect.view(b)
}
