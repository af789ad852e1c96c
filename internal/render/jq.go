package render

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/itchyny/gojq"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
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
type Filter struct {
	code      *gojq.Code
	variables []string              // those that the expression mentions
	value     func(name string) any // of a variable
}

// Compile compiles a jq expression. The filter can read the given environment ($ENV, env), but no files, and the variables,
// such as $input, which have the values of With. Its errors are *SyntaxError.
func Compile(expr string, environ []string, variables ...string) (*Filter, error) {
	query, err := gojq.Parse(expr)
	if err != nil {
		return nil, &SyntaxError{err}
	}
	variables = slices.DeleteFunc(slices.Clone(variables), func(name string) bool { return !strings.Contains(expr, name) })
	code, err := gojq.Compile(query, gojq.WithEnvironLoader(func() []string { return environ }), gojq.WithVariables(variables))
	if err != nil {
		return nil, &SyntaxError{err}
	}
	return &Filter{code, variables, func(string) any { return nil }}, nil
}

// With returns the filter with values for its variables. value is called with the names of those that the filter mentions.
func (f *Filter) With(value func(name string) any) *Filter {
	return &Filter{f.code, f.variables, value}
}

// Decode returns the value of a variable that is JSON; nil if the text is no JSON.
func Decode(raw []byte) any {
	if !rawjson.Valid(raw) {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var value any
	if dec.Decode(&value) != nil {
		return nil
	}
	return value
}

// Holds reports whether the last result of the filter on a JSON value is true. An error is no result.
func (f *Filter) Holds(ctx context.Context, raw []byte) bool {
	holds := false
	err := f.each(ctx, raw, func(result any) error {
		holds = result == true
		return nil
	})
	return holds && err == nil
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
	values := make([]any, len(f.variables))
	for i, name := range f.variables {
		values[i] = f.value(name)
	}
	results := f.code.RunWithContext(ctx, value, values...)
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
