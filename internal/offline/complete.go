package offline

import (
	"fmt"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/faults"
)

// complete returns what the model itself writes: calls of tools, or a text in the form that is asked for.
func (q *chatRequest) complete(s *faults.Settings, id identity) (*completion, error) {
	calls, err := q.calls(id)
	c := &completion{reasoning: loremText(s.Reasoning), calls: calls}
	if err != nil || calls != nil {
		return c, err
	}
	text := q.echo()
	if q.model == Lorem {
		text = loremText(s.Tokens)
	}
	c.text, err = q.formatted(text, q.replies() < s.Wrong)
	return c, err
}

// echo repeats the last user message: its text and a description of its pictures. If the conversation ends with the
// results of tools, it repeats these; without a user message, the last message.
func (q *chatRequest) echo() string {
	if results := q.toolResults(); results != nil {
		texts := make([]string, 0, len(results))
		for _, m := range results {
			texts = append(texts, m.text)
		}
		return strings.Join(texts, "\n")
	}
	last := q.last("user")
	switch n := len(last.pictures); {
	case n > 0:
		text := fmt.Sprintf("%s\n%s: %s", last.text, countPictures(n), strings.Join(last.pictures, " "))
		return strings.TrimPrefix(text, "\n")
	case last.text == "" && last.role != "user":
		return "There is no text to repeat."
	}
	return last.text
}

func countPictures(n int) string {
	if n == 1 {
		return "1 picture"
	}
	return fmt.Sprintf("%d pictures", n)
}

// loremText returns a text of so many words.
func loremText(count int) string {
	const sentence = "the wire carries what was asked and brings back what was said " +
		"while every reader waits for a last word that ends it all "
	repeats := 1 + count/len(strings.Fields(sentence))
	return firstTokens(strings.Repeat(sentence, repeats), count)
}
