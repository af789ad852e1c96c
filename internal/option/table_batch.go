package option

// records returns the options of a batch over JSONL. Each one except -o requires -i.
func records() []Option {
	const alone, wholeResults = "%s does not go with -i", "--resume goes with whole results only, not with %s"
	onlyJobs := Range{Min: 1, Max: maxJobs, Text: " from 1 to 65536"}
	file := []Need{{"output", "-o FILE"}}
	rows := []Option{
		{
			Name: "input", Short: "i", Arg: "file", Group: Records, Type: File, Once: true, Exact: true, Stdin: true,
			Extensions: []string{"jsonl", "json", "csv", "tsv"},
			Hint:       "to send several, use standard input: cat a.jsonl b.jsonl | chatcmpl batch -i -",
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
			Help: "append each result to a file as it arrives",
			More: "FILE.csv and FILE.tsv are written as a table when all are done; with -n alone, the replies are written whole or not at all", Common: Batch,
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
			Name: "text", Group: Records, Type: Switch,
			Conflicts: []Conflict{
				{With: "jq", Tie: This},
				{With: "json", Tie: This},
				{With: "output", Words: "--text does not go with %s, which keeps no order", Hint: "> FILE keeps the texts in the order of the input"},
			},
			Help: "print only the replies' texts, one per line", More: "newlines in them become spaces, except with -0", Common: Batch,
		},
		{
			Name: "jobs", Short: "j", Arg: "number", Group: Limits, Type: Integer, Range: onlyJobs, Default: "16",
			Help: "how many requests to send at the same time", Common: Batch,
		},
		{Name: "rpm", Arg: "number", Group: Limits, Type: Number, Range: perMinute(), Help: "limit of requests per minute, evenly spaced", Common: Batch},
		{Name: "tpm", Arg: "number", Group: Limits, Type: Number, Range: perMinute(), Help: "limit of tokens per minute, by reported usage"},
		{Name: "fail-fast", Group: Limits, Type: Switch, Help: "end the run at the first record that fails"},
		{Name: "max-errors", Arg: "number", Group: Limits, Type: Integer, Range: atLeast(0), Help: "end the run after more failures than this"},
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
	r := over(0, noLimit)
	r.Text = " over 0"
	return r
}
