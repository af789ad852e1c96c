package option

// tables returns the options of a batch whose records are rows, or whose results become a table.
func tables() []Option {
	table := []Conflict{
		{With: "jq", GivesWay: true},
		{With: "json", GivesWay: true},
		{With: "text"},
		{With: "null", GivesWay: true},
		{With: "unordered", GivesWay: true},
	}
	const onlyRows = "--rows goes with no other form of records, such as %s"
	rows := []Option{
		{
			Name: "rows", Arg: "format", Group: Records, Type: Word, Words: []string{"csv", "tsv", "jsonl"}, Once: true,
			Conflicts: []Conflict{{With: "lines", Words: onlyRows}, {With: "map", Words: onlyRows}},
			Help:      "read -i as a table, and fill {{column}} into the prompt", More: "FILE.csv and FILE.tsv need no --rows",
		},
		{Name: "id", Arg: "column", Group: Records, Type: Name, Once: true, Help: "the column of the rows that holds the custom_id"},
		{
			Name: "columns", Arg: "names", Group: Records, Type: Name, Once: true, Hint: "such as --columns id,title,text",
			Help: "the names of the columns, with commas", More: "for a file without a header, or for JSONL rows",
		},
		{
			Name: "delimiter", Arg: "char", Group: Records, Type: Character, Exact: true, Once: true, Hint: `such as --delimiter ';' or '\t'`,
			Help: `the character between the cells of CSV; \t is a tab`, More: `read and written`,
		},
		{Name: "limit", Arg: "n", Group: Records, Type: Integer, Range: atLeast(1), Help: "send only the first N records; without it all", Common: Batch},
		{
			Name: "csv", Group: Output, Type: Switch, Conflicts: table,
			Help: "print a table: columns of the rows, replies, error", More: "-o FILE.csv needs no --csv", Common: Batch,
		},
		{Name: "tsv", Group: Output, Type: Switch, Conflicts: append([]Conflict{{With: "csv"}}, table...), Help: "print a table with tabs"},
		{Name: "prefix", Arg: "text", Group: Output, Type: Text, Exact: true, Once: true, Help: "put this before the names of added columns"},
		{Name: "csv-safe", Group: Output, Type: Switch, Help: "put a ' before cells that look like formulas", More: "a spreadsheet would run them"},
		{
			Name: "expect", Arg: "filter", Group: Reply, Type: Filter, Once: true,
			Help: "a jq filter that judges each result: true passes", More: "such as '$text == $input.gold'",
		},
		{
			Name: "pass", Arg: "share", Group: Reply, Type: Share, Default: "100%", Needs: []Need{{"expect", "--expect"}},
			Help: "the share that must pass, or the exit code is 10", More: "such as 95% or 0.95",
		},
	}
	for i := range rows {
		rows[i].Commands, rows[i].Source = Batch, CommandLine
		rows[i].Needs = append([]Need{{"input", "-i only"}}, rows[i].Needs...)
	}
	return rows
}
