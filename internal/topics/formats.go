package topics

import (
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/help"
)

// formats describes what goes into a request and what is printed of a reply.
func formats() []help.Block {
	return slices.Concat(promptAndStdin(), messages(), requestFields(), replies(), schemas(), tools())
}

func promptAndStdin() []help.Block {
	return []help.Block{
		help.Heading("Prompt and standard input"),
		help.Paragraph(`The last user message is the prompt (the words, or -p), a blank line, and standard input if that is a pipe or a
			file. A lone - among the words puts standard input there; -I leaves it alone. Text that is not UTF-8 is refused unless
			--lossy is given.`),
		help.Shell(`
git diff | chatcmpl chat "Review this diff. Name real bugs only."
chatcmpl chat -s "Translate into German." <notes.md >notes.de.md
tail -n 200 app.log | chatcmpl stream "What went wrong?" | tee report.txt`),
		help.Paragraph(`Words that begin with a dash go after --, or after -p: put one of them before a variable in a script. In a loop that
			reads standard input, -I leaves the input to the loop:`),
		help.Shell(`
while IFS= read -r line; do
  kind=$(chatcmpl chat -I -s 'One word: bug or feature.' -- "$line")
  printf '%s\t%s\n' "$kind" "$line"
done < tickets.txt`),
	}
}

func messages() []help.Block {
	return []help.Block{
		help.Heading("Messages"),
		help.Paragraph(`-s, -u and --assistant add messages in the order of the flags, each also from a file (--system-file and so on). The
			prompt comes last. Roles may come in any order and any number. -f FILE adds messages from a file:`),
		help.List(
			[]string{"JSONL", "one message per line; blank lines, CRLF and a byte order mark are fine"},
			[]string{"array", `[{"role":"user","content":"Hi"}, ...]`},
			[]string{"request", `{"messages":[...], ...}: its other fields become fields of the request; they win over the environment, and flags win over them`},
			[]string{"response", "a chat.completion: its first message is used"},
		),
		help.Paragraph(`A message keeps every byte, also of fields that this tool does not know; content is a string or a list of parts.
			Tool messages come this way.`),
		help.Paragraph("-c FILE keeps a conversation, one message per line, and continues it:"),
		help.Shell(`
chatcmpl chat -c talk.jsonl -s "Be brief." "Who wrote the first compiler?"
chatcmpl chat -c talk.jsonl "And what did it run on?"`),
		help.Heading("Pictures"),
		help.Paragraph(`-a, or the words of image: JPEG and PNG, recognized by their bytes, at most 20 MiB each and at least 8×8 pixels, any
			number; http(s) URLs and data URIs are passed on. --detail auto, low or high. They stand before the text unless --text-first
			is given.`),
		help.Shell(`
for f in *.jpg; do
  caption=$(chatcmpl image -I --detail low "$f" -p 'A short caption.')
  printf '%s\t%s\n' "$f" "$caption"
done`),
	}
}

func requestFields() []help.Block {
	return []help.Block{
		help.Heading("Request fields"),
		help.Paragraph("A field that you do not set is not sent. Ranges are checked before anything is sent; model names are not."),
		help.List(fieldRows()...),
	}
}

