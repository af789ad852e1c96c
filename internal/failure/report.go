package failure

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// Report describes an error to a person or a script.
type Report struct {
	Kind Kind
	// Exit is the exit code if another program decides it; 0 takes that of the kind.
	Exit int
	// Message describes the error. It may quote a server and contain any text. It is empty if the error was already
	// shown.
	Message string
	// Hint says what to do about the error; empty if the message does.
	Hint string
	// Details are lines to show instead of the message, except in JSON; nil to show the message.
	Details []string
	// Status is the HTTP status; 0 if there was no response.
	Status int
	// Code is the API's own code for the error; often empty.
	Code string
	// RequestID identifies the request at the server; empty if the server sent none.
	RequestID string
	// Retryable reports whether the same request may succeed later.
	Retryable bool
	// RetryAfter is the wait that the server requested; 0 if it requested none.
	RetryAfter time.Duration
}

// ExitCode returns the exit code.
func (r *Report) ExitCode() int { return cmp.Or(r.Exit, r.Kind.ExitCode()) }

// Reporter is an error with a report. If the report's Message is empty, Of sets it to the text of the outermost error.
type Reporter interface {
	error
	Failure() Report
}

// Of returns the report of an error: its kind and facts come from the first Reporter in the error's tree, its message from
// the outermost error, its hint from the outermost hint. An error without a Reporter is Internal.
func Of(err error) Report {
	report := Report{Kind: Internal}
	if reporter, ok := errors.AsType[Reporter](err); ok {
		report = reporter.Failure()
	}
	if report.Message == "" {
		report.Message = err.Error()
	}
	if report.Kind == Internal && errors.Is(err, context.Canceled) {
		report.Message = "interrupted"
	}
	if hinted, ok := errors.AsType[*hintedError](err); ok {
		report.Hint = hinted.hint
	}
	return report
}

// IsHinted reports whether WithHint gave the error a hint.
func IsHinted(err error) bool {
	_, ok := errors.AsType[*hintedError](err)
	return ok
}

// hintedError replaces the hint of an error's report.
type hintedError struct {
	error
	hint string
}

func (e *hintedError) Unwrap() error { return e.error }

// WithHint returns err with a hint that replaces the one of its report.
func WithHint(err error, hint string) error { return &hintedError{err, hint} }

// usageError reports a command line, a setting or a file that can't be used.
type usageError struct {
	message, hint string
	err           error
}

func (e *usageError) Error() string   { return e.message }
func (e *usageError) Unwrap() error   { return e.err }
func (e *usageError) Failure() Report { return Report{Kind: Usage, Hint: e.hint} }

// BadUsage returns an error of kind Usage. The hint says what to do and may be empty. The format may wrap an error by %w.
func BadUsage(hint, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &usageError{err.Error(), hint, errors.Unwrap(err)}
}

// Shown returns an error of kind Usage whose message is already on stderr.
func Shown() error { return &usageError{} }

// OptionError is a usage error about the value of one option. Its text names the option by its flag;
// settings.Values.Name replaces that by the name in the source of the value.
type OptionError struct {
	// Option is the long name of the option, without dashes.
	Option string
	text   string
	hint   string
	err    error
}

func (e *OptionError) Error() string { return "--" + e.Option + e.text }

// Unwrap returns the cause; nil if there is none.
func (e *OptionError) Unwrap() error { return e.err }

// Failure implements Reporter.
func (e *OptionError) Failure() Report { return Report{Kind: Usage, Hint: e.hint} }

// BadOption returns an OptionError. The formatted text follows the option's name, such as ": must be a URL". The format
// may wrap an error by %w.
func BadOption(option, hint, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &OptionError{option, err.Error(), hint, errors.Unwrap(err)}
}
