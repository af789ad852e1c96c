package batch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// Variables returns the names of the variables that filters of results have.
func Variables() []string { return []string{"$input", "$text", "$value"} }

// variables returns the values of the variables for a result: the record as JSON, and the text of the first choice.
func variables(record func() []byte, text string) func(name string) any {
	return func(name string) any {
		switch name {
		case "$input":
			return render.Decode(record())
		case "$text":
			return text
		}
		return render.Decode([]byte(text))
	}
}

// needsTexts reports whether more than the JSON of replies is needed.
func (j *job) needsTexts() bool {
	return j.Text || j.Filter != nil || j.Expect != nil || j.Table.Format != 0
}

// judge implements Config.Judge. A failed record is never what was expected.
func (j *job) judge(ctx context.Context, result *Result) {
	holds := result.Failure == nil && j.Expect.With(variables(result.Record.JSON, firstText(result))).Holds(ctx, result.AppendLine(nil))
	result.Expect = strconv.AppendBool(nil, holds)
}

// judgePast judges the results of earlier runs for the records of this one by its filter. Results of other records stay as they are.
func (j *job) judgePast(ctx context.Context, file *results.File) error {
	if j.Expect == nil {
		return nil
	}
	past := j.cfg.Resume
	index, err := file.Index(false, past.Done)
	if err != nil {
		return err
	}
	judged, passed := int64(0), int64(0)
	records := (&checker{Config: j.cfg}).silentRecords()
	for record, err := range records.All(ctx, j.in) {
		if isUnclosed(err) {
			break
		}
		if err = errors.Join(err, context.Cause(ctx)); err != nil {
			return err
		}
		if !past.IsDone(record.CustomID) {
			continue
		}
		stored, ok, err := index.Find(record.CustomID, record.Line)
		if err != nil {
			return err
		}
		passes := ok && !stored.Failed && j.Expect.With(variables(record.JSON, j.storedText(&stored))).Holds(ctx, stored.WithoutExpect())
		if !past.Judge(record.CustomID, passes) {
			continue
		}
		judged++
		if passes {
			passed++
		}
	}
	j.progress.stats.judged(judged, passed)
	if _, err := j.in.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading the input again: %w", err)
	}
	return nil
}

// unmetError reports that too few replies were what was expected.
type unmetError struct {
	passed, judged int64
	share          *big.Rat
}

func (e *unmetError) Error() string {
	percent, _ := new(big.Rat).Mul(e.share, big.NewRat(100, 1)).Float64()
	return fmt.Sprintf("%d of %d replies are as expected, and --pass asks for %s%%", e.passed, e.judged, strconv.FormatFloat(percent, 'f', -1, 64))
}

// Failure implements failure.Reporter.
func (e *unmetError) Failure() failure.Report { return failure.Report{Kind: failure.Unacceptable} }

// checkPassed returns an error if too few replies were what was expected.
func (j *job) checkPassed() error {
	if j.Expect == nil {
		return nil
	}
	sums := j.progress.stats.Snapshot()
	if sums.Judged > 0 && big.NewRat(sums.Passed, sums.Judged).Cmp(j.Pass) >= 0 {
		return nil
	}
	return &unmetError{sums.Passed, sums.Judged, j.Pass}
}