func replies() []help.Block {
	return []help.Block{
		help.Heading("Replies"),
		help.List(
			[]string{"text", "the reply, ended by a newline; with -0 by NUL"},
			[]string{"--json", "the response as the server wrote it, on one line: key order, big numbers and unknown fields survive; stream: one line per chunk"},
			[]string{"--jq FILTER", "the results of the filter on that JSON, without jq installed: strings raw, other values as JSON"},
			[]string{"--usage", "stderr: the usage object on one line; the server's cost_in_usd_ticks (10,000,000,000 are 1 USD) are also shown as cost_in_usd"},
			[]string{"--reasoning", "stderr: the reasoning text"},
			[]string{"-v", "stderr: the headers of requests and responses, and all retries"},
		),
		help.Paragraph("On a terminal, control characters in a reply are made harmless; in a pipe the bytes are exact."),
		help.Shell(`
chatcmpl chat --json "Name three colors." |
  jq '{text: .choices[0].message.content, tokens: .usage.total_tokens}'
chatcmpl chat --quiet --usage "Name three colors." 2>usage.json >colors.txt
jq -r .cost_in_usd usage.json`),
		help.Heading("Results, batch -i"),
		help.Paragraph(`One line per record, in the format of the Batch API (see chatcmpl help bulk): id, custom_id (the record's name),
			response and error, and in addition`),
		help.List(
			[]string{"line", "the record's line in the input"},
			[]string{"attempts", "how many requests were sent for it"},
			[]string{"duration_ms", "whole milliseconds from the start of the first attempt to the end of the last; 0 if nothing was sent"},
			[]string{"cost_in_usd", "the cost of its replies, if the server reports it"},
			[]string{"input", "the row that the record was, if the input is a table; a list of its cells if they do not fit the columns"},
			[]string{"expect", "whether the reply is what --expect expects"},
			[]string{"hash", "a hash of the request, by which --resume detects that a record has changed"},
		),
	}
}

func schemas() []help.Block {
	return []help.Block{
		help.Heading("Schemas and code blocks"),
		help.List(
			[]string{"--schema FILE", `requests JSON of that JSON Schema (drafts 07 to 2020-12) and checks the reply, including format, with exact
				numbers: if it does not match, the exit code is 10, and the error names the position and the rule. --schema-retries N asks
				again, with the error`},
			[]string{"--schema JSON", "the same with the schema itself"},
			[]string{"--schema SHORT", `the same in short: name:string, age?:int, tags:string[], mood:(good|bad). A name without a type is a
				string`},
			[]string{"-x, -x=LANG", `prints only the first fenced code block, or the first of a language; with --schema that block is checked. If
				there is none, or it is empty, the exit code is 10`},
		),
		help.Shell(`
chatcmpl chat --schema 'name:string, age:int, tags:string[]' \
  --schema-retries 2 "Invent a person." | jq -r .name
chatcmpl chat -x "A shell command that lists folders by size." >sizes.sh`),
		help.Paragraph("A reply that is printed may still be unacceptable: check the exit code."),
	}
}

func tools() []help.Block {
	return []help.Block{
		help.Heading("Tools"),
		help.Paragraph(`--tools FILE holds the array of tools. With --json a reply that calls them is exit code 0; the calls are in
			.choices[0].message.tool_calls. What they return goes back by -f as messages
			{"role":"tool","tool_call_id":ID,"content":TEXT}; -c keeps the conversation.`),
		help.Paragraph(`This is a whole loop. The programs in tools/ are named as their functions, and get their arguments as JSON on
			stdin:`),
		help.Shell(toolsRecipe),
	}
}

const toolsRecipe = `
cat > ask.sh <<'EOF'
set -euo pipefail
talk=$(mktemp); trap 'rm -f "$talk"*' EXIT
ask() {
  chatcmpl chat --tools tools.json -c "$talk" --json "$@" >"$talk.reply"
}
name='.function.name | gsub("[^A-Za-z0-9_-]"; "")'
result='{role: "tool", tool_call_id: .id, content: $out}'
ask -I -- "$*"
calls='.choices[0].message.tool_calls[]?'
while jq -ce "$calls" "$talk.reply" >"$talk.calls"; do
  while read -r call; do
    program=tools/$(jq -r "$name" <<<"$call")
    jq -r .function.arguments <<<"$call" | "$program" >"$talk.out" 2>&1 ||
      echo "exit code $?" >>"$talk.out"
    jq -c --rawfile out "$talk.out" "$result" <<<"$call"
  done <"$talk.calls" >"$talk.results"
  ask -I -f "$talk.results"
done
jq -r '.choices[0].message.content' "$talk.reply"
EOF
bash ask.sh "What is the weather in Oslo?"`
