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
	// Done counts the results that are kept; Failed counts those of them that failed, and MayPass those of these whose failure may
	// be temporary.
	Done, Failed, MayPass int64

	again  Again
	judged bool // Judge has marked results
}

// Again selects the failed records of an earlier run that are to be sent again.
type Again int

// Unsent selects those for which nothing was sent, Retryable also those whose failure may be temporary, and Failed all. None selects
// none: every result is kept.
const (
	Retryable Again = iota
	Failed
	Unsent
	None
)

// Scan reads the results of an earlier run. It ignores an incomplete last line. A complete line that is no result is a
// *NotResultError, because the file is probably not an output file; so is an incomplete line in a file without results,
// unless it begins like one. again selects the records to be sent again, whose results are dropped.
func Scan(in io.Reader, again Again) (*Resume, error) {
	r := &Resume{ids: newIDs(), again: again}
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

// add counts a result as kept or as dropped.
func (r *Resume) add(p *pastResult) {
	key := r.ids.key(p.customID)
	_, exists := r.ids.done.get(key)
	switch {
	case r.isDropped(p), exists && r.again != None:
		r.Drop++
		return
	}
	r.Done++
	entry := p.hash.prefix()
	if p.failed {
		r.Failed++
		entry |= failedBit
	}
	if p.failed && p.retry {
		r.MayPass++
	}
	if !exists {
		r.ids.done.set(key, entry)
	}
}

// isDropped reports whether a result is dropped because its record is to be sent again.
func (r *Resume) isDropped(p *pastResult) bool {
	switch r.again {
	case None:
		return false
	case Unsent:
		return p.unsent
	case Failed:
		return p.failed
	}
	return p.retry
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
		if !ok || r.isDropped(&p) || !r.ids.markCopied(p.customID) && r.again != None {
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

// IDs returns the set of records that the earlier run has done, to which this run adds those that it reads. For a nil
// Resume the set is empty.
func (r *Resume) IDs() *IDs {
	if r == nil {
		return newIDs()
	}
	return r.ids
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

// IsDone reports whether an earlier run has done a record.
func (r *Resume) IsDone(customID string) bool {
	_, was := r.ids.done.get(r.ids.key([]byte(customID)))
	return was
}

// HasResult reports whether an earlier run has done a record, also after this run has read it.
func (r *Resume) HasResult(customID string) bool {
	entry, _ := r.ids.done.get(r.ids.key([]byte(customID)))
	return entry&^(seenBit|copiedBit) != 0
}

// HasFailed reports whether a record is done and has failed permanently.
func (r *Resume) HasFailed(customID string) bool {
	return r.ids.has([]byte(customID), failedBit)
}

// NotResultError reports a line that is no result in a file to be resumed.
type NotResultError struct{ Line int64 }

func (e *NotResultError) Error() string {
	return fmt.Sprintf("line %d is not a result of a batch", e.Line)
}

// ChangedError reports a record that an earlier run has done with a different request.
type ChangedError struct {
	CustomID string
	Line     int64
	// Failed reports whether the record failed permanently, Submitted whether it is not done, but in a batch of the provider's.
	Failed, Submitted bool
}

func (e *ChangedError) Error() string {
	state := "is done"
	switch {
	case e.Submitted:
		state = "is submitted"
	case e.Failed:
		state = "has failed"
	}
	return fmt.Sprintf("record %s (line %d) %s, but its request has changed since then", e.CustomID, e.Line, state)
}
