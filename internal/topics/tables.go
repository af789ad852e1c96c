package topics

import "github.com/chatcmpl/chatcmpl/internal/help"

// rowsAndTables describes rows in and tables out.
func rowsAndTables() []help.Block {
	return []help.Block{
		help.Paragraph(`batch -i FILE.csv or FILE.tsv makes a request of each row, and --csv or -o FILE.csv makes a table of the
			results: the columns of the rows, those of the replies, and the error.`),
		help.Code(`
chatcmpl batch -i tickets.csv 'Classify: {{title}}' \
  --schema 'label:(bug|feature), urgent:bool' -o labelled.csv`),
		help.Heading("Rows"),
		help.Paragraph(`--rows csv, tsv or jsonl names the format where the ending does not, as on standard input. The first row names
			the columns, or --columns does. An empty line is no row. A quote inside a cell that does not begin with one is literal, and
			what follows a closing quote joins its cell. In TSV a quote that begins a cell which it does not close is literal. A row of
			another length, or one that is not UTF-8, fails alone. A quote that never closes ends the reading, with exit code 9.`),
		help.Heading("Templates"),
		help.Paragraph(`{{column}} stands for a cell in the words, -p, -s, -u, --assistant, the texts of their files, the names of -a, and
			the values of -F. It is filled in once: what a cell holds is never expanded again. \{{ is a literal {{. In JSONL a value that
			is no text goes in as JSON, and {{a.b}} and {{a.0}} lead into it; the exact name of a column wins.`),
		help.List(
			[]string{"-F k={{c}}", "a string, whatever the cell looks like"},
			[]string{"-F k:={{c}}", "the cell as JSON; a row whose cell is none fails"},
			[]string{"-a {{c}}", "a picture: a file, a URL or a data URI; an empty cell is no picture"},
			[]string{"--id COLUMN", "the column that is the custom_id, the name of the record in the results"},
		),
		help.Paragraph("--dry-run --limit 3 shows the requests of the first rows before anything is sent."),
		help.Heading("Tables"),
		help.Paragraph(`With --schema each property of the reply is a column, in the schema's order; without it the reply is one. --prefix
			ai_ stands before the names of the columns that are added. --csv prints rows in the order of the input as they come. -o
			FILE.csv is written when every record is done, whole; until then the results are in FILE.csv.results.jsonl, and --resume goes
			on with them. --accept-failed lets the rows that failed for good be in the table, with their error. Cells that a spreadsheet
			would run as a formula get a ' by --csv-safe.`),
		help.Heading("Filters and evals"),
		help.Paragraph(`In -q and --expect, $input is the row, $text the reply's text and $value that text as JSON. An eval measures
			how many replies are right: --expect judges each result, and where fewer than --pass 95% are what was expected, the exit code is 10. With --replay or --cache that is a test
			without a key.`),
		help.Heading("Recipes"),
		help.Paragraph("Add labels to a CSV:"),
		help.Code(`
chatcmpl batch -i tickets.csv 'Classify: {{title}}' \
  --schema 'label:(bug|feature), urgent:bool' -o labelled.csv`),
		help.Paragraph("Extract fields from the text of invoices:"),
		help.Code(`
chatcmpl batch -i invoices.jsonl --rows jsonl --columns id \
  -s 'Extract the fields. Leave out what is not there.' '{{text}}' \
  --schema 'vendor:string, total:number, due?:string' --csv > fields.csv`),
		help.Paragraph("Translate a column:"),
		help.Code(`
chatcmpl batch -i strings.tsv -s 'Translate into {{lang}}.' '{{text}}' \
  -q '[$input.key, $text] | @tsv' > translated.tsv`),
		help.Paragraph("Judge the replies of one model by another:"),
		help.Code(`
chatcmpl batch -i questions.csv '{{question}}' -m grok-3-mini -o answers.csv
chatcmpl batch -i answers.csv -m grok-4 --prefix judge_ -o judged.csv \
  'Is this right? Question: {{question}} Answer: {{reply}}' \
  --schema 'right:bool, why:string'`),
		help.Paragraph("An eval with gold labels, the right answers in a column of the file, and its accuracy:"),
		help.Code(`
chatcmpl batch -i gold.csv 'Classify: {{title}}' --cache eval.jsonl \
  --schema 'label:(bug|feature)' --expect '$value.label == $input.gold' \
  --pass 0 -q .expect | jq -s '(map(select(.)) | length) / length'`),
		help.Paragraph("Pictures by a column of paths:"),
		help.Code(`
chatcmpl batch -i photos.csv -a '{{path}}' --detail low \
  'A caption of at most ten words.' -o captions.csv`),
	}
}
