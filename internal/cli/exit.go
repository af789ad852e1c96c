package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/cassette"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// The exit codes. They are a promise: see exitRows for what each one means.
const (
	exitOK           = 0
	exitInternal     = 1
	exitUsage        = 2
	exitAuth         = 3
	exitRefused      = 4
	exitRateLimit    = 5
	exitServer       = 6
	exitNetwork      = 7
	exitReply        = 8
	exitIncomplete   = 9
	exitUnacceptable = 10
	exitFilter       = 11
)

// exitRow is a row of the exit code table as people read it.
type exitRow struct{ code, meaning, retry string }

func exitRows() []exitRow {
	return []exitRow{
		{"0", "a complete reply is on stdout", ""},
		{"1", "internal error, or the output could not be written", ""},
		{"2", "usage: flags, files, config, a key that would go over plain http; nothing was sent", "no"},
		{"3", "the key is missing or refused, no permission, no credits", "no"},
		{"4", "the API refused the request, or a replay does not hold it", "no"},
		{"5", "rate limited, after retries", "yes"},
		{"6", "the server failed, after retries", "yes"},
		{"7", "network: DNS, connect, TLS, reset before the headers, timeout", "yes"},
		{"8", "the reply was cut or is not what the API promises", "yes"},
		{"9", "batch ended with records failed or not done", "see the records"},
		{"10", "a reply came but is not acceptable: cut by a limit, filtered, refused, no text, not of the schema", "no"},
		{"11", "the jq filter failed on the reply", "no"},
		{"signal", "ended by that signal: a shell shows 130 (^C), 143 (TERM), 141 (closed pipe)", ""},
	}
}

// exitOf is the exit code of each kind of failure of an exchange.
func exitOf(kind api.Kind) int {
	switch kind {
	case api.KindAuth, api.KindCredits:
		return exitAuth
	case api.KindRefused, api.KindUnrecorded:
		return exitRefused
	case api.KindRateLimit:
		return exitRateLimit
	case api.KindServer:
		return exitServer
	case api.KindNetwork, api.KindTimeout:
		return exitNetwork
	case api.KindCut, api.KindMalformed, api.KindRedirect:
		return exitReply
	}
	return exitInternal
}

// usageError is a command line, a setting or a file that can't be used. Nothing was sent.
type usageError struct {
	message, hint string
	err           error
}

func (e *usageError) Error() string { return e.message }
func (e *usageError) Unwrap() error { return e.err }

func usage(hint, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &usageError{err.Error(), hint, errors.Unwrap(err)}
}

// unacceptableError is a reply that came but that the caller did not agree to take.
type unacceptableError struct {
	reasons []string // the words of --accept
	message string
}

func (e *unacceptableError) Error() string { return e.message }

// failure is an error as it is reported.
type failure struct {
	kind, message, hint string
	lines               []string // for people, in place of the message: it in several lines
	exit, status        int
	code, requestID     string
	retryable           bool
}

// describe tells what kind of failure an error is. It is the one place that does.
func describe(err error) failure {
	f := failure{kind: "internal", exit: exitInternal, message: err.Error()}
	var (
		wrongUse    *usageError
		wrongInput  *input.Error
		wrongFilter *render.SyntaxError
		unwritten   *render.WriteError
		filter      *render.FilterError
		reply       *unacceptableError
		exchange    *api.Error
		incomplete  *batch.IncompleteError
		unkept      *batch.ResultError
	)
	switch {
	case errors.As(err, &wrongUse):
		f.kind, f.exit, f.hint = "usage", exitUsage, wrongUse.hint
	case errors.As(err, &wrongInput):
		f.kind, f.exit, f.hint = "usage", exitUsage, wrongInput.Hint
	case errors.As(err, &wrongFilter):
		f.kind, f.exit = "usage", exitUsage
	case errors.As(err, &unwritten):
		f.kind = "output"
	case errors.As(err, &filter):
		f.kind, f.exit = "jq", exitFilter
	case errors.As(err, &reply):
		f.kind, f.exit = "unacceptable", exitUnacceptable
		f.hint = "--accept " + strings.Join(reply.reasons, ",") + " takes such a reply"
	case errors.As(err, &incomplete):
		f.kind, f.exit = "incomplete", exitIncomplete
	case errors.As(err, &unkept):
		f.kind = "output"
	case errors.As(err, &exchange):
		describeExchange(&f, exchange)
	case errors.Is(err, context.Canceled):
		f.message = "interrupted"
	}
	return f
}

func describeExchange(f *failure, e *api.Error) {
	f.kind, f.exit = string(e.Kind), exitOf(e.Kind)
	f.status, f.code, f.requestID, f.retryable = e.Status, e.Code, e.RequestID, e.Retryable
	switch e.Kind {
	case api.KindRefused:
		if e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed {
			f.hint = "check the model (chatcmpl models lists them) and --base-url"
		}
	case api.KindCredits:
		f.hint = "add credits to the account, or use another key"
	case api.KindRateLimit:
		f.hint = "try again later"
	case api.KindRedirect:
		f.hint = "put the final address into --base-url"
	case api.KindNetwork:
		f.hint = "check the network and --base-url; --offline answers without either"
	case api.KindUnrecorded:
		if miss, ok := errors.AsType[*cassette.MissError](e); ok && miss.Differences != nil {
			f.lines = append([]string{miss.Summary() + ":"}, miss.Differences...)
		}
		f.hint = "run it once with --record in place of --replay, where there is a network and a key"
	case api.KindTimeout:
		if e.Status == 0 {
			f.hint = "--timeout, --connect-timeout and --idle-timeout set the limits"
		}
	}
}

// fail reports an error in the form that was asked for and returns its exit code.
func (e *env) fail(err error) int {
	if err == nil {
		return exitOK
	}
	f := describe(err)
	if hinted := new(hintedError); errors.As(err, &hinted) {
		f.hint = hinted.hint
	}
	if f.message == "" {
		// What went wrong is on stderr already.
		return f.exit
	}
	if e.asJSON {
		e.line(string(f.json(e)))
		return f.exit
	}
	text := f.message
	if f.requestID != "" {
		text += " [request id " + render.OneLine(f.requestID, maxName) + "]"
	}
	if f.lines == nil {
		f.lines = []string{text}
	}
	prefix := "chatcmpl: "
	for _, line := range f.lines {
		e.line(prefix + render.OneLine(e.redact.String(line), maxMessage))
		prefix = "  "
	}
	if f.hint != "" {
		e.say("hint", f.hint)
	}
	return f.exit
}

func (f *failure) json(e *env) []byte {
	text := func(s string) []byte { return rawjson.Quote(render.OneLine(e.redact.String(s), maxMessage)) }
	obj := rawjson.Object{
		{Key: "kind", Value: text(f.kind)},
		{Key: "message", Value: text(f.message)},
		{Key: "exit_code", Value: fmt.Append(nil, f.exit)},
		{Key: "status", Value: []byte("null")},
		{Key: "code", Value: []byte("null")},
		{Key: "request_id", Value: []byte("null")},
		{Key: "retryable", Value: fmt.Append(nil, f.retryable)},
	}
	if f.status != 0 {
		obj = obj.With("status", fmt.Append(nil, f.status))
	}
	if f.code != "" {
		obj = obj.With("code", text(f.code))
	}
	if f.requestID != "" {
		obj = obj.With("request_id", text(f.requestID))
	}
	return obj.JSON()
}

// hintedError gives an error a better hint than its kind has.
type hintedError struct {
	error
	hint string
}

func (e *hintedError) Unwrap() error { return e.error }

func hinted(err error, hint string) error { return &hintedError{err, hint} }
