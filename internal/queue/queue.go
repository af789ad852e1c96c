// Package queue sends the records of a batch through the Batch API of a provider, and gets the results back.
//
// The records are split into parts, each of which becomes one batch. A part goes through these stages, and each is in the state,
// a file beside the output, before the next step is taken:
//
//	part       its records are chosen; a killed run submits it later
//	upload     its file is on its way; a killed run uploads it again
//	uploaded   the id of its file is known
//	create     its batch is being created; a killed run looks for it in the provider's list, by the id of the file
//	created    the id of its batch is known; a killed run waits for it
//	busy       the provider ended it, because too much was waiting there: it is created again, of the same file
//	cancel     its end was asked for
//	collected  its results are in the output; or it is rejected, or dropped, and nothing is left to do
//
// The first record is sent by itself, before anything is uploaded.
package queue

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// Options describe how records go through a Batch API.
type Options struct {
	// Asked reports whether the user asked for the Batch API. API is the dialect; empty chooses it by the server.
	Asked bool
	API   string
	// Input and Output name the files of the records and of the results, or of the table that these become.
	Input, Output string
	// Resume goes on with an earlier run, Cancel ends it, and Detach does not wait for the batches.
	Resume, Cancel, Detach bool
	// Deadline is the time after which the records are sent one by one; 0 is none.
	Deadline time.Duration
	// Size is the largest number of records in a batch; 0 leaves it to the provider's limit.
	Size int
	// Poll is the first interval at which the state of a batch is asked for.
	Poll time.Duration
	// BatchID is a batch to adopt; empty for none.
	BatchID string
	// Offline reports that the endpoint is in this process, InSession that the process belongs to a record or replay.
	Offline, InSession bool
}

// Queue is a batch.Delivery through a Batch API. Close must be called at the end.
type Queue struct {
	options *Options

	state *state
	begun bool // an earlier run has begun the state
	start time.Time
}

// Open opens the state of an earlier run, if there is one. It returns nil if the run has nothing to do with a Batch API. Its errors
// are usage errors.
func Open(o *Options) (*Queue, error) {
	if o.Output == "" {
		if o.Asked || o.Cancel {
			return nil, failure.BadUsage("-o FILE keeps the results, and beside it what was submitted", "--batch-api goes with -o FILE")
		}
		return nil, o.needBatch("")
	}
	name := o.Output + stateSuffix
	if info, err := os.Stat(o.Output); err == nil && !info.Mode().IsRegular() {
		// Nothing is kept beside a device: on Windows, NUL.batch.jsonl is NUL as well.
		if o.Asked || o.Cancel {
			return nil, failure.BadOption("output", "", " %s: --batch-api goes with a regular file", o.Output)
		}
		return nil, o.needBatch(name)
	}
	state, found, err := openState(name)
	switch {
	case err != nil:
		return nil, badState(name, err)
	case !found && !o.Asked:
		return nil, o.needBatch(name)
	}
	q := &Queue{options: o, state: state, begun: found, start: time.Now()}
	if err := q.check(found); err != nil {
		state.close()
		return nil, err
	}
	return q, nil
}

// needBatch returns an error if a flag is about a batch, and there is none.
func (o *Options) needBatch(name string) error {
	const hint = "--batch-api sends the records through the provider's Batch API"
	switch {
	case o.Cancel:
		return failure.BadUsage("", "there is no batch to cancel: %s does not exist", name)
	case o.Detach:
		return failure.BadUsage(hint, "--detach goes with --batch-api")
	case o.Deadline > 0:
		return failure.BadUsage(hint, "--deadline goes with --batch-api")
	case o.Size > 0:
		return failure.BadUsage(hint, "--batch-size goes with --batch-api")
	case o.BatchID != "":
		return failure.BadUsage(hint, "--batch-id goes with --batch-api")
	}
	return nil
}

// check returns an error if the run can't use the Batch API.
func (q *Queue) check(found bool) error {
	switch {
	case found && !q.options.Resume && !q.options.Cancel:
		return failure.BadOption("output", "--resume goes on with it, --cancel ends it", " %s: its batch is not collected yet (%s)", q.options.Output, q.state.name)
	case !found && q.options.Cancel:
		return failure.BadUsage("", "there is no batch to cancel: %s does not exist", q.state.name)
	case q.options.InSession:
		return failure.BadUsage("", "--batch-api does not go inside chatcmpl record or replay")
	case q.options.Offline && q.options.Detach:
		return failure.BadUsage("chatcmpl serve keeps them in a process of its own", "--detach does not go with --offline: its batches end with this process")
	case q.options.Input == "-" && !q.options.Cancel:
		return failure.BadUsage("write them to a file first", "--batch-api reads the records several times, and standard input can be read only once")
	case q.options.BatchID != "" && found && !q.has(q.options.BatchID):
		return failure.BadOption("batch-id", "collect or cancel that first", " %s: another batch is not collected yet (%s)", q.options.BatchID, q.state.name)
	case found && q.options.API != "" && q.options.API != q.state.begin.API:
		return failure.BadOption("batch-api", "", "=%s: the batch was created with %s", q.options.API, q.state.begin.API)
	}
	return q.checkInput()
}

// checkInput returns an error if the input can't be read several times.
func (q *Queue) checkInput() error {
	// What does not exist is reported, or made, later.
	if info, err := os.Stat(q.options.Input); err == nil && !info.Mode().IsRegular() && !q.options.Cancel {
		return failure.BadUsage("write the records to a file first", "--batch-api reads the records several times, and %s is no regular file", q.options.Input)
	}
	return nil
}

// has reports whether a part of the state is a batch.
func (q *Queue) has(id string) bool {
	for _, p := range q.state.parts {
		if p.batch == id {
			return true
		}
	}
	return false
}

// badState describes why a state can't be used.
func badState(name string, err error) error {
	switch {
	case errors.Is(err, errHeld):
		return failure.BadOption("output", "wait for the other run, or take another file", " %s: %w", strings.TrimSuffix(name, stateSuffix), err)
	case errors.Is(err, fs.ErrPermission):
		return failure.BadUsage("", "the state of the batch can't be read: %w", err)
	}
	return failure.BadUsage("it is left as it is", "%s: %w", name, err)
}

// Close closes the state.
func (q *Queue) Close() { q.state.close() }

// Begun implements batch.Delivery.
func (q *Queue) Begun() bool { return q.begun }

// Ends implements batch.Delivery.
func (q *Queue) Ends() bool { return q.options.Cancel }

// Pending implements batch.Delivery.
func (q *Queue) Pending() bool { return !q.state.isDone() }

// Submitted implements batch.Delivery.
func (q *Queue) Submitted(customID string) (hash results.Hash, ok bool) {
	e := q.find(customID)
	if e == nil {
		return results.Hash{}, false
	}
	return e.hash, true
}

// find returns the entry of a record in an open part; nil if there is none.
func (q *Queue) find(customID string) *entry {
	key := keyOf(customID)
	for _, p := range q.state.parts {
		if e := p.find(key); e != nil {
			return e
		}
	}
	return nil
}
