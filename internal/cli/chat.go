package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/conversation"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/settings"
)

func newChat(p *program) {
	p.add(option.Chat, &cobra.Command{
		Use:     "chat [flags] [PROMPT...]",
		Short:   "send one request and print the whole reply",
		GroupID: groupAsk,
		Example: `  git diff | chatcmpl chat "Review this diff. Name real bugs only."
  chatcmpl chat "What is 2 + 2?"
  chatcmpl chat -s "Answer in French." -c talk.jsonl "And what is the capital?"
  chatcmpl chat --json "Name a color" | jq -r '.choices[0].message.content'
  chatcmpl chat --schema 'name:string, age:int' "Invent a person."`,
	}, p.runChat)
}

func (p *program) runChat(ctx context.Context, v *settings.Values, words []string) error {
	o, err := p.conversationOptions(v, words)
	if err != nil {
		return err
	}
	return conversation.Complete(ctx, p.con, o)
}
