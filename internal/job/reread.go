package batch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/results"
	"github.com/chatcmpl/chatcmpl/internal/table"
)

var errInputChanged = errors.New("the input was changed during the run")

// resultsByRecord reads the input again and looks up the result of each record. The input must still hold as many records as
// the run has done, and those of the results.
func (j *job) resultsByRecord(ctx context.Context, index *results.Index, count int64) iter.Seq2[*table.Result, error] {
	return func(yield func(*table.Result, error) bool) {
		if _, err := j.in.Seek(0, io.SeekStart); err != nil {
			yield(nil, fmt.Errorf("reading the input again: %w", err))
			return
		}
		read := int64(0)
		records := (&checker{Config: j.cfg}).silentRecords()
		for record, err := range records.All(ctx, j.in) {
			if err != nil {
				yield(nil, err)
				return
			}
			read++
			stored, err := j.resultOf(record, index)
			if !yield(j.pastResult(&stored, record.Row), err) {
				return
			}
		}
		if read != count {
			yield(nil, fmt.Errorf("it had %d records and has %d: %w", count, read, errInputChanged))
		}
	}
}

// resultOf returns the result of a record that was read again.
func (j *job) resultOf(record *input.Record, index *results.Index) (results.Stored, error) {
	stored, ok, err := index.Find(record.CustomID, record.Line)
	switch {
	case err != nil:
		return stored, err
	case !ok:
		return stored, fmt.Errorf("record %s (line %d) has no result: %w", record.CustomID, record.Line, errInputChanged)
	case !j.isSame(record, &stored):
		return stored, fmt.Errorf("record %s (line %d) is not the one of its result: %w", record.CustomID, record.Line, errInputChanged)
	}
	return stored, nil
}

// isSame reports whether a result is that of a record: of the same row, or of the same request.
func (j *job) isSame(record *input.Record, stored *results.Stored) bool {
	isRow := j.Rows != 0
	if isRow && bytes.Equal(stored.Input, j.rowInput(record)) {
		return true
	}
	if stored.Hash == (results.Hash{}) {
		// Another tool keeps no hash, and what was not sent has none.
		return !isRow || stored.Line == 0
	}
	if record.Err != nil {
		return false
	}
	req, err := j.request(record)
	return err == nil && results.HashOf(req.Doc()) == stored.Hash
}
