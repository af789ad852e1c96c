package cli

import (
	"context"

	"github.com/spf13/cobra"
)

func newImage(a *app) command {
	cmd := &cobra.Command{
		Use:   "image [flags] IMAGE...",
		Short: "ask about pictures: files, URLs, data URIs, - for stdin",
		Long: `Sends pictures with a question and prints the reply.

Each word is a picture: a file (JPEG or PNG, told by its bytes, at most 20 MiB and at least
8×8 pixels), an http(s) URL, a data URI, or - for standard input. The question stands after
-p; without one it is "What is in this image?".`,
		Example: `  chatcmpl image cat.jpg
  chatcmpl image before.png after.png -p "What changed?"
  chatcmpl image --detail low https://example.com/chart.png -p "Give the numbers as CSV."
  screenshot | chatcmpl image - -p "Read the error message."`,
	}
	c := &conversation{app: a}
	cmd.RunE = func(cmd *cobra.Command, pictures []string) error { return c.image(cmd.Context(), cmd, pictures) }
	return command{cmd, func() {
		c.bind(cmd)
		c.output.flagged.bindRetries(cmd)
		c.input.bindContinue(cmd)
	}}
}

func (c *conversation) image(ctx context.Context, cmd *cobra.Command, pictures []string) error {
	if len(pictures) == 0 {
		return usage("such as chatcmpl image cat.jpg -p 'Which breed is it?'", "no picture is given")
	}
	spec, err := c.input.spec(c.env, cmd, nil)
	if err != nil {
		return err
	}
	spec.Pictures = pictures
	spec.DefaultPrompt = "What is in this image?"
	spec.PictureHint = "each word is a picture here; put the question after -p"
	j, err := c.prepare(ctx, cmd, spec, nil)
	if err != nil || j == nil {
		return err
	}
	return j.complete(ctx)
}
