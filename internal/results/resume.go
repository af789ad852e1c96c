package results

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Resume holds the results of an earlier run.
type Resume struct {
	ids *IDs
	// End is the offset in bytes of the end of the last complete result.
	End int64
	// NeedsNewline reports that this result lacks its newline.
	NeedsNewline bool
	// Drop counts the results that are dropped: those of records to be sent again, and duplicates.
	Drop int64
	// Done counts the results that are kept; Failed counts those of them that failed permanently.
	Done, Failed int64

	retryFailed bool
	judged      bool // some results are to say whether they are what was expected
}

// IDs returns the set of records that the earlier run has done, to which this run adds those that it reads. For a nil
// Resume the set is empty.
func (r *Resume) IDs() *IDs {
	if r == nil {
		return newIDs()
	}
	return r.ids
}

// NotResultError reports a line that is no result in a file to be resumed.
type NotResultError struct{ Line int64 }

func (e *NotResultError) Error() string {
	return fmt.Sprintf("line %d is no result of a batch", e.Line)
}

// Scan reads the results of an earlier run. It ignores an incomplete last line. A complete line that is no result is a
// *NotResultError, because the file is probably not an output file; so is an incomplete line in a file without results,
// unless it begins like one. With retryFailed all failed records are to be sent again, not only those whose failure may
// be temporary.
func Scan(in io.Reader, retryFailed bool) (*Resume, error) {
	r := &Resume{ids: newIDs(), retryFailed: retryFailed}
	err := scan(in, func(line []byte, number, end int64, complete bool) error {
		p, ok := parseResult(line)
		switch {
		case !ok && len(bytes.TrimSpace(line)) > 0 && (complete || r.Done+r.Drop == 0 && !mayBeTorn(line)):
			return &NotResultError{number}
		case !ok && !complete:
			return nil
		}
		r.End, r.NeedsNewline = end, !complete
		if ok {
			r.add(&p)
		}
		return nil
	})
	return r, err
}

// mayBeTorn reports whether an incomplete line may be part of a result: it begins like one, or with the zeros that a
// crash of the machine leaves.
func mayBeTorn(line []byte) bool {
	start := []byte(`{"id":"`)
	return line[0] == 0 || bytes.HasPrefix(line, start) || bytes.HasPrefix(start, line)
}

// isDropped reports whether a result is dropped because its record is to be sent again.
func (r *Resume) isDropped(p *pastResult) bool { return p.retry || r.retryFailed && p.failed }

// add counts a result as kept or as dropped.
func (r *Resume) add(p *pastResult) {
	key := r.ids.key(p.customID)
	if _, exists := r.ids.done.get(key); r.isDropped(p) || exists {
		r.Drop++
		return
	}
	entry := p.hash.prefix()
	r.Done++
	if p.failed {
		r.Failed++
		entry |= failedBit
	}
	r.ids.done.set(key, entry)
}

// scan calls each for every line, with its number from 1 and the offset of its end. complete reports whether the line
// ends with a newline.
func scan(in io.Reader, each func(line []byte, number, end int64, complete bool) error) error {
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
		text, complete := bytes.CutSuffix(line, []byte("\n"))
		if len(line) > 0 {
			if err := each(text, number, end, complete); err != nil {
				return err
			}
		}
		if last {
			return nil
		}
	}
}

// Copy writes the results that are kept, each followed by a newline.
func (r *Resume) Copy(in io.Reader, out io.Writer) error {
	buf := bufio.NewWriterSize(out, 1<<20)
	err := scan(in, func(line []byte, _, _ int64, _ bool) error {
		p, ok := parseResult(line)
		if !ok || r.isDropped(&p) || !r.ids.markCopied(p.customID) {
			return nil
		}
		if r.ids.has(p.customID, judgedBit) {
			line = withExpect(line, r.ids.has(p.customID, expectBit))
		}
		// A bufio.Writer returns its first error again from later calls.
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

// State compares a record with the results of the earlier run and returns Pending, Done or Changed. It calls hash,
// which may fail, only for a record that is done.
func (r *Resume) State(customID string, hash func() (Hash, error)) State {
	entry, exists := r.ids.done.get(r.ids.key([]byte(customID)))
	if !exists {
		return Pending
	}
	recorded := entry &^ flagBits
	if recorded == 0 {
		// Without a hash, the line comes from another tool, and there is nothing to compare.
		return Done
	}
	if current, err := hash(); err != nil || current.prefix() != recorded {
		return Changed
	}
	return Done
}

// HasFailed reports whether a record is done and has failed permanently.
func (r *Resume) HasFailed(customID string) bool {
	return r.ids.has([]byte(customID), failedBit)
}

// ChangedError reports a record that an earlier run has done with a different request.
type ChangedError struct {
	CustomID string
	Line     int64
	// Failed reports whether the record failed permanently.
	Failed bool
}

func (e *ChangedError) Error() string {
	state := "is done"
	if e.Failed {
		state = "has failed"
	}
	return fmt.Sprintf("record %s (line %d) %s, but its request is not the same as then", e.CustomID, e.Line, state)
}
