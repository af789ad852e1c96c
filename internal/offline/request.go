package offline

import "github.com/chatcmpl/chatcmpl/internal/serde"

// chatRequest holds the fields of a body that the endpoint uses. A field that is missing or null is nil or zero.
type chatRequest struct {
	model    string
	messages []message

	n, seed, maxTokens, maxCompletionTokens, topLogprobs *int64
	temperature, topP, presence, frequency               *float64

	stop                 []string
	stream, includeUsage bool
	logprobs             bool

	tools    []tool
	choice   *toolChoice
	parallel bool // more than one tool call in a reply
	format   replyFormat

	deferred bool
	search   bool
	effort   string

	prompt promptUsage // set once the request is checked
}

// message is one message of the conversation. Its text joins the texts of its parts.
type message struct {
	role, text string
	texts      []string
	parts      int
	calls      bool
	urls       []serde.Value // of pictures
	pictures   []string      // a description of each, set by check
	files      int
}

// tool is a function that the model may call. A tool of the server's own has no name and is never called here.
type tool struct {
	name       string
	parameters []byte // its JSON Schema; nil if it has none
}

// toolChoice holds none, auto or required, or the name of a function.
type toolChoice struct{ mode, name string }

// replyFormat holds the form of reply that a request asks for.
type replyFormat struct {
	kind   string
	schema []byte // if kind is json_schema
}

// choices returns how many choices the reply has.
func (q *chatRequest) choices() int {
	if q.n == nil {
		return 1
	}
	return int(*q.n)
}

// limit returns how many tokens a reply may have, or -1 without a limit. max_tokens is the older name, and yields.
func (q *chatRequest) limit() int {
	for _, limit := range []*int64{q.maxCompletionTokens, q.maxTokens} {
		if limit != nil {
			return int(*limit)
		}
	}
	return -1
}

// top returns how many alternatives stand with each log probability.
func (q *chatRequest) top() int {
	if q.topLogprobs == nil {
		return 0
	}
	return int(*q.topLogprobs)
}

// last returns the last message of a role, or the last message if no message has that role.
func (q *chatRequest) last(role string) message {
	found := q.messages[len(q.messages)-1]
	for _, m := range q.messages {
		if m.role == role {
			found = m
		}
	}
	return found
}

// toolResults returns the tool messages that end the conversation, nil if it ends with another message.
func (q *chatRequest) toolResults() []message {
	first := len(q.messages)
	for first > 0 && (q.messages[first-1].role == "tool" || q.messages[first-1].role == "function") {
		first--
	}
	if first == len(q.messages) {
		return nil
	}
	return q.messages[first:]
}

// replies returns how many replies the conversation holds.
func (q *chatRequest) replies() int {
	n := 0
	for _, m := range q.messages {
		if m.role == "assistant" {
			n++
		}
	}
	return n
}
