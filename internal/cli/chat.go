package cli

import (
	"context"

	"github.com/spf13/cobra"
)

func newChat(a *app) command {
	cmd := &cobra.Command{
		Use:   "chat [flags] [PROMPT...]",
		Short: "send one request and print the whole reply",
		Long: `Sends one conversation and prints the reply to stdout, when it is whole.

The last user message is the prompt, then a blank line, then standard input where it is a
pipe or a file; a lone - among the words marks another place for it.`,
		Example: `  chatcmpl chat "What is 2 + 2?"
  git diff --staged | chatcmpl chat "Write a commit message for this diff. Only the message."
  chatcmpl chat -s "Answer in French." -c talk.jsonl "And what is the capital?"
  chatcmpl chat --json "Name a color" | jq -r .choices[0].message.content`,
	}
	c := &conversation{app: a}
	cmd.RunE = func(cmd *cobra.Command, words []string) error { return c.chat(cmd.Context(), cmd, words) }
	return command{cmd, func() {
		c.bind(cmd)
		c.output.flagged.bindRetries(cmd)
		c.input.bindAttach(cmd)
		c.input.bindContinue(cmd)
	}}
}

func (c *conversation) chat(ctx context.Context, cmd *cobra.Command, words []string) error {
	spec, err := c.input.spec(c.env, cmd, words)
	if err != nil {
		return err
	}
	j, err := c.prepare(ctx, cmd, spec, nil)
	if err != nil || j == nil {
		return err
	}
	return j.complete(ctx)
}
