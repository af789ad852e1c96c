package option

// FinishReasons returns the words of --accept. Each accepts a kind of reply that is otherwise not acceptable.
func FinishReasons() []string {
	return []string{"length", "content_filter", "refusal", "tool_calls", "empty", "schema"}
}

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
			Help: "run a jq filter on the response's JSON", More: "a reply's text is .choices[0].message.content; jq need not be installed; strings are raw", Common: Conversations | Models,
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
			Name: "schema", Arg: "schema", Group: Reply, Type: Name, Once: true, Hint: SchemaForms, Commands: Conversations, Source: CommandLine, Extensions: []string{"json"},
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
			Name: "accept", Arg: "reasons", Group: Reply, Type: Words, Words: FinishReasons(), Commands: Conversations, Most: many,
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

// extract returns the row of --extract for some commands.
func extract(commands Commands, conflicts ...Conflict) Option {
	return Option{
		Name: "extract", Short: "x", Arg: "lang", Group: Reply, Type: Text, Once: true, Commands: commands, Source: CommandLine, Alone: AnyLanguage, Conflicts: conflicts,
		Help: "print only the first code block (-x=go: in Go)", Common: commands &^ Batch,
	}
}

// SchemaForms describes the forms of a schema, for messages.
const SchemaForms = "a file, its JSON, or in short name:string, age:int, tags:string[]"

// AnyLanguage is the value of --extract without a language.
const AnyLanguage = "any"

// records returns the options of a batch over JSONL. Each one except -o requires -i.
func records() []Option {
	const alone, wholeResults = "%s does not go with -i", "--resume goes with whole results only, not with %s"
	onlyJobs := Range{Min: 1, Max: maxJobs, Text: " from 1 to 65536"}
	file := []Need{{"output", "-o FILE"}}
	rows := []Option{
		{
			Name: "input", Short: "i", Arg: "file", Group: Records, Type: File, Once: true, Exact: true, Stdin: true, Extensions: []string{"jsonl", "json", "csv", "tsv"},
			Hint: "to send several, use standard input: cat a.jsonl b.jsonl | chatcmpl batch -i -",
			Conflicts: []Conflict{
				{With: "curl", GivesWay: true, Words: alone, Hint: "--dry-run shows the requests"},
				{With: "usage", GivesWay: true, Words: alone, Hint: "each result holds its usage"},
				{With: "reasoning", GivesWay: true, Words: alone, Hint: "each result holds its whole response"},
			},
			Help: "a file of requests, one per line, or of rows", More: "- is stdin; .csv, .tsv or --rows make it a table", Common: Batch,
		},
		{Name: "lines", Group: Records, Type: Switch, Help: "each line of -i is a prompt, not JSON", Common: Batch},
		{Name: "map", Arg: "filter", Group: Records, Type: Text, Once: true, Help: "a jq filter that turns each line into a request"},
		{
			Name: "output", Short: "o", Arg: "file", Group: Records, Type: Kept, Once: true, Hint: "without -o results go to stdout",
			Help: "append each result to a file as it arrives", More: "FILE.csv and FILE.tsv are written as a table when all are done; with -n alone, the replies are written whole or not at all", Common: Batch,
		},
		{
			Name: "resume", Group: Records, Type: Switch, Needs: file,
			Conflicts: []Conflict{
				{With: "text"},
				{With: "force"},
				{With: "jq", Words: wholeResults, Hint: "--json prints them"},
				{With: "null", Words: wholeResults},
			},
			Help: "continue an earlier run, whose results -o names", Common: Batch,
		},
		{
			Name: "retry-failed", Group: Records, Type: Switch, Needs: []Need{{"resume", "--resume"}},
			Help: "with --resume, also retry permanent failures",
		},
		{
			Name: "accept-failed", Group: Records, Type: Switch,
			Help: "exit with code 0 if every failure is permanent",
		},
		{Name: "force", Group: Records, Type: Switch, Needs: file, Help: "overwrite the file given by -o"},
		{Name: "unordered", Group: Records, Type: Switch, Source: Everywhere, Help: "print results as they arrive, in any order"},
		{
			Name: "text", Group: Records, Type: Switch, Conflicts: []Conflict{{With: "jq", Tie: This}, {With: "json", Tie: This}},
			Help: "print only the replies' texts, one per line", More: "newlines in them become spaces, except with -0", Common: Batch,
		},
		{
			Name: "jobs", Short: "j", Arg: "number", Group: Limits, Type: Integer, Range: onlyJobs, Default: "16",
			Help: "how many requests to send at the same time", Common: Batch,
		},
		{Name: "rpm", Arg: "number", Group: Limits, Type: Number, Range: perMinute(), Help: "limit of requests per minute, evenly spaced", Common: Batch},
		{Name: "tpm", Arg: "number", Group: Limits, Type: Number, Range: perMinute(), Help: "limit of tokens per minute, by reported usage"},
		{Name: "fail-fast", Group: Limits, Type: Switch, Help: "end the run at the first record that fails"},
		{Name: "max-errors", Arg: "number", Group: Limits, Type: Integer, Range: AtLeast(0), Help: "end the run after more failures than this"},
		{Name: "max-cost", Arg: "USD", Group: Limits, Type: Money, Help: "stop once the run has cost this much", Common: Batch},
		{Name: "shard", Arg: "K/N", Group: Records, Type: Shard, Help: "send every Nth record from number K, as K/N"},
	}
	pace := map[string]bool{"unordered": true, "jobs": true, "rpm": true, "tpm": true}
	for i := range rows {
		rows[i].Commands = Batch
		if !pace[rows[i].Name] {
			rows[i].Source = CommandLine
		}
		if rows[i].Name != "input" && rows[i].Name != "output" {
			rows[i].Needs = append([]Need{{"input", "-i only"}}, rows[i].Needs...)
		}
	}
	return rows
}

// maxJobs is the number of local ports, which limits concurrent connections.
const maxJobs = 1 << 16

// noLimit is a bound that no rate reaches.
const noLimit = 1e12

func perMinute() Range {
	r := Over(0, noLimit)
	r.Text = " over 0"
	return r
}
