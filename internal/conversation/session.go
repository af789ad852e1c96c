package conversation

import (
	"context"
	"os"

	"github.com/chatcmpl/chatcmpl/internal/accept"
	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// session is a conversation that is ready to be sent.
type session struct {
	*Options

	con    *console.Console
	to     *connect.Endpoint
	out    *console.Output
	file   *outputFile // nil if the reply is written to stdout
	writer *render.Writer
	rules  *accept.Rules
	client *connect.Client
	conv   *input.Conversation
	req    *api.Request
}

// open checks the options, reads the input and builds the request. It reports errors that need no input before reading
// any.
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
	s := &session{Options: o, con: con, to: to, out: con.Output(), rules: rules}
	if !o.isShown() {
		if err := o.checkOutput(con); err != nil {
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
	if err := s.read(ctx); err != nil || o.isShown() {
		return s, err
	}
	s.file, err = openOutput(ctx, o.Output.File)
	s.writer = s.newWriter()
	return s, err
}

// newWriter returns a writer to the file of -o, or to stdout.
func (s *session) newWriter() *render.Writer {
	w := &render.Writer{Out: s.out, NUL: s.Output.Null, NoNewline: s.Output.NoNewline}
	if s.file != nil {
		w.Out = s.file
	}
	return w
}

// read reads the input and builds the request.
func (s *session) read(ctx context.Context) (err error) {
	s.Input.Peek = s.isShown()
	s.Input.Events = Events(s.con)
	s.conv, err = input.Read(ctx, &input.Stdin{File: s.con.Stdin, Terminal: s.con.StdinTerminal}, &s.Input)
	if err != nil {
		return err
	}
	template, err := NewTemplate(s.Request, s.to, s.rules)
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
