package option

import "math"

// messages returns the options for the messages of a conversation.
func messages() []Option {
	const inOrder = "messages are sent in the order of their flags"
	rows := []Option{
		{Name: "system", Short: "s", Arg: "text", Group: Messages, Type: Text, Most: many, Help: "a system message", More: inOrder, Common: Conversations},
		{Name: "system-file", Arg: "file", Group: Messages, Type: File, Most: many, Help: "a system message from a file", More: "- is stdin"},
		{Name: "user", Short: "u", Arg: "text", Group: Messages, Type: Text, Most: many, Help: "a user message", More: inOrder, Common: Chat | Stream},
		{Name: "user-file", Arg: "file", Group: Messages, Type: File, Most: many, Help: "a user message from a file", More: "- is stdin"},
		{Name: "assistant", Arg: "text", Group: Messages, Type: Text, Most: many, Help: "an assistant message", More: inOrder},
		{Name: "assistant-file", Arg: "file", Group: Messages, Type: File, Most: many, Help: "an assistant message from a file", More: "- is stdin"},
		{
			Name: "file", Short: "f", Arg: "file", Group: Messages, Type: File, Most: many, Extensions: []string{"jsonl", "json"},
			Help: "messages from a file", More: "JSONL, an array, a request or a response; - is stdin", Common: Chat | Stream,
		},
		{Name: "prompt", Short: "p", Arg: "text", Group: Messages, Type: Text, Once: true, Help: "the prompt, instead of words", Common: Chat | Stream | Image},
		{
			Name: "attach", Short: "a", Arg: "picture", Group: Input, Type: File, Most: many, Commands: Chat | Stream | Batch,
			Extensions: PictureExtensions(), Help: "a picture: a file, a URL or - for stdin", More: "JPEG or PNG, or a data URI", Common: Chat | Stream,
		},
		{
			Name: "continue", Short: "c", Arg: "file", Group: Messages, Type: Kept, Once: true, Commands: Chat | Stream | Image, Extensions: []string{"jsonl", "json"},
			Hint: "such as -c talk.jsonl", Help: "keep the conversation in a file, and continue it", Common: Chat | Stream | Image,
		},
	}
	for i := range rows {
		rows[i].Source = CommandLine
		rows[i].Exact = rows[i].Type != Kept
		rows[i].Stdin = rows[i].Type == File
		if rows[i].Commands == 0 {
			rows[i].Commands = Conversations
		}
	}
	return append(rows, []Option{
		{
			Name: "detail", Arg: "level", Group: Input, Type: Word, Words: []string{"auto", "low", "high"}, Commands: Conversations,
			Help: "how closely the model looks at pictures", Common: Image,
		},
		{Name: "text-first", Group: Input, Type: Switch, Commands: Conversations, Help: "put the text before the pictures"},
		{
			Name: "no-stdin", Short: "I", Group: Input, Type: Switch, Commands: Conversations,
			Help: "do not read standard input, as inside a while read loop", Common: Conversations &^ Batch,
		},
		{
			Name: "require-stdin", Group: Input, Type: Switch, Commands: Conversations,
			Conflicts: []Conflict{
				{With: "no-stdin", GivesWay: true},
				{With: "input", GivesWay: true, Words: "--require-stdin does not go with %s, which says what is read"},
			},
			Help: "fail with exit code 2 if standard input is empty",
		},
		{Name: "lossy", Group: Input, Type: Switch, Commands: Conversations, Help: "replace invalid UTF-8 by U+FFFD instead of refusing it"},
	}...)
}

// PictureExtensions returns the file extensions of the picture types that the API accepts.
func PictureExtensions() []string { return []string{"png", "jpg", "jpeg"} }

// request returns the options for request fields. An option with a Field needs no other code.
func request() []Option {
	return []Option{
		{
			Name: "model", Short: "m", Arg: "name", Group: Request, Type: Name, Commands: Conversations, Field: "model", Help: "the model",
			More: "only xAI (grok-4.3) and --offline (echo) have a default", Common: Conversations,
		},
		parameter("temperature", "number", Number, between(0, 2), "how freely the model chooses its words"),
		parameter("top-p", "number", Number, over(0, 1), "nucleus sampling: the probability mass to sample from"),
		parameter("max-tokens", "n", Integer, atLeast(1), "limit the reply to N tokens: the field max_tokens"),
		parameter("max-completion-tokens", "n", Integer, atLeast(1), "limit the reply to N tokens: the field max_completion_tokens"),
		{
			Name: "stop", Arg: "text", Group: Request, Type: Text, Exact: true, Commands: Conversations, Field: "stop", Most: 4,
			Help: "end the reply before this text",
		},
		parameter("presence-penalty", "number", Number, between(-2, 2), "avoid tokens that occurred; reasoning models refuse it"),
		parameter("frequency-penalty", "number", Number, between(-2, 2), "avoid frequent tokens; reasoning models refuse it"),
		parameter("seed", "number", Integer, Range{Min: math.MinInt32, Max: math.MaxInt32, Text: " of 32 bits"}, "ask for the same reply to the same request"),
		parameter("reasoning-effort", "level", Text, Range{}, "how long to reason: none, low, medium, high or xhigh, by model",
			"none", "low", "medium", "high", "xhigh"),
		parameter("service-tier", "tier", Text, Range{}, "the tier: auto, default, flex or priority, by server", "auto", "default", "flex", "priority"),
		parameter("tool-choice", "choice", ToolChoice, Range{}, "none, auto, required, a function's name, or JSON", "none", "auto", "required"),
		{
			Name: "logprobs", Group: Request, Type: Switch, Commands: Conversations, Field: "logprobs",
			Help: "ask for the tokens' log probabilities",
		},
		parameter("top-logprobs", "number", Integer, between(0, 8), "ask for that many likely tokens at each position"),
		{
			Name: "user-id", Arg: "id", Group: Request, Type: Text, Commands: Conversations, Field: "user",
			Help: "an id for your end user, sent as the field user",
		},
		{
			Name: "tools", Arg: "file", Group: Request, Type: File, Once: true, Exact: true, Commands: Conversations, Source: CommandLine, Extensions: []string{"json"},
			Help: "a file with the array of tools",
		},
		{
			Name: "response-format", Arg: "format", Group: Request, Type: Format, Once: true, Commands: Conversations, Words: []string{"text", "json_object"},
			Help: "text, json_object, or JSON or @FILE with the format", More: "--schema is simpler",
		},
		{
			Name: "field", Short: "F", Arg: "key=value", Group: Request, Type: Assignment, Exact: true, Commands: Conversations, Source: CommandLine, Most: many,
			Help: "any other field: k=v, k:=JSON, k=@FILE, a[b][]=v",
		},
		{Name: "no-check", Group: Request, Type: Switch, Commands: Conversations, Help: "send fields that the model is known to refuse"},
		{
			Name: "n", Short: "n", Arg: "number", Group: Request, Type: Integer, Range: Range{Min: 1, Max: math.MaxInt32, Text: " from 1"},
			Commands: Batch, Source: CommandLine, Field: "n", Help: "how many replies to one conversation; default 1 with -i", Common: Batch,
		},
	}
}

// parameter returns the option for a request field whose name is that of the flag with underscores.
func parameter(name, arg string, kind Type, within Range, help string, suggestions ...string) Option {
	field := []byte(name)
	for i := range field {
		if field[i] == '-' {
			field[i] = '_'
		}
	}
	return Option{
		Name: name, Arg: arg, Group: Request, Type: kind, Range: within, Commands: Conversations,
		Field: string(field), Help: help, Words: suggestions,
	}
}
