// Package conversation conducts one conversation with a model: it builds the request, sends it, asks again if the reply
// does not match the schema, prints the reply, and appends to the transcript.
package conversation

import (
	"context"
	"encoding/json"
	"os"

	"github.com/chatcmpl/chatcmpl/internal/accept"
	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// Options describe one conversation.
type Options struct {
	Connect connect.Options
	// Input describes the messages. This package sets its Events.
	Input   input.Spec
	Request RequestOptions
	Accept  accept.Options
	Output  OutputOptions
	// DryRun prints the request's JSON in place of sending it, Curl a curl command.
	DryRun, Curl bool
	// RetriesByFlag reports whether a flag sets the schema retries; together with several choices that is an error.
	RetriesByFlag bool
}

// RequestOptions are the fields of a request besides its messages.
type RequestOptions struct {
	Parameters []Parameter
	// Tools names a file with the array of tools; empty for none.
	Tools string
	// ResponseFormat is text, json_object, JSON, or @FILE with JSON; empty for none. FormatWins is as Parameter.Wins.
	ResponseFormat string
	FormatWins     bool
	// Fields are set last and never checked.
	Fields []option.FieldValue
	// NoCheck skips the check for parameters that the model is known to refuse.
	NoCheck bool
	// Stream requests a stream, StreamUsage the usage at its end.
	Stream, StreamUsage bool
}

// Parameter is a field of the request with its value.
type Parameter struct {
	Field string
	Value json.RawMessage
	// Wins gives the parameter precedence over a field that came with the messages; otherwise it is a default.
	Wins bool
}

// OutputOptions describe the output of a reply.
type OutputOptions struct {
	// JSON prints the response's JSON, Filter the results of a jq filter on it; nil for none.
	JSON   bool
	Filter *render.Filter
	// Null ends each value by NUL instead of a newline, NoNewline omits the last newline.
	Null, NoNewline bool
	// File names the file to which the reply is written instead of stdout; empty for none.
	File string
	// Reasoning prints the reasoning text, Usage the usage to stderr.
	Reasoning, Usage bool
}

// isRaw reports whether the output is made from the response's JSON, not from the text.
func (o *OutputOptions) isRaw() bool { return o.JSON || o.Filter != nil }

// session is a conversation that is ready to be sent.
type session struct {
	*Options

	con    *console.Console
	out    *console.Output
	file   *outputFile // nil if the reply is written to stdout
	writer *render.Writer
	rules  *accept.Rules
	client *connect.Client
	conv   *input.Conversation
	req    *api.Request
}

// open checks the options, reads the input and builds the request. It reports errors that need no input before reading
// any. The session is nil if the request was only printed.
func open(ctx context.Context, con *console.Console, o *Options) (*session, error) {
	o.Accept.JSON = o.Output.isRaw()
	rules, err := accept.Compile(o.Accept)
	if err != nil {
		return nil, err
	}
	to, err := o.Connect.Endpoint(con)
	if err != nil {
		return nil, err
	}
	s := &session{Options: o, con: con, out: con.Output(), rules: rules}
	s.writer = s.newWriter()
	if !o.isShown() {
		if err := s.checkOutput(); err != nil {
			return nil, err
		}
		if s.client, err = connect.Open(ctx, con, &o.Connect, to, 1); err != nil {
			return nil, err
		}
		transcript, _ := os.Stat(o.Input.Continue)
		if err := o.Connect.SameFile("continue", transcript); err != nil {
			return nil, err
		}
		if stream := con.StreamTo(o.Input.Continue); stream != "" {
			return nil, failure.BadOption("continue", "", " and %s are the same file: %s", stream, o.Input.Continue)
		}
	}
	if err := s.read(ctx, to); err != nil {
		return nil, err
	}
	if o.isShown() {
		return nil, s.show(to)
	}
	return s, s.openOutput(ctx)
}

// newWriter returns a writer to the file of -o, or to stdout.
func (s *session) newWriter() *render.Writer {
	w := &render.Writer{Out: s.out, NUL: s.Output.Null, NoNewline: s.Output.NoNewline}
	if s.file != nil {
		w.Out = s.file
	}
	return w
}

func (o *Options) isShown() bool { return o.DryRun || o.Curl }

// read reads the input and builds the request.
func (s *session) read(ctx context.Context, to *connect.Endpoint) (err error) {
	s.Input.Peek = s.isShown()
	s.Input.Events = Events(s.con)
	s.conv, err = input.Read(ctx, &input.Stdin{File: s.con.Stdin, Terminal: s.con.StdinTerminal}, &s.Input)
	if err != nil {
		return err
	}
	template, err := NewTemplate(s.Request, to, s.rules)
	if err != nil {
		return err
	}
	if s.req, err = template.Request(s.conv); err != nil {
		return err
	}
	if err := checkRetries(s.req, s.RetriesByFlag); err != nil {
		return err
	}
	if n := s.req.Choices(); n > 1 && s.Request.Stream && !s.Output.isRaw() {
		return failure.BadUsage("chatcmpl batch -n prints them in order, stream --json keeps them apart",
			"%d choices can't be streamed as one text", n)
	}
	return nil
}

// Events returns callbacks that print notes while input is read.
func Events(con *console.Console) input.Events {
	return input.Events{
		Typing:  func() { con.Note("type the message; ^D on an empty line ends it") },
		Waiting: func() { con.Note("waiting for standard input to end; -I leaves it alone") },
		Empty:   func() { con.Note("standard input is empty; --require-stdin makes that an error") },
		Replaced: func(name string, count int) {
			con.Note("%s is not UTF-8 text: %s replaced by U+FFFD", name, console.Plural(count, "byte"))
		},
	}
}
