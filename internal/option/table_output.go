package option

// reply returns the options for checking and printing a reply.
func reply() []Option {
	const noText = "--extract prints text, which %s does not"
	return []Option{
		{
			Name: "json", Group: Output, Type: Switch, Commands: Conversations | Models, Conflicts: []Conflict{{With: "jq", GivesWay: true, Tie: Other}},
			Help: "print the response's JSON, on one line", More: "the server's own bytes", Common: Conversations | Models,
		},
		{
			Name: "jq", Short: "q", Arg: "filter", Group: Output, Type: Filter, Once: true, Commands: Conversations | Models,
			Help: "run a jq filter on the response's JSON",
			More: "a reply's text is .choices[0].message.content; jq need not be installed; strings are raw", Common: Conversations | Models,
		},
		{Name: "null", Short: "0", Group: Output, Type: Switch, Commands: Conversations | Models, Help: "end each value with NUL instead of a newline"},
		{
			Name: "no-newline", Group: Output, Type: Switch, Commands: Conversations,
			Conflicts: []Conflict{{With: "null", GivesWay: true}, {With: "input", GivesWay: true, Words: "--no-newline does not go with %s: each result is a line"}},
			Help:      "print no newline after the reply",
		},
		{
			Name: "output", Short: "o", Arg: "file", Group: Output, Type: Kept, Once: true, Commands: Chat | Stream | Image, Source: CommandLine,
			Hint: "without -o the reply goes to stdout",
			Help: "write the reply to a file instead of stdout", More: "whole or not at all", Common: Chat | Stream | Image,
		},
		{
			Name: "schema", Arg: "schema", Group: Reply, Type: Name, Once: true, Hint: SchemaForms, Commands: Conversations,
			Source: CommandLine, Extensions: []string{"json"},
			Conflicts: []Conflict{{With: "response-format"}}, Help: "ask for JSON of this schema, and check the reply", More: SchemaForms, Common: Conversations,
		},
		extract(Chat|Stream|Image, Conflict{With: "jq", Words: noText}, Conflict{With: "json", Words: noText}),
		// Filters of a batch have the variable $text.
		extract(Batch, Conflict{With: "json", Words: noText}),
		{Name: "reasoning", Group: Output, Type: Switch, Commands: Conversations, Help: "print the reasoning text to stderr"},
		{
			Name: "usage", Group: Output, Type: Switch, Commands: Conversations,
			Help: "print usage and cost to stderr, as JSON", More: "the cost is in USD, if the server reports it", Common: Chat | Stream | Image,
		},
		{
			Name: "accept", Arg: "reasons", Group: Reply, Type: Words, Words: acceptReasons(), Commands: Conversations, Most: many,
			Help: "exit with 0 in place of 10 for such replies", More: "separated by commas",
		},
		{
			Name: "dry-run", Group: Output, Type: Switch, Commands: Conversations, Source: CommandLine, Conflicts: []Conflict{{With: "curl"}},
			Help: "print the request's JSON, and send nothing", Common: Conversations,
		},
		{
			Name: "curl", Group: Output, Type: Switch, Commands: Conversations, Source: CommandLine,
			Help: "print the request as a curl command, and send nothing", More: "a body over 128 KiB reaches curl by a pipe",
		},
		{
			Name: "schema-retries", Arg: "number", Group: Reply, Type: Integer, Range: counted(), Commands: Chat | Batch | Image, Default: "0",
			Needs: []Need{{"schema", "--schema"}},
			Help:  "how often to ask again if the reply does not match", More: "the question names what did not match",
		},
	}
}

// acceptReasons returns the words of --accept. Each accepts a kind of reply that is otherwise not acceptable.
func acceptReasons() []string {
	return []string{"length", "content_filter", "refusal", "tool_calls", "empty", "schema"}
}

// extract returns the row of --extract for some commands.
func extract(commands Commands, conflicts ...Conflict) Option {
	return Option{
		Name: "extract", Short: "x", Arg: "lang", Group: Reply, Type: Text, Once: true, Commands: commands, Source: CommandLine,
		Alone: AnyLanguage, Conflicts: conflicts,
		Help: "print only the first code block (-x=go: in Go)", Common: commands &^ Batch,
	}
}

// SchemaForms describes the forms of a schema, for messages.
const SchemaForms = "a file, its JSON, or in short name:string, age:int, tags:string[]"

// AnyLanguage is the value of --extract without a language.
const AnyLanguage = "any"
