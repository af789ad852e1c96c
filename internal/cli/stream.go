package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

func newStream(a *app) command {
	cmd := &cobra.Command{
		Use:   "stream [flags] [PROMPT...]",
		Short: "send one request and print the reply as it arrives",
		Long: `Sends one conversation and prints each piece of the reply the moment it arrives.

A stream that is cut is exit code 8 with what came on stdout. With --json each chunk is a
line, as the server wrote it; with --jq the filter runs on each chunk.`,
		Example: `  chatcmpl stream "Tell me a story"
  journalctl -n 200 | chatcmpl stream "What is wrong here?" | tee report.txt
  chatcmpl stream --json "Hi" | jq -j '.choices[0].delta.content // empty'`,
	}
	c := &conversation{app: a}
	cmd.RunE = func(cmd *cobra.Command, words []string) error { return c.stream(cmd.Context(), cmd, words) }
	return command{cmd, func() {
		c.bind(cmd)
		c.input.bindAttach(cmd)
		c.input.bindContinue(cmd)
	}}
}

func (c *conversation) stream(ctx context.Context, cmd *cobra.Command, words []string) error {
	spec, err := c.input.spec(c.env, cmd, words)
	if err != nil {
		return err
	}
	j, err := c.prepare(ctx, cmd, spec, &streaming{usage: c.output.usage})
	if err != nil || j == nil {
		return err
	}
	if n := j.req.Choices(); n > 1 && !c.output.raw() {
		return usage("chatcmpl batch -n prints them in order, stream --json keeps them apart",
			"%d choices can't be streamed as one text", n)
	}
	return j.stream(ctx)
}

// stream sends the request and prints the reply as it arrives. Once a byte of it is on
// stdout nothing is sent again.
func (j *job) stream(ctx context.Context) error {
	s := &streamOutput{job: j, stop: j.env.waiting()}
	defer s.stop()
	var resp *api.Response
	err := j.link.do(ctx, func(ctx context.Context) (err error) {
		s.restart()
		resp, err = j.link.client.Stream(ctx, j.req, j.input.keep != "" || j.output.shape.checks(), func(chunk *api.Chunk) error { return s.chunk(ctx, chunk) })
		s.endReasoning()
		err = errors.Join(err, s.delta(s.text.End()), s.endFence())
		if err != nil && s.begun {
			return &final{err}
		}
		return err
	})
	s.stop()
	if err != nil {
		if s.begun && !j.output.raw() {
			// The first error is the one to tell.
			_ = j.out.BreakOff()
		}
		return err
	}
	kept := j.keep(resp)
	if s.begun && !j.output.raw() {
		if err := j.out.EndText(); err != nil {
			return err
		}
	}
	j.usage(resp)
	if kept != nil {
		return kept
	}
	return j.judge(resp)
}

// streamOutput prints chunks.
type streamOutput struct {
	*job
	stop      func()        // ends the display of the wait
	begun     bool          // something is on stdout
	fence     *render.Fence // nil where the whole text is printed
	reasoning bool          // stderr is in the middle of a line of reasoning
	// A secret may come in pieces, too.
	text, thoughts *secret.Stream
}

// restart forgets what an earlier attempt brought, of which nothing was printed.
func (s *streamOutput) restart() {
	s.text, s.thoughts = s.env.redact.Stream(), s.env.redact.Stream()
	if s.output.shape.extract {
		s.fence = &render.Fence{Lang: s.output.shape.lang}
	}
}

func (s *streamOutput) chunk(ctx context.Context, chunk *api.Chunk) error {
	if s.output.reasoning {
		s.reason(chunk)
	}
	if s.filter != nil {
		s.stop()
		return s.filter.Run(ctx, chunk.Raw, func(value []byte) error {
			s.begun = true
			return s.out.Value(value)
		})
	}
	if s.output.json {
		s.stop()
		s.begun = true
		return s.out.JSON(chunk.Raw)
	}
	for _, delta := range chunk.Deltas {
		if err := s.delta(s.text.Next(delta.Text)); err != nil {
			return err
		}
	}
	return nil
}

// delta prints a piece of the text, or what of it belongs to the code block.
func (s *streamOutput) delta(text string) error {
	if s.fence != nil {
		text = s.fence.Next(text)
	}
	return s.print(text)
}

// endFence prints the end of a code block that was never closed.
func (s *streamOutput) endFence() error {
	if s.fence == nil {
		return nil
	}
	return s.print(s.fence.End())
}

func (s *streamOutput) print(text string) error {
	if text == "" {
		return nil
	}
	s.stop()
	s.endReasoning()
	s.begun = true
	return s.out.Delta(text)
}

func (s *streamOutput) reason(chunk *api.Chunk) {
	for _, delta := range chunk.Deltas {
		if text := s.thoughts.Next(delta.Reasoning); text != "" {
			s.think(text)
		}
	}
}

func (s *streamOutput) think(text string) {
	s.stop()
	s.env.raw(text)
	s.reasoning = text[len(text)-1] != '\n'
}

func (s *streamOutput) endReasoning() {
	if rest := s.thoughts.End(); rest != "" {
		s.think(rest)
	}
	if s.reasoning {
		s.env.raw("\n")
		s.reasoning = false
	}
}
