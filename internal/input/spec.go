package input

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
	// Sent reports whether one of Outside is sent as well, such as the file of a field.
	Sent bool
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
	// Outside lists files that the caller reads itself; Kind and Role are not used. If one of them is standard input,
	// its content is not sent as well.
	Outside []Item
	// Lossy replaces invalid UTF-8 by U+FFFD instead of returning an error.
	Lossy bool
	// Events reports what happens during reading. All of its functions must be set.
	Events Events
}

// reader holds the state of one Read.
type reader struct {
	spec  *Spec
	stdin *Stdin
	// last is the text of the last item; nil if the item is not the text of a user message.
	last *string
}
