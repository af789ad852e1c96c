package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// conversation is what the commands that hold one conversation have in common.
type conversation struct {
	*app
	input   inputFlags
	request requestFlags
	output  outputFlags
}

func (c *conversation) bind(cmd *cobra.Command) {
	c.input.bind(cmd)
	c.request.bind(cmd)
	c.output.bind(cmd)
}

// job is one conversation, ready to be sent.
type job struct {
	*conversation
	req    *api.Request
	conv   *input.Conversation
	link   *link
	out    *render.Writer
	filter *render.Filter
}

// prepare reads and checks everything. The job is nil where the request was only to be
// shown. What can be refused without reading input is refused first.
func (c *conversation) prepare(ctx context.Context, cmd *cobra.Command, spec *input.Spec, stream *streaming) (*job, error) {
	out, filter, err := c.output.printer(c.env)
	if err == nil {
		err = c.output.flagged.check(cmd)
	}
	if err != nil {
		return nil, err
	}
	to, err := c.connect.endpoint(c.env)
	if err != nil {
		return nil, err
	}
	j := &job{conversation: c, out: out, filter: filter}
	show := c.output.dryRun || c.output.curl
	if !show {
		if j.link, err = c.connect.link(ctx, c.env, cmd, to, 1); err != nil {
			return nil, err
		}
		kept, _ := os.Stat(spec.Continue)
		if err := c.connect.cassette.apart(c.env, "continue", kept); err != nil {
			return nil, err
		}
	}
	spec.Peek = show
	j.conv, err = input.Read(ctx, &input.Stdin{File: c.env.stdin, Terminal: c.env.inTTY}, spec)
	if err != nil {
		return nil, err
	}
	over, err := c.request.overlay(cmd, to, c.output.shape)
	if err != nil {
		return nil, err
	}
	j.req, err = over.request(j.conv, stream)
	if err == nil && j.req.Choices() > 1 && cmd.Flags().Changed("schema-retries") {
		err = usage("", "--schema-retries goes with one choice: which of several would be asked for again")
	}
	if err != nil || !show {
		return j, err
	}
	return nil, c.show(j.req, to)
}

// show prints the request instead of sending it.
func (c *conversation) show(req *api.Request, to *endpoint) error {
	header, err := c.connect.shown(c.env)
	if err != nil {
		return err
	}
	doc := req.Doc()
	if c.output.curl {
		if err := c.connect.guardShown(c.env, to, header); err != nil {
			return err
		}
		if doc, err = c.curl(doc, header, to); err != nil {
			return err
		}
	}
	shown := doc.Map(func(b []byte) []byte {
		b = c.env.redact.Bytes(b)
		if c.env.outTTY {
			b = []byte(render.Harmless(string(b)))
		}
		return b
	})
	if !c.output.curl {
		shown.Text("\n")
	}
	if _, err := shown.WriteTo(c.env.stdout); err != nil {
		return &render.WriteError{Err: err}
	}
	return nil
}

// complete sends the request, prints the whole reply and judges it.
func (j *job) complete(ctx context.Context) error {
	stop := j.env.waiting()
	defer stop()
	resp, err := j.ask(ctx)
	stop()
	if err != nil {
		return err
	}
	kept := j.keep(resp)
	if j.output.reasoning {
		for _, choice := range resp.Choices {
			j.env.reason(choice.Reasoning)
		}
	}
	if err := j.print(ctx, resp); err != nil {
		return err
	}
	j.usage(resp)
	if kept != nil {
		return kept
	}
	return j.judge(resp)
}

// ask sends the request, again while the reply does not fit the schema, all under one
// deadline.
func (j *job) ask(ctx context.Context) (*api.Response, error) {
	ctx, cancel := j.link.limited(ctx)
	defer cancel()
	return j.output.shape.insist(j.req, func(req *api.Request) (resp *api.Response, err error) {
		err = j.link.do(ctx, func(ctx context.Context) (err error) {
			resp, err = j.link.client.Complete(ctx, req, 0)
			return err
		})
		return resp, err
	}, func(resp *api.Response, complaint string) {
		j.usage(resp)
		j.env.note("%s; asking again", complaint)
	})
}

// keep adds the new messages and the reply to the conversation's file, and says whether
// all that was to be kept is on disk. A reply that holds fewer choices than were asked for is
// no whole one.
func (j *job) keep(resp *api.Response) error {
	return cmp.Or(j.continued(resp), j.link.unrecorded())
}

func (j *job) continued(resp *api.Response) error {
	if j.input.keep == "" || len(resp.Choices) < j.req.Choices() || resp.Message(0) == nil {
		return nil
	}
	if err := input.AppendTranscript(j.input.keep, j.conv.Added, resp.Message(0)); err != nil {
		return &render.WriteError{Err: fmt.Errorf("%s: %w", j.input.keep, err)}
	}
	return nil
}

func (j *job) print(ctx context.Context, resp *api.Response) error {
	switch {
	case j.filter != nil:
		return j.out.Filtered(ctx, j.filter, resp.Raw)
	case j.output.json:
		return j.out.JSON(resp.Raw)
	}
	for _, choice := range resp.Choices {
		// Where NUL keeps several choices apart, an empty one keeps its place.
		text, _ := j.output.shape.part(choice.Text)
		if text == "" && (!j.output.null || len(resp.Choices) == 1) {
			continue
		}
		if err := j.out.Text(text); err != nil {
			return err
		}
	}
	return nil
}

// usage prints the usage, with the cost in USD where the API says what it was.
func (j *job) usage(resp *api.Response) {
	if !j.output.usage || resp == nil {
		return
	}
	obj, err := rawjson.ParseObject(resp.Usage.Raw)
	if err != nil {
		j.env.note("the server sent no usage")
		return
	}
	if resp.Usage.Ticks >= 0 {
		obj = obj.With("cost_in_usd", []byte(api.USD(resp.Usage.Ticks)))
	}
	line, err := rawjson.Compact(obj.JSON())
	if err == nil {
		j.env.raw(string(line) + "\n")
	}
}

// reason prints reasoning text to stderr, ended by a newline.
func (e *env) reason(text string) {
	if text == "" {
		return
	}
	if text[len(text)-1] != '\n' {
		text += "\n"
	}
	e.raw(text)
}
