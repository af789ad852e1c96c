package results

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Resume is what an earlier run has done.
type Resume struct {
	ids *IDs
	// End is where the last whole result ends in the file, in bytes.
	End int64
	// Newline reports that the last whole result has no newline yet.
	Newline bool
	// Drop counts the results that are to be done again, or that are there twice.
	Drop int64
	// Done counts the results that stay, Failed those of them that failed for good.
	Done, Failed int64

	retryFailed bool
}

// IDs returns the records that an earlier run has done, to mark those that this run reads; an empty set for a nil Resume.
func (r *Resume) IDs() *IDs {
	if r == nil {
		return newIDs()
	}
	return r.ids
}

// NotResultError is a line of a file to be resumed that is no result.
type NotResultError struct{ Line int64 }

func (e *NotResultError) Error() string {
	return fmt.Sprintf("line %d is no result of a batch", e.Line)
}

// Scan reads the results of an earlier run. A torn last line is left out, whatever bytes it holds. A whole line that is no
// result is a *NotResultError, because the file may be another one, and so is a torn line that stands alone and does not
// begin as a result. With retryFailed every record that failed is to be done again, not only those whose failure may pass.
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

// mayBegin reports whether a torn line may be a result's: it begins as one, or with the zeros that a crash of the machine
// leaves.
func mayBegin(line []byte) bool {
	start := []byte(`{"id":"`)
	return line[0] == 0 || bytes.HasPrefix(line, start) || bytes.HasPrefix(start, line)
}

// dropped reports whether a result does not stay.
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

// scan calls each for every line, with the offset of its end; whole reports that a newline ended it.
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

// State returns the state of a record that this run may do, by its request's hash: Open, Done or Changed. hash is called for a
// record that is done, and may fail.
func (r *Resume) State(customID string, hash func() (Hash, error)) State {
	known, was := r.ids.done[r.ids.key([]byte(customID))]
	if !was {
		return Open
	}
	then := known &^ allBits
	if then == 0 {
		// The line says nothing of its request: it is another tool's.
		return Done
	}
	if now, err := hash(); err != nil || now.short() != then {
		return Changed
	}
	return Done
}

// HasFailed reports whether a record that is done failed for good.
func (r *Resume) HasFailed(customID string) bool {
	return r.ids.done[r.ids.key([]byte(customID))]&failedBit != 0
}

// ChangedError is a record that is done but whose request is no longer the same.
type ChangedError struct {
	CustomID string
	Line     int64
	// Failed reports that it failed for good.
	Failed bool
}

func (e *ChangedError) Error() string {
	became := "is done"
	if e.Failed {
		became = "has failed"
	}
	return fmt.Sprintf("record %s (line %d) %s, but its request is not the same as then", e.CustomID, e.Line, became)
}
