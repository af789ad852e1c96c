package topics

import (
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/help"
)

// bulk describes many conversations in one run.
func bulk() []help.Block {
	return slices.Concat(bulkOverview(), bulkRecords(), bulkResults(), bulkPace(), bulkEnd(), bulkMachines(), bulkAPI())
}

func bulkOverview() []help.Block {
	return []help.Block{
		help.Paragraph(`batch -i FILE sends a conversation for each line of FILE, many at the same time, and prints a result for each. A
			run that was interrupted continues where it ended. Tables (CSV, TSV) have a page of their own: chatcmpl help tables.`),
		help.Shell(`
chatcmpl batch --lines -i tickets.txt \
  -s "One word: bug, feature or question." -o results.jsonl
# Continue after ^C, a crash or failed records:
chatcmpl batch --lines -i tickets.txt \
  -s "One word: bug, feature or question." -o results.jsonl --resume
jq -r '[.custom_id, .response.body.choices[0].message.content] | @tsv' \
  results.jsonl`),
		help.Paragraph("Several replies to one prompt need no file:"),
		help.Shell(`
chatcmpl batch -n 5 --temperature 1.2 "A name for a gray cat. One word." |
  sort | uniq -c | sort -rn`),
	}
}

func bulkRecords() []help.Block {
	return []help.Block{
		help.Heading("Records"),
		help.Paragraph(`Each line is one record, in one of these forms; blank lines are skipped. -i - reads stdin while it is written.
			The Batch API is the providers' own service for files of requests; a file made for it needs no change. custom_id names a
			record, and its result has the same one.`),
		help.List(
			[]string{"Batch API", `{"custom_id": "1", "method": "POST", "url": "...", "body": {...}}`},
			[]string{"request", `{"messages":[...], ...}`},
			[]string{"messages", `[{"role":"user","content":"Hi"}, ...]`},
			[]string{"prompt", `{"prompt":"Hi","system":"Be brief."} or "Hi"`},
			[]string{"--lines", "each line is a prompt, not JSON"},
			[]string{"--map FILTER", "a jq filter turns each line's JSON into one of these forms"},
		),
		help.Paragraph(`Flags apply to every record: -s and other messages come before those of the record, -a adds a picture, and
			request flags such as --temperature win over the record. The environment and the config file only fill gaps. A
			record without a custom_id gets request-LINE. A line that is no request, or repeats a custom_id, is a failed record: nothing is
			sent for it, and the run continues.`),
		help.Shell(`
jq -c '.[]' all.json |
  chatcmpl batch -i - --map '{prompt: .title, custom_id: .id}' --text`),
	}
}

func bulkResults() []help.Block {
	return []help.Block{
		help.Heading("Results"),
		help.Paragraph(`A result is one line in the Batch API's output format, {"id","custom_id","response","error"}, with line, attempts,
			duration_ms and more: see chatcmpl help formats. --text prints only the replies' texts, one line per record (with
			-0 ended by NUL). -q runs a jq filter on each result; it has the variables $input (the record), $text (the reply's text) and
			$value (that text as JSON).`),
		help.Paragraph(`stdout keeps the order of the input, in bounded memory. -o FILE appends each result the moment it arrives. A FILE
			that exists is refused, unless --force overwrites it or --resume continues it.`),
		help.List(
			[]string{"--resume", `drops an incomplete last line, skips records that succeeded, and retries failures that may pass. If a
				completed record now means another request, it stops with exit code 2 before anything is sent`},
			[]string{"--retry-failed", "with --resume, retries every failed record, because the record was corrected or a limit was raised"},
			[]string{"--limit N", "sends only the first N records, to try a prompt; a later --resume sends the rest"},
		),
		help.Paragraph("The finished file holds each record exactly once."),
	}
}

func bulkPace() []help.Block {
	return []help.Block{
		help.Heading("Pace"),
		help.List(
			[]string{"-j N", "up to N requests at the same time; the default is 16"},
			[]string{"--rpm N", "at most N requests per minute, evenly spaced"},
			[]string{"--tpm N", "at most N tokens per minute, by the usage that the server reports"},
		),
		help.Paragraph(`A 429 pauses all requests until the server's wait is over, however long. Then one request starts, and each success
			lets one more run beside it. Failures that may pass are retried 8 times (--retries). --timeout is one deadline for all
			attempts of a record; waits after a 429 do not count.`),
	}
}

func bulkEnd() []help.Block {
	return []help.Block{
		help.Heading("How a run ends"),
		help.List(
			[]string{"exit code 0", "every record succeeded"},
			[]string{"exit code 9", "records failed or were not done; each failed result says why in error"},
			[]string{"--accept-failed", `results that failed for good count as done, also those of earlier runs: exit code 0 once no retry can
				help. Use it with a job engine that restarts what failed`},
			[]string{"--fail-fast", "ends the run at the first failure"},
			[]string{"--max-errors N", "ends it after more than N failures"},
			[]string{"--max-cost USD", "ends it once this run has cost this much; earlier runs do not count"},
		),
		help.Paragraph(`A refused key or spent credits end the run with exit code 3, and a server that was never reached ends it with 7. The
			first ^C finishes the requests in flight and prints the command that resumes; the second one stops at once.`),
	}
}

func bulkMachines() []help.Block {
	return []help.Block{
		help.Heading("Several machines"),
		help.Paragraph("--shard K/N takes every Nth record, beginning with number K (from 1):"),
		help.Shell(`
parallel --jobs 4 chatcmpl batch --quiet --lines -i tickets.txt \
  --shard {}/4 -o part.{}.jsonl ::: 1 2 3 4
cat part.?.jsonl | jq -r .custom_id`),
		help.Paragraph("A Slurm array:"),
		help.Code(`
#!/bin/sh
#SBATCH --array=1-16
chatcmpl batch -i requests.jsonl --shard "$SLURM_ARRAY_TASK_ID/16" \
  -o "results.$SLURM_ARRAY_TASK_ID.jsonl" --resume --accept-failed`),
		help.Paragraph("A Kubernetes indexed job, whose indices begin at 0:"),
		help.Code(`
apiVersion: batch/v1
kind: Job
metadata: {name: chatcmpl}
spec:
  completions: 16
  parallelism: 16
  completionMode: Indexed
  template:
    spec:
      restartPolicy: OnFailure
      containers:
        - name: chatcmpl
          image: your/image
          command: [sh, -c]
          args:
            - >
              chatcmpl batch -i /data/requests.jsonl
              --shard "$((JOB_COMPLETION_INDEX + 1))/16"
              -o "/data/results.$JOB_COMPLETION_INDEX.jsonl"
              --resume --accept-failed`),
	}
}
