package job

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/results"
	"github.com/chatcmpl/chatcmpl/internal/rows"
)

// judge implements Config.Judge. A failed record is never as expected.
func (j *job) judge(ctx context.Context, result *batch.Result) {
	holds := result.Failure == nil && j.Expect.With(variables(result.Record.JSON, firstText(result))).Holds(ctx, result.AppendLine(nil))
	result.Expect = strconv.AppendBool(nil, holds)
}

// pastJudge judges the results of earlier runs.
type pastJudge struct {
	*job

	past           *results.Resume
	index          *results.Index
	judged, passed int64
}

// judgePast judges the results of all earlier runs by this run's filter, also those of records that this run leaves out.
func (j *job) judgePast(ctx context.Context, file *results.File) error {
	if j.Expect == nil {
		return nil
	}
	index, err := file.Index(false, j.cfg.Resume.Done)
	if err != nil {
		return err
	}
	p := &pastJudge{job: j, past: j.cfg.Resume, index: index}
	if err := p.judgeRecords(ctx); err != nil {
		return err
	}
	if err := p.judgeOthers(ctx); err != nil {
		return err
	}
	j.progress.stats.AddJudged(p.judged, p.passed)
	if _, err := j.in.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading the input again: %w", err)
	}
	return nil
}

// judgeRecords judges the results of the records in the input.
func (p *pastJudge) judgeRecords(ctx context.Context) error {
	records := p.cfg.RecordsAgain()
	records.Shard, records.Shards, records.Limit = 0, 0, 0
	for record, err := range records.All(ctx, p.in) {
		if rows.IsUnclosed(err) {
			return nil
		}
		if err = errors.Join(err, context.Cause(ctx)); err != nil {
			return err
		}
		if record.IsUnnamed() || !p.past.IsDone(record.CustomID) {
			continue
		}
		stored, ok, err := p.index.Find(record.CustomID, record.Line)
		if err != nil {
			return err
		}
		if ok {
			p.judge(ctx, &stored, record.JSON)
		}
	}
	return nil
}

// judgeOthers judges the results whose records are not in the input any more. Their $input is the row that they contain.
func (p *pastJudge) judgeOthers(ctx context.Context) error {
	for stored, err := range p.index.All() {
		if err = errors.Join(err, context.Cause(ctx)); err != nil {
			return err
		}
		isKept := p.past.IsDone(stored.CustomID) && stored.Failed == p.past.HasFailed(stored.CustomID)
		if isKept {
			p.judge(ctx, &stored, func() []byte { return stored.Input })
		}
	}
	return nil
}

// judge judges a result, unless it was judged before.
func (p *pastJudge) judge(ctx context.Context, stored *results.Stored, record func() []byte) {
	if p.past.IsJudged(stored.CustomID) {
		return
	}
	passes := !stored.Failed && p.Expect.With(variables(record, p.storedText(stored))).Holds(ctx, stored.WithoutExpect())
	p.past.Judge(stored.CustomID, passes)
	p.judged++
	if passes {
		p.passed++
	}
}

// unmetError reports that too few replies are as expected.
type unmetError struct {
	passed, judged int64
	share          *big.Rat
}

func (e *unmetError) Error() string {
	percent, _ := new(big.Rat).Mul(e.share, big.NewRat(100, 1)).Float64()
	return fmt.Sprintf("%d of %d replies are as expected, but --pass requires %s%%", e.passed, e.judged, strconv.FormatFloat(percent, 'f', -1, 64))
}

// Failure implements failure.Reporter.
func (e *unmetError) Failure() failure.Report { return failure.Report{Kind: failure.Unacceptable} }

// checkPassed returns an error if too few replies are as expected.
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
