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

// Complete sends the conversation and prints the complete reply. Its error is nil for an acceptable reply, otherwise an
// error of reading, sending or writing, or the reason why the reply is not acceptable.
func Complete(ctx context.Context, con *console.Console, o *Options) error {
	s, err := open(ctx, con, o)
	switch {
	case err != nil:
		return err
	case o.isShown():
		return s.show()
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

// end prints the usage and remarks, and checks the printed reply. lost and filter are earlier errors: lost takes
// precedence over an unacceptable reply, and that over filter.
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

// Remarks returns notes about a reply: that a secret in it was redacted, that the server reported an error beside it, and
// that its finish_reason is unknown, so it may be incomplete.
func Remarks(resp *reply.Response) (remarks []string) {
	if resp.Redacted {
		remarks = append(remarks, "a secret in the reply was replaced by stars")
	}
	if resp.Warning != "" {
		remarks = append(remarks, "the reply is complete, but the server also reported an error: "+console.OneLine(resp.Warning, console.MaxName))
	}
	for _, choice := range resp.Choices {
		if choice.Ending() == reply.Unknown {
			remarks = append(remarks, "the reply may not be complete: its finish_reason is "+console.OneLine(choice.FinishReason, console.MaxName))
		}
	}
	return remarks
}

// ask sends the request, and repeats it while the reply does not match the schema. One deadline covers all attempts.
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

// keep appends the new messages and the reply to the transcript, unless the reply has fewer choices than requested. It
// returns an error if the transcript or the cassette could not be written.
func (s *session) keep(resp *reply.Response) error {
	return cmp.Or(s.appendTranscript(resp), s.client.Unrecorded())
}

func (s *session) appendTranscript(resp *reply.Response) error {
	name := s.Input.Continue
	if name == "" || len(resp.Choices) == 0 || len(resp.Choices) < s.req.Choices() {
		return nil
	}
	added := make([]rawjson.Doc, len(s.conv.Added))
	for i, message := range s.conv.Added {
		// A prompt may hold the key, as a log that was piped in does.
		added[i] = message.Map(s.con.Redactor.JSON)
	}
	if err := input.AppendTranscript(name, added, resp.Choices[0].Message()); err != nil {
		return &render.WriteError{Err: fmt.Errorf("%s: %w", name, err)}
	}
	return nil
}

// printUsage prints the usage to stderr if --usage is set, with the cost in USD if the API reports it.
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

// noteCalls notes that a reply contains tool calls besides its text, because only the text is printed.
func (s *session) noteCalls(resp *reply.Response) {
	for _, choice := range resp.Choices {
		if !s.Output.isRaw() && choice.Length > 0 && choice.ToolCalls > 0 {
			s.con.Note("the reply holds text and %s; --json prints it all", console.Plural(choice.ToolCalls, "tool call"))
		}
	}
}
