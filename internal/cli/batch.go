package cli

import (
	"context"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

func newBatch(a *app) command {
	cmd := &cobra.Command{
		Use:   "batch {-n N [PROMPT...] | -i REQUESTS.jsonl} [flags]",
		Short: "ask for N choices, or send many conversations from JSONL",
		Long: `With -n alone: sends one conversation and prints N replies to it, one after the other in
the order of their index. With -0 each is ended by NUL, so that replies of several lines
stay apart.

With -i: sends a conversation for each line of a JSONL file (- is stdin), many at the same
time, and prints a result for each, in the order of the input. A record is a line of the
Batch API ({"custom_id","method","url","body"}), a request, an array of messages,
{"prompt","system"} or a string; with --lines any line is a prompt; --map makes one of
these of any JSON. A result is a line of the Batch API's output with line and attempts.

With -o results are appended to a file the moment they are there, and --resume goes on
where an earlier run ended: the finished file holds each record exactly once.`,
		Example: `  chatcmpl batch -n 3 "Give me a random number"
  chatcmpl batch -i requests.jsonl -o results.jsonl
  chatcmpl batch -i requests.jsonl -o results.jsonl --resume
  cut -f2 tickets.tsv | chatcmpl batch --lines -i - -s "One word: bug or feature." --text
  jq -c '.[]' all.json | chatcmpl batch -i - --map '{prompt: .title, custom_id: .id}' -q .response.body.usage`,
	}
	c := &conversation{app: a}
	r := &recordFlags{called: a.env.called}
	cmd.RunE = func(cmd *cobra.Command, words []string) error {
		return c.batch(cmd.Context(), cmd, r, words)
	}
	return command{cmd, func() {
		c.bind(cmd)
		c.output.flagged.bindRetries(cmd)
		c.input.bindAttach(cmd)
		c.request.bindChoices(cmd)
		r.bind(cmd)
	}}
}

func (c *conversation) batch(ctx context.Context, cmd *cobra.Command, r *recordFlags, words []string) error {
	if cmd.Flags().Changed("input") {
		return c.records(ctx, cmd, r, words)
	}
	if len(words) == 1 && strings.HasSuffix(words[0], ".jsonl") {
		if _, err := os.Stat(words[0]); err == nil {
			return usage("chatcmpl batch -i "+quoteWord(words[0]), "%s would be sent as a prompt", words[0])
		}
	}
	if !cmd.Flags().Changed("n") {
		return usage("chatcmpl batch -n 3 PROMPT, or chatcmpl batch -i REQUESTS.jsonl", "batch needs -n, the number of choices, or -i, a file of requests")
	}
	if flag := r.given(cmd); flag != "" {
		return usage("", "--%s goes with -i only", flag)
	}
	return c.chat(ctx, cmd, words)
}
