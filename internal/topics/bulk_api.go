package topics

import "github.com/chatcmpl/chatcmpl/internal/help"

// bulkAPI describes a batch that goes through the Batch API of a provider.
func bulkAPI() []help.Block {
	return []help.Block{
		help.Heading("The provider's Batch API"),
		help.Paragraph(`--batch-api sends the same records through the batch service of the provider, and writes the same results: it is
			cheaper, has no rate limits, and may take a day. It speaks xAI's dialect to x.ai and to the embedded endpoint, and OpenAI's
			to others; --batch-api=xai or =openai names one.`),
		help.Paragraph(`The first record is sent by itself, so that a bad key, model or parameter is reported at once. The others are
			uploaded in files, a batch is made of each (--batch-size sets the most records in one), and its results are appended to the
			file of -o when it is done, with its id as batch_id. A record that the provider did not run may pass another time, and the
			exit code is 9. Uploaded files stay at the provider.`),
		help.Code(`
chatcmpl batch -i requests.jsonl -o results.jsonl --batch-api`),
		help.Paragraph(`What was submitted is kept in FILE.batch.jsonl beside the file of -o until it is collected. A run that was
			interrupted or killed, at whatever moment, goes on by --resume: no record is run twice. ^C leaves the batches running. --cancel
			ends them, and collects what is done; it works although the records or flags have changed. --batch-id adopts a batch whose
			state was lost.`),
		help.Paragraph(`Submit in one job of a nightly CI, and collect in the next one. Both need requests.jsonl, results.jsonl and
			results.jsonl.batch.jsonl. The ids of the batches are printed, one per line:`),
		help.Code(`
chatcmpl batch -i requests.jsonl -o results.jsonl --batch-api --detach
chatcmpl batch -i requests.jsonl -o results.jsonl --resume`),
		help.Paragraph("Or look again and again without waiting, as a cron job does; the exit code is 9 while a batch runs:"),
		help.Code(`
chatcmpl batch -i requests.jsonl -o results.jsonl --batch-api --detach
until chatcmpl batch -i requests.jsonl -o results.jsonl --resume --detach
do [ $? = 9 ] || break; sleep 1; done`),
		help.Paragraph(`Have everything by the morning: what is not done 8 hours after the start is canceled, and sent one by one, as fast as
			-j, --rpm and --tpm allow:`),
		help.Code(`
chatcmpl batch -i requests.jsonl -o results.jsonl --batch-api --deadline 8h`),
		help.Paragraph("A mixed run sends most records cheaply, and what failed there by itself, with retries:"),
		help.Code(`
chatcmpl batch -i requests.jsonl -o results.jsonl --batch-api ||
  chatcmpl batch -i requests.jsonl -o results.jsonl --resume`),
		help.Paragraph(`Tables work as ever (-i tickets.csv 'Classify: {{title}}' -o labelled.csv --batch-api), and so do --expect, --limit and
			--shard. With --max-cost one batch runs after the other, and the cost is checked after each.`),
	}
}
