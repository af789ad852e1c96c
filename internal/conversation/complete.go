package conversation

import (
	"cmp"
	"context"
	"fmt"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/render"
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
	if err := s.deliver(ctx, resp); err != nil {
		return err
	}
	return s.end(resp, lost)
}

// end prints the usage and checks the reply, which was printed.
func (s *session) end(resp *api.Response, lost error) error {
	s.printUsage(resp)
	if lost != nil {
		return lost
	}
	if err := s.rules.Check(resp, s.req.Choices()); err != nil {
		return err
	}
	s.noteCalls(resp)
	return nil
}

// ask sends the request, again while the reply does not fit the schema, all under one deadline.
func (s *session) ask(ctx context.Context) (*api.Response, error) {
	ctx, cancel := s.client.WithTimeout(ctx)
	defer cancel()
	return Ask(ctx, s.rules, s.req, s.send, func(resp *api.Response, complaint string) {
		s.printUsage(resp)
		s.con.Note("%s; asking again", complaint)
	})
}

func (s *session) send(ctx context.Context, req *api.Request) (resp *api.Response, err error) {
	err = s.client.Do(ctx, func(ctx context.Context) (err error) {
		resp, err = s.client.Complete(ctx, req, 0)
		return err
	})
	return resp, err
}

// keep adds the new messages and the reply to the transcript. Its error says that something is not on disk that was to be
// kept. A reply with fewer choices than were asked for is incomplete and not kept.
func (s *session) keep(resp *api.Response) error {
	return cmp.Or(s.appendTranscript(resp), s.client.Unrecorded())
}

func (s *session) appendTranscript(resp *api.Response) error {
	name := s.Input.Continue
	if name == "" || len(resp.Choices) < s.req.Choices() || resp.Message(0) == nil {
		return nil
	}
	if err := input.AppendTranscript(name, s.conv.Added, resp.Message(0)); err != nil {
		return &render.WriteError{Err: fmt.Errorf("%s: %w", name, err)}
	}
	return nil
}

func (s *session) print(ctx context.Context, resp *api.Response) error {
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

func (s *session) printReasonings(resp *api.Response) {
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
func (s *session) printUsage(resp *api.Response) {
	if !s.Output.Usage || resp == nil {
		return
	}
	obj, err := rawjson.ParseObject(resp.Usage.Raw)
	if err != nil {
		s.con.Note("the server sent no usage")
		return
	}
	if resp.Usage.Ticks >= 0 {
		obj = obj.With("cost_in_usd", []byte(api.USD(resp.Usage.Ticks)))
	}
	if line, err := rawjson.Compact(obj.JSON()); err == nil {
		s.con.Print(string(line) + "\n")
	}
}

// noteCalls notes tool calls beside a text: the text is what was asked for, and the calls are not in it.
func (s *session) noteCalls(resp *api.Response) {
	for _, choice := range resp.Choices {
		if !s.Output.isRaw() && choice.Length > 0 && choice.ToolCalls > 0 {
			s.con.Note("the reply holds text and %s; --json prints it all", console.Plural(choice.ToolCalls, "tool call"))
		}
	}
}
