package input

import (
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Conversation holds the messages and request fields that were read.
type Conversation struct {
	// History holds the messages of the transcript.
	History []rawjson.Doc
	// Added holds the new messages, in order.
	Added []rawjson.Doc
	// Fields holds the request fields from files that contain whole requests, except "messages" and "stream".
	Fields rawjson.Object
}

// Messages returns the history followed by the added messages.
func (c *Conversation) Messages() []rawjson.Doc {
	if len(c.History) == 0 {
		return c.Added
	}
	return slices.Concat(c.History, c.Added)
}

// sendable reports whether the conversation needs a reply: it has a new message, or its transcript does not end with
// one of the assistant.
func (c *Conversation) sendable() bool {
	if len(c.Added) > 0 {
		return true
	}
	return len(c.History) > 0 && role(c.History[len(c.History)-1]) != "assistant"
}
