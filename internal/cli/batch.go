package cli

import (
	"context"

	"github.com/spf13/cobra"
)

func newBatch(a *app) command {
	cmd := &cobra.Command{
		Use:   "batch -n N [flags] [PROMPT...]",
		Short: "ask for N choices for one conversation",
		Long: `Sends one conversation and prints N replies to it, one after the other in the order of
their index. With -0 each is ended by NUL, so that replies of several lines stay apart.`,
		Example: `  chatcmpl batch -n 3 "Give me a random number"
  chatcmpl batch -n 5 --temperature 1.2 "A name for a cat" | sort | uniq -c
  chatcmpl batch -n 4 -0 "Write a haiku" | xargs -0 -n 1 printf '%s\n--\n'`,
	}
	c := &conversation{app: a}
	cmd.RunE = func(cmd *cobra.Command, words []string) error { return c.batch(cmd.Context(), cmd, words) }
	return command{cmd, func() {
		c.bind(cmd)
		c.input.bindAttach(cmd)
		c.request.bindChoices(cmd)
	}}
}

func (c *conversation) batch(ctx context.Context, cmd *cobra.Command, words []string) error {
	if !cmd.Flags().Changed("choices") {
		return usage("such as chatcmpl batch -n 3 'A name for a cat'", "batch needs -n, the number of choices")
	}
	return c.chat(ctx, cmd, words)
}
