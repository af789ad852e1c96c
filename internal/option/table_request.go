package option

import "math"

// messages returns the options for the messages of a conversation.
func messages() []Option {
	const inOrder = " message; messages are sent in the order of their flags"
	rows := []Option{
		{Name: "system", Short: "s", Arg: "text", Group: Messages, Type: Text, Most: many, Help: "a system" + inOrder},
		{Name: "system-file", Arg: "file", Group: Messages, Type: File, Most: many, Help: "a system message from a file (- is stdin)"},
		{Name: "user", Short: "u", Arg: "text", Group: Messages, Type: Text, Most: many, Help: "a user" + inOrder},
		{Name: "user-file", Arg: "file", Group: Messages, Type: File, Most: many, Help: "a user message from a file (- is stdin)"},
		{Name: "assistant", Arg: "text", Group: Messages, Type: Text, Most: many, Help: "an assistant" + inOrder},
		{Name: "assistant-file", Arg: "file", Group: Messages, Type: File, Most: many, Help: "an assistant message from a file (- is stdin)"},
		{
			Name: "file", Short: "f", Arg: "file", Group: Messages, Type: File, Most: many, Extensions: []string{"jsonl", "json"},
			Help: "messages from a file (- is stdin): JSONL, an array, a request or a response",
		},
		{Name: "prompt", Short: "p", Arg: "text", Group: Messages, Type: Text, Once: true, Help: "the prompt, in place of words"},
		{
			Name: "attach", Short: "a", Arg: "picture", Group: Input, Type: File, Most: many, Commands: Chat | Stream | Batch,
			Extensions: PictureExtensions(), Help: "a picture: a file, a URL, a data URI or - for stdin; may repeat",
		},
		{
			Name: "continue", Short: "c", Arg: "file", Group: Messages, Type: Kept, Once: true, Commands: Chat | Stream | Image, Extensions: []string{"jsonl", "json"},
			Hint: "such as -c talk.jsonl", Help: "keep the conversation in a file and go on with it",
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
			Help: "the image detail level: auto, low or high",
		},
		{Name: "text-first", Group: Input, Type: Switch, Commands: Conversations, Help: "put the text before the pictures"},
		{Name: "no-stdin", Short: "I", Group: Input, Type: Switch, Commands: Conversations, Help: "never read standard input"},
		{
			Name: "require-stdin", Group: Input, Type: Switch, Commands: Conversations,
			Conflicts: []Conflict{{With: "no-stdin", GivesWay: true}, {With: "input", GivesWay: true, Words: "--require-stdin does not go with %s, which says what is read"}},
			Help:      "fail with exit code 2 where standard input is empty",
		},
		{Name: "lossy", Group: Input, Type: Switch, Commands: Conversations, Help: "replace what is not UTF-8 by U+FFFD instead of refusing it"},
	}...)
}

// PictureExtensions returns the file extensions of the picture types that the API accepts.
func PictureExtensions() []string { return []string{"png", "jpg", "jpeg"} }

// request returns the options for request fields. An option with a Field needs no other code.
func request() []Option {
	return []Option{
		parameter("model", "m", "name", Name, Range{}, "the model"),
		parameter("temperature", "", "number", Number, Between(0, 2), "how freely it samples, 0 to 2"),
		parameter("top-p", "", "number", Number, Over(0, 1), "nucleus sampling, over 0 and up to 1"),
		parameter("max-tokens", "", "number", Integer, AtLeast(1), "the most tokens of the reply (max_tokens, the name that every server knows)"),
		parameter("max-completion-tokens", "", "number", Integer, AtLeast(1), "the most visible tokens of the reply (max_completion_tokens)"),
		{
			Name: "stop", Arg: "text", Group: Request, Type: Text, Exact: true, Commands: Conversations, Field: "stop", Most: 4,
			Help: "a text that ends the reply; up to 4",
		},
		parameter("presence-penalty", "", "number", Number, Between(-2, 2), "-2 to 2; reasoning models refuse it"),
		parameter("frequency-penalty", "", "number", Number, Between(-2, 2), "-2 to 2; reasoning models refuse it"),
		parameter("seed", "", "number", Integer, Range{Min: math.MinInt32, Max: math.MaxInt32, Text: " of 32 bits"}, "for replies that can be repeated"),
		parameter("reasoning-effort", "", "level", Text, Range{}, "none, low, medium, high or xhigh, by model", "none", "low", "medium", "high", "xhigh"),
		parameter("service-tier", "", "tier", Text, Range{}, "the tier that processes the request, such as auto, default or flex", "auto", "default", "flex", "priority"),
		parameter("tool-choice", "", "choice", ToolChoice, Range{}, "none, auto, required, a function's name, or JSON", "none", "auto", "required"),
		{
			Name: "logprobs", Group: Request, Type: Switch, Commands: Conversations, Field: "logprobs",
			Help: "ask for the tokens' log probabilities",
		},
		parameter("top-logprobs", "", "number", Integer, Between(0, 8), "0 to 8 likely tokens at each place"),
		{
			Name: "user-id", Arg: "id", Group: Request, Type: Text, Commands: Conversations, Field: "user",
			Help: "your user on whose behalf this is sent (user)",
		},
		{
			Name: "tools", Arg: "file", Group: Request, Type: File, Once: true, Exact: true, Commands: Conversations, Source: CommandLine, Extensions: []string{"json"},
			Help: "a file with the array of tools",
		},
		{
			Name: "response-format", Arg: "format", Group: Request, Type: Format, Once: true, Commands: Conversations, Words: []string{"text", "json_object"},
			Help: "text, json_object, or JSON or @FILE with the whole format",
		},
		{
			Name: "field", Short: "F", Arg: "key=value", Group: Request, Type: Assignment, Exact: true, Commands: Conversations, Source: CommandLine, Most: many,
			Help: "any other field: k=v, k:=JSON, k=@FILE, a[b][]=v; may repeat",
		},
		{Name: "no-check", Group: Request, Type: Switch, Commands: Conversations, Help: "send what the model is known to refuse"},
		{
			Name: "n", Short: "n", Arg: "number", Group: Request, Type: Integer, Range: Range{Min: 1, Max: math.MaxInt32, Text: " from 1"},
			Commands: Batch, Source: CommandLine, Field: "n", Help: "how many choices to ask for",
		},
	}
}

// parameter returns the option for a request field whose name is that of the flag with underscores.
func parameter(name, short, arg string, kind Type, within Range, help string, suggestions ...string) Option {
	field := []byte(name)
	for i := range field {
		if field[i] == '-' {
			field[i] = '_'
		}
	}
	return Option{
		Name: name, Short: short, Arg: arg, Group: Request, Type: kind, Range: within, Commands: Conversations,
		Field: string(field), Help: help, Words: suggestions,
	}
}
