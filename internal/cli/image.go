package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/conversation"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/settings"
)

func newImage(p *program) {
	p.add(option.Image, &cobra.Command{
		Use:     "image [flags] IMAGE...",
		Short:   "ask about pictures: files, URLs, data URIs, - for stdin",
		GroupID: groupAsk,
		Example: `  chatcmpl image cat.jpg
  chatcmpl image before.png after.png -p "What changed?"
  chatcmpl image --detail low https://example.com/chart.png \
    -p "The numbers as CSV."
  screenshot | chatcmpl image - -p "Read the error message."`,
	}, p.runImage)
}

func (p *program) runImage(ctx context.Context, v *settings.Values, pictures []string) error {
	if len(pictures) == 0 {
		return failure.BadUsage("such as chatcmpl image cat.jpg -p 'Which breed is it?'", "no picture is given")
	}
	o, err := p.conversationOptions(v, nil)
	if err != nil {
		return err
	}
	o.Input.Pictures = pictures
	o.Input.DefaultPrompt = "What is in this image?"
	o.Input.PictureHint = "each word is a picture here; put the question after -p"
	return conversation.Complete(ctx, p.con, o)
}
