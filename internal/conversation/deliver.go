package conversation

import (
	"context"
	"fmt"

	"github.com/chatcmpl/chatcmpl/internal/atomicfile"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// deliver prints the reply and its reasoning. It writes the file of -o before anything to stderr, which may fail.
func (s *session) deliver(ctx context.Context, resp *reply.Response) error {
	if s.file == nil {
		s.printReasonings(resp)
		return s.print(ctx, resp)
	}
	s.file.addJSON(resp.Raw)
	err := s.store(resp, s.print(ctx, resp))
	s.printReasonings(resp)
	return err
}

func (s *session) print(ctx context.Context, resp *reply.Response) error {
	switch {
	case s.Output.Filter != nil:
		return s.writer.Filtered(ctx, s.Output.Filter, resp.Raw)
	case s.Output.JSON:
		return s.writer.JSON(resp.Raw)
	}
	for _, choice := range resp.Choices {
		// If NUL separates several choices, an empty one is printed to keep the others in their positions.
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

// store writes the file of -o, unless printing failed with printErr or the reply is malformed. If the file then lacks
// the reply, store saves the JSON next to it, because the reply has been paid for. It returns printErr or an error of
// writing.
func (s *session) store(resp *reply.Response, printErr error) error {
	if s.file == nil {
		return printErr
	}
	err := printErr
	if err == nil {
		err = s.rules.Check(resp, s.req.Choices())
	}
	switch {
	case err == nil || isKind(err, failure.Unacceptable):
		if lost := s.writeFile(); lost != nil {
			return lost
		}
		if err == nil || s.file.Len() > 0 {
			return printErr
		}
	case !isKind(err, failure.Filter, failure.Malformed):
		return printErr
	}
	s.saveReply()
	return printErr
}

// writeFile writes the buffered output. It replaces a regular file completely or not at all.
func (s *session) writeFile() error {
	f := s.file
	text := s.con.Redactor.Bytes(f.Bytes())
	if f.device == nil {
		return s.replaceOrSave(atomicfile.Resolve(f.name), text)
	}
	_, err := f.device.Write(text)
	return f.writeError(err)
}

// replaceOrSave replaces a file. If that fails, it saves the text, which has been paid for, in another file or prints it
// to stdout, and returns an error that says where it is.
func (s *session) replaceOrSave(name string, text []byte) error {
	err := atomicfile.Write(name, text)
	if err == nil {
		return nil
	}
	place, failed := atomicfile.Fallback(name, s.file.folder, func(name string) error { return atomicfile.WriteNew(name, text) })
	place = "in " + place
	if failed != nil {
		place = "on standard output"
		_, failed = s.out.Write(text)
	}
	if failed != nil {
		return s.file.writeError(err)
	}
	return fmt.Errorf("%w; the reply is %s", s.file.writeError(err), place)
}

// saveReply saves the reply's JSON next to the file of -o if that is a regular file.
func (s *session) saveReply() {
	if s.file.device != nil {
		return
	}
	name := s.file.name + ".reply.json"
	if err := s.replaceOrSave(name, s.con.Redactor.Bytes(s.file.reply.Bytes())); err != nil {
		s.con.Note("%v", err)
		return
	}
	s.con.Note("the whole reply is in %s", name)
}
