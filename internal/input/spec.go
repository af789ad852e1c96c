package input

import (
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// badUsage returns a usage error without a hint.
func badUsage(format string, args ...any) error { return failure.BadUsage("", format, args...) }

// Kind is the kind of an Item.
type Kind int

// The kinds of items.
const (
	Text     Kind = iota // Arg is the text of a message
	TextFile             // Arg names a file that holds the text of a message
	Messages             // Arg names a file of messages
)

// Item is one message, or one file of messages, from the command line.
type Item struct {
	Kind Kind
	// Role is the role of the message; empty for Messages.
	Role string
	Arg  string
	// Flag is the flag that gave the item, for error messages.
	Flag string
}

// Spec describes the sources of a conversation.
type Spec struct {
	// Items are the first messages, in the order of the command line.
	Items []Item
	// Words are the words of the prompt. A lone "-" among them stands for standard input.
	Words []string
	// Pictures are files, http(s) URLs, data URIs or "-". They are sent in the message of the prompt.
	Pictures []string
	// PictureHint is the hint of an error about a picture's name that looks like a word of a prompt.
	PictureHint string
	// Detail is the image detail level; empty sends none.
	Detail string
	// TextFirst places the text before the pictures.
	TextFirst bool
	// DefaultPrompt is sent with pictures that no other text accompanies.
	DefaultPrompt string
	// Continue names the file of a transcript; empty for none.
	Continue string
	// Peek skips the check that Continue can be created, because the conversation is only shown.
	Peek bool
	// NoStdin names what prevents reading standard input, such as a flag; empty for nothing.
	NoStdin string
	// RequireStdin names the flag that requires standard input not to be empty; empty if none does.
	RequireStdin string
	// Outside lists files that the caller reads itself; only Arg and Flag are used. If one of them is standard input,
	// its content is not sent as well.
	Outside []Item
	// Lossy replaces invalid UTF-8 by U+FFFD instead of returning an error.
	Lossy bool
	// Events reports what happens during reading. All of its functions must be set.
	Events Events
}

// Events holds functions that are called while input is read.
type Events struct {
	// Typing is called before a terminal is read.
	Typing func()
	// Waiting is called, at most once, if standard input delivers nothing for a while.
	Waiting func()
	// Empty is called if standard input is a pipe or a file without content.
	Empty func()
	// Replaced is called with the number of invalid UTF-8 bytes that were replaced in the named text.
	Replaced func(name string, count int)
}

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

// reader holds the state of one Read.
type reader struct {
	spec  *Spec
	stdin *Stdin
	// last is the text of the last item; nil if the item is not the text of a user message.
	last *string
}
