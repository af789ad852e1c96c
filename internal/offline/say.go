package offline

import (
	"fmt"
	"strings"
)

// say is what the model itself answers: calls of tools, or a text in the form that is asked for.
func (q *request) say(v *visit) (*said, error) {
	s := &said{reasoning: lorem(v.scene.reasoning)}
	var err error
	if s.calls, err = q.calls(v.sum); err != nil || s.calls != nil {
		return s, err
	}
	text := echo(q)
	if q.model == Lorem {
		text = lorem(v.scene.tokens)
	}
	s.text, err = q.formatted(text, q.turns() < v.scene.wrong)
	return s, err
}

// turns is how many replies the conversation holds.
func (q *request) turns() int {
	n := 0
	for _, m := range q.messages {
		if m.role == "assistant" {
			n++
		}
	}
	return n
}

// echo repeats the last user message: its text and what pictures it has. A conversation without a user message gets its
// last message back, and one that ends with what tools returned gets that.
func echo(q *request) string {
	if returned := q.returned(); returned != nil {
		texts := make([]string, 0, len(returned))
		for _, m := range returned {
			texts = append(texts, m.text)
		}
		return strings.Join(texts, "\n")
	}
	last := q.last("user")
	switch n := len(last.pictures); {
	case n == 0 && last.text == "" && last.role != "user":
		return "There is no text to repeat."
	case n == 0:
		return last.text
	default:
		return strings.TrimPrefix(fmt.Sprintf("%s\n%s: %s", last.text, counted(n), strings.Join(last.pictures, " ")), "\n")
	}
}

func counted(pictures int) string {
	if pictures == 1 {
		return "1 picture"
	}
	return fmt.Sprintf("%d pictures", pictures)
}

// lorem is so many words.
func lorem(count int) string {
	if count == 0 {
		return ""
	}
	words := strings.Fields("the wire carries what was asked and brings back what was said while every reader waits for a last word that ends it all")
	var out strings.Builder
	for i := range count {
		if i > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(words[i%len(words)])
	}
	return out.String()
}
