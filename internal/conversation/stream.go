package conversation

import (
	"cmp"
	"context"
	"errors"

	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// Stream sends the conversation and prints the reply as it arrives. It does not retry once part of the reply is on
// stdout. Errors are as for Complete.
func Stream(ctx context.Context, con *console.Console, o *Options) error {
	s, err := open(ctx, con, o)
	switch {
	case err != nil:
		return err
	case o.isShown():
		return s.show()
	}
	p := &printer{session: s, waited: con.Waiting()}
	defer p.waited()
	resp, err := p.receive(ctx)
	p.waited()
	if err != nil {
		if p.begun && !o.Output.isRaw() {
			// Report the error of the exchange, not one of ending the line.
			_ = s.out.BreakOff()
		}
		return cmp.Or(p.failed, err)
	}
	lost := s.keep(resp)
	if p.failed != nil && !isKind(p.failed, failure.Filter) {
		return p.failed
	}
	if p.begun && !o.Output.isRaw() {
		if err := s.writer.EndText(); err != nil {
			return err
		}
	}
	if s.file != nil {
		if err := s.store(resp, s.file.filterErr); err != nil {
			return err
		}
	}
	return s.end(resp, lost, p.failed)
}

// printer prints the chunks of a stream.
type printer struct {
	*session

	waited   func()        // stops the status that shows the waiting time
	begun    bool          // part of the reply has been printed
	failed   error         // of printing a reply that is kept in a transcript
	fence    *render.Fence // nil if the whole text is printed
	openLine bool          // stderr is in the middle of a line of reasoning
}

// receive makes attempts until a reply is complete, or part of one has been printed.
func (p *printer) receive(ctx context.Context) (resp *reply.Response, err error) {
	collect := p.Input.Continue != "" || p.rules.ChecksText()
	err = p.client.Do(ctx, func(ctx context.Context) (err error) {
		p.restart()
		resp, err = p.client.API.Stream(ctx, p.req, collect, func(chunk *reply.Chunk) error {
			return p.print(func() error { return p.chunk(ctx, chunk) })
		})
		p.endReasoning()
		err = errors.Join(err, p.print(p.endFence))
		if err != nil && p.begun && p.file == nil {
			return &connect.FinalError{Err: err}
		}
		return err
	})
	return resp, err
}

// print prints a part of the reply. If that fails, and the reply goes into a transcript, nothing more is printed, and the rest of
// the reply is still received: it is paid for, and the next question may be about it.
func (p *printer) print(part func() error) error {
	if p.Input.Continue == "" {
		return part()
	}
	if p.failed == nil {
		p.failed = part()
	}
	return nil
}

// restart discards the state of a failed attempt, of which nothing was printed.
func (p *printer) restart() {
	p.reset()
	p.failed = nil
	p.fence = p.rules.Fence()
}

// reset discards the output of a failed attempt before the next one.
func (p *printer) reset() {
	if p.file != nil {
		p.file.Reset()
		p.file.reply.Reset()
		p.file.filterErr, p.begun, p.writer = nil, false, p.newWriter()
	}
}

func (p *printer) chunk(ctx context.Context, chunk *reply.Chunk) error {
	if p.Output.Reasoning {
		p.streamReasoning(chunk)
	}
	p.file.addJSON(chunk.Raw)
	if p.Output.Filter != nil {
		p.waited()
		return p.file.ignoreFilterError(p.Output.Filter.Run(ctx, chunk.Raw, func(value []byte) error {
			p.begun = true
			return p.writer.Value(value)
		}))
	}
	if p.Output.JSON {
		p.waited()
		p.begun = true
		return p.writer.JSON(chunk.Raw)
	}
	for _, delta := range chunk.Deltas {
		if err := p.delta(delta.Text); err != nil {
			return err
		}
	}
	return nil
}

// delta prints a piece of the text, or only the part inside the code block if one is extracted.
func (p *printer) delta(text string) error {
	if p.fence != nil {
		text = p.fence.Next(text)
	}
	return p.printText(text)
}

// endFence prints the end of a code block that was never closed.
func (p *printer) endFence() error {
	if p.fence == nil {
		return nil
	}
	return p.printText(p.fence.End())
}

func (p *printer) printText(text string) error {
	if text == "" {
		return nil
	}
	p.waited()
	p.endReasoning()
	p.begun = true
	return p.writer.Delta(text)
}

func (p *printer) streamReasoning(chunk *reply.Chunk) {
	for _, delta := range chunk.Deltas {
		if delta.Reasoning != "" {
			p.printStderr(delta.Reasoning)
		}
	}
}

func (p *printer) printStderr(text string) {
	p.waited()
	p.con.Print(text)
	p.openLine = text[len(text)-1] != '\n'
}

func (p *printer) endReasoning() {
	if p.openLine {
		p.con.Print("\n")
		p.openLine = false
	}
}
