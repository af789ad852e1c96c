package conversation

import (
	"cmp"
	"context"
	"fmt"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// Complete holds the conversation and prints the whole reply. An acceptable reply is nil; errors are those of the exchange, of
// reading input and of writing, or say why the reply is not acceptable.
func Complete(ctx context.Context, con *console.Console, o *Options) error {
	s, err := open(ctx, con, o)
	if err != nil || s == nil {
		return err
	}
	done := con.Waiting()
	defer done()
	resp, err := s.ask(ctx)
	done()
	if err != nil {
		return err
	}
	lost := s.keep(resp)
	err = s.deliver(ctx, resp)
	if err != nil && failure.Of(err).Kind != failure.Filter {
		return err
	}
	return s.end(resp, lost, err)
}

// end prints the usage and checks the reply, which was printed, unless its filter failed: that comes behind all other errors.
func (s *session) end(resp *reply.Response, lost, filter error) error {
	s.printUsage(resp)
	for _, remark := range Remarks(resp) {
		s.con.Note("%s", remark)
	}
	if lost != nil {
		return lost
	}
	switch err := s.rules.Check(resp, s.req.Choices()); {
	case err != nil && filter != nil:
		return fmt.Errorf("%w; %s", err, filter.Error())
	case err != nil || filter != nil:
		return cmp.Or(err, filter)
	}
	s.noteCalls(resp)
	return nil
}

// Remarks returns what a person should know about a reply besides its text: that a secret in it was replaced, an error that the
// server reported beside it, and an end that may mean anything.
func Remarks(resp *reply.Response) (remarks []string) {
	if resp.Redacted {
		remarks = append(remarks, "a secret in the reply was replaced by stars")
	}
	if resp.Warning != "" {
		remarks = append(remarks, "beside a complete reply, the server reported an error: "+console.OneLine(resp.Warning, console.MaxName))
	}
	for _, choice := range resp.Choices {
		if choice.Ending() == reply.Unknown {
			remarks = append(remarks, "the reply may not be complete: its finish_reason is "+console.OneLine(choice.FinishReason, console.MaxName))
		}
	}
	return remarks
}

// ask sends the request, again while the reply does not fit the schema, all under one deadline.
func (s *session) ask(ctx context.Context) (*reply.Response, error) {
	ctx, cancel := s.client.WithTimeout(ctx)
	defer cancel()
	return Ask(ctx, s.rules, s.req, s.send, func(resp *reply.Response, complaint string) {
		s.printUsage(resp)
		s.con.Note("%s; asking again", complaint)
	})
}

func (s *session) send(ctx context.Context, req *api.Request) (resp *reply.Response, err error) {
	err = s.client.Do(ctx, func(ctx context.Context) (err error) {
		resp, err = s.client.Complete(ctx, req, 0)
		return err
	})
	return resp, err
}

// keep adds the new messages and the reply to the transcript. Its error says that something is not on disk that was to be
// kept. A reply with fewer choices than were asked for is incomplete and not kept.
func (s *session) keep(resp *reply.Response) error {
	return cmp.Or(s.appendTranscript(resp), s.client.Unrecorded())
}

func (s *session) appendTranscript(resp *reply.Response) error {
	name := s.Input.Continue
	if name == "" || len(resp.Choices) == 0 || len(resp.Choices) < s.req.Choices() {
		return nil
	}
	if err := input.AppendTranscript(name, s.conv.Added, resp.Choices[0].Message()); err != nil {
		return &render.WriteError{Err: fmt.Errorf("%s: %w", name, err)}
	}
	return nil
}

func (s *session) print(ctx context.Context, resp *reply.Response) error {
	switch {
	case s.Output.Filter != nil:
		return s.writer.Filtered(ctx, s.Output.Filter, resp.Raw)
	case s.Output.JSON:
		return s.writer.JSON(resp.Raw)
	}
	for _, choice := range resp.Choices {
		// Where NUL keeps several choices apart, an empty one keeps its place.
		text := s.rules.Text(choice.Text)
		if text == "" && (!s.Output.Null || len(resp.Choices) == 1) {
			continue
		}
		if err := s.writer.Text(text); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) printReasonings(resp *reply.Response) {
	if !s.Output.Reasoning {
		return
	}
	for _, choice := range resp.Choices {
		s.printReasoning(choice.Reasoning)
	}
}

// printReasoning prints reasoning text to stderr, ended by a newline.
func (s *session) printReasoning(text string) {
	if text == "" {
		return
	}
	if text[len(text)-1] != '\n' {
		text += "\n"
	}
	s.con.Print(text)
}

// printUsage prints the usage to stderr, if that was asked for, with the cost in USD where the API gives it.
func (s *session) printUsage(resp *reply.Response) {
	if !s.Output.Usage || resp == nil {
		return
	}
	obj, err := rawjson.ParseObject(resp.Usage.Raw)
	if err != nil {
		s.con.Note("the server sent no usage")
		return
	}
	if resp.Usage.Ticks >= 0 {
		obj = obj.With("cost_in_usd", []byte(reply.USD(resp.Usage.Ticks)))
	}
	if line, err := rawjson.Compact(obj.JSON()); err == nil {
		s.con.Print(string(line) + "\n")
	}
}

// noteCalls notes tool calls beside a text: the text is what was asked for, and the calls are not in it.
func (s *session) noteCalls(resp *reply.Response) {
	for _, choice := range resp.Choices {
		if !s.Output.isRaw() && choice.Length > 0 && choice.ToolCalls > 0 {
			s.con.Note("the reply holds text and %s; --json prints it all", console.Plural(choice.ToolCalls, "tool call"))
		}
	}
}
