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
			Help: "print the response's JSON, as the server wrote it, on one line",
		},
		{
			Name: "jq", Short: "q", Arg: "filter", Group: Output, Type: Filter, Once: true, Commands: Conversations | Models,
			Help: "print what a jq filter makes of the response's JSON",
		},
		{Name: "null", Short: "0", Group: Output, Type: Switch, Commands: Conversations | Models, Help: "end each value by NUL in place of a newline"},
		{
			Name: "no-newline", Group: Output, Type: Switch, Commands: Conversations,
			Conflicts: []Conflict{{With: "null", GivesWay: true}, {With: "input", GivesWay: true, Words: "--no-newline does not go with %s: each result is a line"}},
			Help:      "leave out the newline at the end",
		},
		{
			Name: "output", Short: "o", Arg: "file", Group: Output, Type: Kept, Once: true, Commands: Chat | Stream | Image, Source: CommandLine,
			Hint: "without -o the reply goes to stdout",
			Help: "write the reply to a file in place of stdout, whole or not at all",
		},
		{
			Name: "schema", Arg: "file", Group: Reply, Type: Name, Once: true, Hint: SchemaForms, Commands: Conversations, Source: CommandLine, Extensions: []string{"json"},
			Conflicts: []Conflict{{With: "response-format"}}, Help: "ask for JSON of this schema and check the reply: " + SchemaForms,
		},
		extract(Chat|Stream|Image, Conflict{With: "jq", Words: noText}, Conflict{With: "json", Words: noText}),
		// Filters of a batch have the variable $text.
		extract(Batch, Conflict{With: "json", Words: noText}),
		{Name: "reasoning", Group: Output, Type: Switch, Commands: Conversations, Help: "print the reasoning text to stderr"},
		{
			Name: "usage", Group: Output, Type: Switch, Commands: Conversations,
			Help: "print the usage as a line of JSON to stderr, with the cost in USD where it is known",
		},
		{
			Name: "accept", Arg: "reasons", Group: Reply, Type: Words, Words: FinishReasons(), Commands: Conversations, Most: many,
			Help: "accept replies that end so, with exit code 0: length, content_filter, refusal, tool_calls, empty, schema",
		},
		{
			Name: "dry-run", Group: Output, Type: Switch, Commands: Conversations, Source: CommandLine, Conflicts: []Conflict{{With: "curl"}},
			Help: "print the request's JSON on one line and send nothing",
		},
		{
			Name: "curl", Group: Output, Type: Switch, Commands: Conversations, Source: CommandLine,
			Help: "print the request as a curl command on one line and send nothing; a body over 128 KiB reaches curl by a pipe",
		},
		{
			Name: "schema-retries", Arg: "int", Group: Reply, Type: Integer, Range: counted(), Commands: Chat | Batch | Image, Default: "0",
			Needs: []Need{{"schema", "--schema"}},
			Help:  "ask again so often, with the complaint, when the reply does not fit the schema",
		},
	}
}

// extract returns the row of --extract for some commands.
func extract(commands Commands, conflicts ...Conflict) Option {
	return Option{
		Name: "extract", Short: "x", Arg: "lang", Group: Reply, Type: Text, Once: true, Commands: commands, Source: CommandLine, Alone: AnyLanguage, Conflicts: conflicts,
		Help: "print only the first fenced code block, or the first of that language (-x=go)",
	}
}

// SchemaForms describes the forms of a schema, for messages.
const SchemaForms = "a file, its JSON, or name:string, age:int, tags:string[]"

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
			Hint: "several go in by standard input: cat a.jsonl b.jsonl | chatcmpl batch -i -",
			Conflicts: []Conflict{
				{With: "curl", GivesWay: true, Words: alone, Hint: "--dry-run shows the requests"},
				{With: "usage", GivesWay: true, Words: alone, Hint: "each result holds its usage"},
				{With: "reasoning", GivesWay: true, Words: alone, Hint: "each result holds its whole response"},
			},
			Help: "a file of requests, one a line, or of rows: .csv, .tsv or --rows (- is stdin)",
		},
		{Name: "lines", Group: Records, Type: Switch, Help: "take each line as a prompt, not as JSON"},
		{Name: "map", Arg: "filter", Group: Records, Type: Text, Once: true, Help: "a jq filter that makes a record of each line's JSON"},
		{
			Name: "output", Short: "o", Arg: "file", Group: Records, Type: Kept, Once: true, Hint: "without -o results go to stdout",
			Help: "append each result to a file the moment it is there; write FILE.csv or FILE.tsv as a table when all are done; with -n write the choices to it, whole or not at all",
		},
		{
			Name: "resume", Group: Records, Type: Switch, Needs: file,
			Conflicts: []Conflict{
				{With: "text"},
				{With: "force"},
				{With: "jq", Words: wholeResults, Hint: "--json prints them"},
				{With: "null", Words: wholeResults},
			},
			Help: "go on with the file of -o",
		},
		{
			Name: "retry-failed", Group: Records, Type: Switch, Needs: []Need{{"resume", "--resume"}},
			Help: "with --resume, do every record again that failed, whatever the reason",
		},
		{
			Name: "accept-failed", Group: Records, Type: Switch,
			Help: "accept records that failed for good: exit with 0 when nothing is left that another try could mend",
		},
		{Name: "force", Group: Records, Type: Switch, Needs: file, Help: "overwrite the file of -o"},
		{Name: "unordered", Group: Records, Type: Switch, Source: Everywhere, Help: "print results as they come, not in the order of the input"},
		{
			Name: "text", Group: Records, Type: Switch, Conflicts: []Conflict{{With: "jq", Tie: This}, {With: "json", Tie: This}},
			Help: "print the replies' texts, a line each; newlines in them become spaces, except with -0",
		},
		{
			Name: "jobs", Short: "j", Arg: "number", Group: Limits, Type: Integer, Range: onlyJobs, Default: "16",
			Help: "how many requests are under way at the same time",
		},
		{Name: "rpm", Arg: "number", Group: Limits, Type: Number, Range: perMinute(), Help: "the most requests a minute, evenly spaced"},
		{Name: "tpm", Arg: "number", Group: Limits, Type: Number, Range: perMinute(), Help: "the most tokens a minute, by the usage that came back"},
		{Name: "fail-fast", Group: Limits, Type: Switch, Help: "end the run at the first record that fails"},
		{Name: "max-errors", Arg: "number", Group: Limits, Type: Integer, Range: AtLeast(0), Help: "end the run when more records than this have failed"},
		{Name: "max-cost", Arg: "USD", Group: Limits, Type: Money, Help: "end the run when it has cost as much, in USD"},
		{Name: "shard", Arg: "K/N", Group: Records, Type: Shard, Help: "take every N-th line, or row, from number K on, as K/N"},
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

func perMinute() Range {
	r := Over(0, 1e12)
	r.Text = " over 0"
	return r
}
