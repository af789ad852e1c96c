package option

// BatchAPIAuto is the value of --batch-api without a dialect.
const BatchAPIAuto = "auto"

// batchAPI returns the options of a batch that goes through the Batch API of a provider.
func batchAPI() []Option {
	const alone = "--batch-api does not go with %s"
	live := func(with, hint string) Conflict { return Conflict{With: with, Words: alone, Hint: hint} }
	gives := func(with, hint string) Conflict {
		return Conflict{With: with, GivesWay: true, Words: alone, Hint: hint}
	}
	const whole = "each result is a line of the file of -o"
	detached := "what runs is canceled by a later run: --resume --deadline, or --cancel"
	rows := []Option{
		{
			Name: "batch-api", Arg: "dialect", Type: Word, Words: []string{BatchAPIAuto, "xai", "openai"}, Alone: BatchAPIAuto,
			Conflicts: []Conflict{
				gives("jq", whole), live("text", whole), gives("null", whole), gives("unordered", "results come in the order in which batches end"),
				gives("schema-retries", "--resume --retry-failed asks again"),
				live("fail-fast", ""), live("max-errors", ""),
				live("record", "the provider answers in files"), live("replay", ""), live("cache", ""),
			},
			Help: "send the records through the provider's Batch API: cheaper, and without rate limits; =xai or =openai names its dialect",
		},
		{
			Name: "detach", Type: Switch, Conflicts: []Conflict{{With: "deadline", Hint: detached}, {With: "cancel"}},
			Help: "end when the batches are created, and print their ids; with --resume, collect what is done without waiting",
		},
		{
			Name: "cancel", Type: Switch, Needs: []Need{{"output", "-o FILE"}},
			Conflicts: []Conflict{{With: "force"}, {With: "dry-run"}, {With: "deadline"}, {With: "batch-id"}, {With: "retry-failed"}},
			Help:      "cancel the batches of the file of -o that run, and collect what is done",
		},
		{
			Name: "deadline", Arg: "duration", Type: Duration,
			Help: "cancel what is not done so long after the start of the first run, and send the rest one by one",
		},
		{Name: "batch-size", Arg: "number", Type: Integer, Range: Range{Min: 1, Max: 1 << 30, Text: " from 1"}, Help: "the most records in a batch"},
		{Name: "poll-interval", Arg: "duration", Type: Duration, Default: "5s", Help: "how soon to ask whether a batch is done; the interval grows to 5m"},
		{Name: "batch-id", Arg: "ID", Type: Name, Once: true, Help: "collect the results of this batch, whose state was lost"},
	}
	for i := range rows {
		rows[i].Group, rows[i].Commands = Records, Batch
		if rows[i].Name != "poll-interval" {
			rows[i].Source = CommandLine
		}
		rows[i].Needs = append([]Need{{"input", "-i only"}}, rows[i].Needs...)
	}
	return rows
}
