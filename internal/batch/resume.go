package batch

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Resume is what an earlier run has done.
type Resume struct {
	ids *ids
	// End is where the last whole result ends in the file, in bytes.
	End int64
	// Newline says that this last result has no newline yet.
	Newline bool
	// Drop counts the results that are to be done again, or that are there twice.
	Drop int64
	// Left counts the records of the input that are to be done; Check sets it.
	Left int64
	// Done counts the results that stay, Failed those of them that failed for good.
	Done, Failed int64

	retryFailed bool
}

func (r *Resume) seen() *ids {
	if r == nil {
		return newIDs()
	}
	return r.ids
}

// NotResultError says that a file that is to be resumed holds something else.
type NotResultError struct{ Line int64 }

func (e *NotResultError) Error() string {
	return fmt.Sprintf("line %d is no result of a batch", e.Line)
}

// Scan reads the results of an earlier run. A last line that is torn is left out, whatever
// bytes it holds; a whole line that is no result is a *NotResultError, for the file may be
// another one, and so is a torn one that stands alone and does not begin as a result. With
// retryFailed every record that failed is to be done again, not only those whose failure may
// pass.
func Scan(in io.Reader, retryFailed bool) (*Resume, error) {
	r := &Resume{ids: newIDs(), retryFailed: retryFailed}
	err := scan(in, func(line []byte, number, end int64, whole bool) error {
		p, ok := parseResult(line)
		switch {
		case !ok && len(bytes.TrimSpace(line)) > 0 && (whole || r.Done+r.Drop == 0 && !mayBegin(line)):
			return &NotResultError{number}
		case !ok && !whole:
			return nil
		}
		r.End, r.Newline = end, !whole
		if ok {
			r.add(&p)
		}
		return nil
	})
	return r, err
}

// mayBegin says whether a torn line may be a result's: it begins as one, or with the zeros
// that a crash of the machine leaves.
func mayBegin(line []byte) bool {
	start := []byte(`{"id":"`)
	return line[0] == 0 || bytes.HasPrefix(line, start) || bytes.HasPrefix(start, line)
}

// dropped says whether a result does not stay.
func (r *Resume) dropped(p *past) bool { return p.again || r.retryFailed && p.failed }

// add keeps a result, or counts it among those that are dropped.
func (r *Resume) add(p *past) {
	key := r.ids.key(p.customID)
	if _, twice := r.ids.done[key]; r.dropped(p) || twice {
		r.Drop++
		return
	}
	known := p.hash.short()
	r.Done++
	if p.failed {
		r.Failed++
		known |= failedBit
	}
	r.ids.done[key] = known
}

// scan gives each line with where it ends; whole says that a newline ended it.
func scan(in io.Reader, each func(line []byte, number, end int64, whole bool) error) error {
	buf := bufio.NewReaderSize(in, 1<<20)
	var long []byte
	for number, end := int64(1), int64(0); ; number++ {
		line, err := buf.ReadSlice('\n')
		for long = long[:0]; errors.Is(err, bufio.ErrBufferFull); {
			long = append(long, line...)
			line, err = buf.ReadSlice('\n')
		}
		if len(long) > 0 {
			long = append(long, line...)
			line = long
		}
		last := errors.Is(err, io.EOF)
		if err != nil && !last {
			return fmt.Errorf("reading results: %w", err)
		}
		end += int64(len(line))
		breathe(number)
		text, whole := bytes.CutSuffix(line, []byte("\n"))
		if len(line) > 0 {
			if err := each(text, number, end, whole); err != nil {
				return err
			}
		}
		if last {
			return nil
		}
	}
}

// Copy writes the results that stay, each ended by a newline.
func (r *Resume) Copy(in io.Reader, out io.Writer) error {
	buf := bufio.NewWriterSize(out, 1<<20)
	err := scan(in, func(line []byte, _, _ int64, _ bool) error {
		p, ok := parseResult(line)
		if !ok || r.dropped(&p) || !r.ids.copy(p.customID) {
			return nil
		}
		// Its error comes back from the next call and from Flush.
		_, _ = buf.Write(line)
		return buf.WriteByte('\n')
	})
	if err != nil {
		return err
	}
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	return nil
}

// ChangedError is a record that is done but whose request is no longer the same.
type ChangedError struct {
	CustomID string
	Line     int64
	// Failed says that it failed, for good.
	Failed bool
}

func (e *ChangedError) Error() string {
	became := "is done"
	if e.Failed {
		became = "has failed"
	}
	return fmt.Sprintf("record %s (line %d) %s, but its request is not the same as then", e.CustomID, e.Line, became)
}

// Check reads the input and holds each record that is done against its request then: a
// *ChangedError where one has changed. It counts the records that are left.
func (r *Resume) Check(ctx context.Context, cfg *Config, in io.ReadSeeker) error {
	left, err := r.left(ctx, cfg, in)
	r.Left = left
	return err
}

func (r *Resume) left(ctx context.Context, cfg *Config, in io.ReadSeeker) (int64, error) {
	var left atomic.Int64
	var mu sync.Mutex
	changed := map[uint64]bool{}
	err := r.each(ctx, cfg, in, func(item *Item) {
		switch key := r.ids.key([]byte(item.CustomID)); r.state(cfg, item, key) {
		case stateOpen:
			left.Add(1)
		case stateChanged:
			mu.Lock()
			changed[key] = true
			mu.Unlock()
		}
	})
	if err != nil || len(changed) == 0 {
		return left.Load(), err
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return 0, fmt.Errorf("reading the input again: %w", err)
	}
	reader := cfg.Reader
	reader.Read, reader.Replaced = nil, nil
	for item, err := range reader.Items(ctx, in) {
		if err != nil {
			return 0, err
		}
		// What has another request further down only repeats the id of the record that is
		// done, and fails for that when its turn comes.
		if key := r.ids.key([]byte(item.CustomID)); changed[key] {
			if r.state(cfg, item, key) == stateChanged {
				return 0, &ChangedError{item.CustomID, item.Line, r.ids.done[key]&failedBit != 0}
			}
			delete(changed, key)
			left.Add(1)
		}
	}
	return left.Load(), context.Cause(ctx)
}

// each gives every record of the input to a function, many at the same time and in no
// order.
func (r *Resume) each(ctx context.Context, cfg *Config, in io.Reader, do func(*Item)) error {
	const together = 256
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0) + 1)
	reader := cfg.Reader
	reader.Read, reader.Replaced = nil, nil
	var some []Line
	start := func(lines []Line) {
		group.Go(func() error {
			for _, line := range lines {
				do(reader.Item(ctx, line))
			}
			return nil
		})
	}
	for line, err := range reader.lines(in) {
		if err != nil || ctx.Err() != nil {
			return errors.Join(err, group.Wait(), context.Cause(ctx))
		}
		breathe(line.Number)
		if some = append(some, line); len(some) == together {
			start(some)
			some = make([]Line, 0, together)
		}
	}
	start(some)
	return group.Wait()
}

// state is what a record of the input is to the results of an earlier run.
type state int

const (
	stateOpen state = iota
	stateDone
	stateChanged
)

func (r *Resume) state(cfg *Config, item *Item, key uint64) state {
	known, was := r.ids.done[key]
	if !was || item.Err != nil {
		return stateOpen
	}
	hash := known &^ allBits
	if hash == 0 {
		// It says nothing of its request: another tool's result.
		return stateDone
	}
	if req, err := cfg.Prepare(item); err != nil || hashOf(req.Doc).short() != hash {
		return stateChanged
	}
	return stateDone
}
