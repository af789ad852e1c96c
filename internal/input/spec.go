package input

import (
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// wrong returns a usage error without a hint.
func wrong(format string, args ...any) error { return failure.BadUsage("", format, args...) }

// Kind is the form of an Item.
type Kind int

// The kinds of items.
const (
	Text     Kind = iota // Arg is a message's text
	TextFile             // Arg names a file whose bytes are a message's text
	Messages             // Arg names a file of messages
)

// Item is one message, or one file of them, in the order of the command line.
type Item struct {
	Kind Kind
	// Role is the message's role; empty for Messages.
	Role string
	Arg  string
	// Flag is the flag that gave it, for messages about it.
	Flag string
}

// Spec says what a conversation is made of.
type Spec struct {
	// Items come first, in their order.
	Items []Item
	// Words are the prompt. A lone "-" among them is the place of standard input.
	Words []string
	// Pictures are files, http(s) URLs, data URIs or "-"; they join the prompt's message.
	Pictures []string
	// PictureHint is given where a picture's name looks like the words of a prompt.
	PictureHint string
	// Detail is the pictures' detail field; empty sends none.
	Detail string
	// TextFirst puts the text before the pictures.
	TextFirst bool
	// DefaultPrompt is the text beside pictures where there is no other.
	DefaultPrompt string
	// Continue names a kept conversation; empty for none.
	Continue string
	// Peek only shows the conversation: no place for Continue is looked for.
	Peek bool
	// NoStdin names what leaves standard input alone, such as a flag; empty where nothing does.
	NoStdin string
	// RequireStdin names what asks for standard input that is not empty; empty where nothing does.
	RequireStdin string
	// Outside are files that the caller reads itself, of which only Arg and Flag are looked at: what they read of standard input
	// is not sent as well.
	Outside []Item
	// Lossy puts U+FFFD where text is not UTF-8 instead of refusing it.
	Lossy bool
	// Events tells the caller what a user may want to know; all of its functions are set.
	Events Events
}

// Events are called while input is read.
type Events struct {
	// Typing: standard input is a terminal and is about to be read.
	Typing func()
	// Waiting: standard input has brought nothing for a while.
	Waiting func()
	// Empty: standard input is a pipe or a file, and there is nothing in it.
	Empty func()
	// Replaced: so many sequences that are not UTF-8 were replaced in the named text.
	Replaced func(name string, count int)
}

// Conversation is what was read.
type Conversation struct {
	// History are the messages of the kept conversation.
	History []rawjson.Doc
	// Added are the new messages, in order.
	Added []rawjson.Doc
	// Fields are the request fields that files of whole requests brought, without
	// "messages".
	Fields rawjson.Object
}

// Messages are the history and the added messages.
func (c *Conversation) Messages() []rawjson.Doc {
	if len(c.History) == 0 {
		return c.Added
	}
	return slices.Concat(c.History, c.Added)
}

// sendable says whether there is something to answer: a new message, or a conversation
// that does not end in an answer.
func (c *Conversation) sendable() bool {
	if len(c.Added) > 0 {
		return true
	}
	return len(c.History) > 0 && role(c.History[len(c.History)-1]) != "assistant"
}

// reader is the state of one Read.
type reader struct {
	spec  *Spec
	stdin *Stdin
	// last is the text of the last item; nil where that is no user's text.
	last *string
}
