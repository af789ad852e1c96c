package cli

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/render"
)

func newModels(a *app) command {
	cmd := &cobra.Command{
		Use:   "models [flags]",
		Short: "list the endpoint's models",
		Long:  `Prints the ids of the models that the endpoint offers, one a line.`,
		Example: `  chatcmpl models
  chatcmpl models --jq '.data[] | [.id, .context_length] | @tsv'`,
	}
	var out outputFlags
	cmd.RunE = func(cmd *cobra.Command, words []string) error {
		if len(words) > 0 {
			return usage("", "models takes no words")
		}
		return a.models(cmd.Context(), cmd, &out)
	}
	return command{cmd, func() { out.bindValue(cmd) }}
}

func (a *app) models(ctx context.Context, cmd *cobra.Command, out *outputFlags) error {
	w, filter, err := out.printer(a.env)
	if err != nil {
		return err
	}
	to, err := a.connect.endpoint(a.env)
	if err != nil {
		return err
	}
	l, err := a.connect.link(ctx, a.env, cmd, to, 1)
	if err != nil {
		return err
	}
	stop := a.env.waiting()
	defer stop()
	var raw []byte
	var ids []string
	err = l.do(ctx, func(ctx context.Context) (err error) {
		raw, ids, err = l.client.Models(ctx)
		return err
	})
	stop()
	if err != nil {
		return err
	}
	return cmp.Or(out.models(ctx, w, filter, raw, ids), l.unrecorded())
}

// models prints the list.
func (f *outputFlags) models(ctx context.Context, w *render.Writer, filter *render.Filter, raw []byte, ids []string) error {
	switch {
	case filter != nil:
		return w.Filtered(ctx, filter, raw)
	case f.json:
		return w.JSON(raw)
	}
	for _, id := range ids {
		if err := w.Text(id); err != nil {
			return err
		}
	}
	return nil
}
