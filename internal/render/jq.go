package render

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/itchyny/gojq"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// SyntaxError reports a jq filter that does not compile.
type SyntaxError struct{ Err error }

func (e *SyntaxError) Error() string { return fmt.Sprintf("the jq filter is wrong: %v", e.Err) }

// Unwrap returns the cause.
func (e *SyntaxError) Unwrap() error { return e.Err }

// Failure implements failure.Reporter.
func (e *SyntaxError) Failure() failure.Report { return failure.Report{Kind: failure.Usage} }

// FilterError reports a jq filter that failed on a value.
type FilterError struct{ Err error }

func (e *FilterError) Error() string { return fmt.Sprintf("the jq filter failed: %v", e.Err) }

// Unwrap returns the cause.
func (e *FilterError) Unwrap() error { return e.Err }

// Failure implements failure.Reporter.
func (e *FilterError) Failure() failure.Report { return failure.Report{Kind: failure.Filter} }

// Filter is a compiled jq expression. It is safe for concurrent use.
type Filter struct{ code *gojq.Code }

// Compile compiles a jq expression. The filter can read the given environment ($ENV, env), but no files. Its errors are
// *SyntaxError.
func Compile(expr string, environ []string) (*Filter, error) {
	query, err := gojq.Parse(expr)
	if err != nil {
		return nil, &SyntaxError{err}
	}
	code, err := gojq.Compile(query, gojq.WithEnvironLoader(func() []string { return environ }))
	if err != nil {
		return nil, &SyntaxError{err}
	}
	return &Filter{code}, nil
}

// Run applies the filter to a JSON value and passes each result to emit: a string as its text, any other value as
// compact JSON. Numbers keep their digits unless the filter calculates with them. Errors are *FilterError, or those of
// emit.
func (f *Filter) Run(ctx context.Context, raw []byte, emit func([]byte) error) error {
	return f.each(ctx, raw, func(result any) error {
		out, err := format(result)
		if err != nil {
			return &FilterError{err}
		}
		return emit(out)
	})
}

func (f *Filter) each(ctx context.Context, raw []byte, emit func(any) error) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		return &FilterError{err}
	}
	results := f.code.RunWithContext(ctx, value)
	for {
		result, more := results.Next()
		if !more {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err, failed := result.(error); failed {
			if halt := new(gojq.HaltError); errors.As(err, &halt) && halt.Value() == nil {
				return nil
			}
			return &FilterError{err}
		}
		if err := emit(result); err != nil {
			return err
		}
	}
}

// One returns the result of the filter on a JSON value, as JSON. Any number of results other than one is a
// *FilterError.
func (f *Filter) One(ctx context.Context, raw []byte) ([]byte, error) {
	var results [][]byte
	err := f.each(ctx, raw, func(result any) error {
		out, err := gojq.Marshal(result)
		results = append(results, out)
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case len(results) != 1:
		return nil, &FilterError{fmt.Errorf("it gives %d results, not one", len(results))}
	}
	return results[0], nil
}

func format(result any) ([]byte, error) {
	if s, ok := result.(string); ok {
		return []byte(s), nil
	}
	return gojq.Marshal(result)
}

// Filtered writes each result of the filter on a JSON value, with its end.
func (w *Writer) Filtered(ctx context.Context, f *Filter, raw []byte) error {
	return f.Run(ctx, raw, w.Value)
}
