package job

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/reply"
	"github.com/chatcmpl/chatcmpl/internal/results"
	"github.com/chatcmpl/chatcmpl/internal/rows"
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
		records := j.cfg.RecordsAgain()
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

// pastResult returns a stored result in the form that a table needs.
func (j *job) pastResult(s *results.Stored, row *rows.Row) *table.Result {
	text, choices := j.storedTexts(s)
	made := &table.Result{CustomID: s.CustomID, Row: row, Text: text, Expected: s.Expected, Choices: choices}
	if s.Failed {
		made.Error = s.Message
	}
	return made
}

// storedText returns the text of a stored result's first choice, as firstText does.
func (j *job) storedText(s *results.Stored) string {
	text, _ := j.storedTexts(s)
	return text
}

// storedTexts returns the text of a stored result's first choice, and the number of its choices.
func (j *job) storedTexts(s *results.Stored) (first string, choices int) {
	if s.Failed || s.Body == nil {
		return "", 0
	}
	resp, err := reply.Parse(s.Body, http.Header{}, http.StatusOK)
	if err != nil || len(resp.Choices) == 0 {
		return "", 0
	}
	return strings.TrimRight(j.rules.Text(resp.Choices[0].Text), "\r\n"), len(resp.Choices)
}
