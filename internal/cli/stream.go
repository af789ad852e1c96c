package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/conversation"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/settings"
)

func newStream(p *program) {
	p.add(option.Stream, &cobra.Command{
		Use:     "stream [flags] [PROMPT...]",
		Short:   "send one request and print the reply as it arrives",
		GroupID: groupAsk,
		Example: `  chatcmpl stream "Tell me a story"
  journalctl -n 200 | chatcmpl stream "What is wrong here?" | tee report.txt
  chatcmpl stream --json "Hi" | jq -j '.choices[0].delta.content // empty'`,
	}, p.runStream)
}

func (p *program) runStream(ctx context.Context, v *settings.Values, words []string) error {
	o, err := p.conversationOptions(v, words)
	if err != nil {
		return err
	}
	o.Request.Stream, o.Request.StreamUsage = true, o.Output.Usage
	return conversation.Stream(ctx, p.con, o)
}
