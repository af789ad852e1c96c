package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/conversation"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/settings"
)

// modelsOptions describe a listing of models.
type modelsOptions struct {
	connect connect.Options
	output  conversation.OutputOptions
}

func newModels(p *program) {
	p.add(option.Models, &cobra.Command{
		Use:     "models [flags]",
		Short:   "list the endpoint's models",
		GroupID: groupSetUp,
		Example: `  chatcmpl models
  chatcmpl models --jq '.data[] | [.id, .context_length] | @tsv'`,
	}, withoutWords("models", func(ctx context.Context, v *settings.Values) error {
		output, err := p.outputOptions(v)
		if err != nil {
			return err
		}
		return runModels(ctx, p.con, &modelsOptions{p.connectOptions(v), output})
	}))
}

func runModels(ctx context.Context, con *console.Console, o *modelsOptions) error {
	to, err := o.connect.Endpoint(con)
	if err != nil {
		return err
	}
	client, err := connect.Open(ctx, con, &o.connect, to, 1)
	if err != nil {
		return err
	}
	done := con.Waiting()
	defer done()
	var raw []byte
	var ids []string
	err = client.Do(ctx, func(ctx context.Context) (err error) {
		raw, ids, err = client.API.Models(ctx)
		return err
	})
	done()
	if err != nil {
		return err
	}
	w := &render.Writer{Out: con.Output(), NUL: o.output.Null}
	if err := printModels(ctx, w, o, raw, ids); err != nil {
		return err
	}
	return client.Unrecorded()
}

func printModels(ctx context.Context, w *render.Writer, o *modelsOptions, raw []byte, ids []string) error {
	switch {
	case o.output.Filter != nil:
		return w.Filtered(ctx, o.output.Filter, raw)
	case o.output.JSON:
		return w.JSON(raw)
	}
	for _, id := range ids {
		if err := w.Text(id); err != nil {
			return err
		}
	}
	return nil
}
