package topics

import "github.com/chatcmpl/chatcmpl/internal/help"

func record() []help.Block {
	return []help.Block{
		help.Paragraph(`Runs a program and keeps what its processes exchange with the API in FILE, a line of JSON each; keys are never
			in it. chatcmpl replay answers the program from FILE. See chatcmpl help testing for recipes.`),
		help.Paragraph(`The program's chatcmpl processes need no change. Programs in other languages find a port of this machine in
			OPENAI_BASE_URL, which passes their requests, with their own key, on to --base-url if it is given, otherwise to the
			OPENAI_BASE_URL that was set before, otherwise to https://api.openai.com/v1.`),
		help.Paragraph(`A FILE that exists is refused, except with --append, or with --force, which replaces it once the command has
			ended with 0; if it fails, what was recorded is in FILE.new. The run ends when the command ends: exchanges under way get 5
			seconds to be kept.`),
		ownExit("If the command ends with 0 but an exchange could not be kept, the exit code is 1."),
	}
}

func replay() []help.Block {
	return []help.Block{
		help.Paragraph(`Runs a program and answers its requests from a FILE that chatcmpl record made: no key, no network, no waiting.
			What was asked several times gets its answers in the recorded order, whichever process asks; equal records of a batch get
			theirs by their place in the input. If a request is asked more often than recorded, its last answer is repeated, with a note.`),
		help.Paragraph(`A request that FILE does not hold is exit code 4 of the process that asks, and a status 400 for a program in
			another language; both say how the nearest recorded one differs. A note counts the exchanges that nobody asked for.`),
		ownExit(`With --strict a request that is missing or asked too often fails, and if the command ends with 0, the exit code is 4;
			so it is if exchanges are left that nobody asked for.`),
	}
}

// ownExit returns what both commands do for the program that they run.
func ownExit(turns string) help.Block {
	return help.Paragraph(`The command has its own streams, terminal and exit code: 127 if it is not found, 126 if it can't be run. ^C
		comes to it from the terminal; TERM and HUP are passed on. -- may be left out before a command that begins without a dash. ` + turns)
}

func testing() []help.Block {
	return []help.Block{
		help.Paragraph(`A script that uses a model is tested like any other: run it once with a key, keep the exchanges, and replay them in
			CI. Commit the recording beside the script. After a change of a prompt the recording does not hold the new request: the test
			fails, and reports the difference.`),
		help.Heading("In short"),
		help.Shell(`
cat > name-commit.sh <<'EOF'
git diff --staged | chatcmpl chat "A commit message. Only the message."
EOF
chatcmpl record past.jsonl -- sh name-commit.sh > expected.txt
chatcmpl replay --strict past.jsonl -- sh name-commit.sh > got.txt &&
  diff expected.txt got.txt`),
		help.Paragraph(`What was asked several times gets its answers in the recorded order, whichever process of the script asks, and equal
			records of a batch get theirs by their place in the input. For a single command, --record FILE and --replay FILE do the
			same, or CHATCMPL_RECORD and CHATCMPL_REPLAY (chatcmpl help offline).`),
		help.Heading("A bash script"),
		help.Code(bashRecipe),
		help.Code(`
chatcmpl record fruit.jsonl -- ./fruit.sh >fruit.txt           # once
chatcmpl replay --strict fruit.jsonl -- ./fruit.sh >new.txt &&
  diff fruit.txt new.txt`),
		help.Heading("Other languages"),
		help.Paragraph(`Programs find the API in OPENAI_BASE_URL and the key in OPENAI_API_KEY; the official SDKs read both themselves. Set
			them before recording with another API than OpenAI's. A replay needs neither.`),
		help.Code(`
export OPENAI_BASE_URL=https://api.x.ai/v1 OPENAI_API_KEY=$XAI_API_KEY`),
		help.Heading("A Python script"),
		help.Code(pythonRecipe),
		help.Code(`
chatcmpl record ask.jsonl -- python3 ask.py >ask.txt           # once
chatcmpl replay --strict ask.jsonl -- python3 ask.py >new.txt &&
  diff ask.txt new.txt`),
		help.Heading("A Node script"),
		help.Code(nodeRecipe),
		help.Code(`
chatcmpl record gist.jsonl -- node summarize.mjs >gist.txt     # once
chatcmpl replay --strict gist.jsonl -- node summarize.mjs >new.txt &&
  diff gist.txt new.txt`),
		help.Heading("In CI"),
		help.Paragraph(`The replay's own exit code counts as well, so its output goes to a file: a pipe into diff would lose the code.`),
		help.Code(`
- run: |
    chatcmpl replay --strict fruit.jsonl -- ./fruit.sh >new.txt
    diff fruit.txt new.txt`),
		help.Paragraph(`With --strict, the exit code is 4 if a request is missing, asked too often or not asked for. A script that fails
			keeps its own exit code.`),
		help.Heading("When the script changes"),
		help.List(
			[]string{"--force", "records anew, and keeps the old recording if the script fails"},
			[]string{"--append", "adds to the recording"},
			[]string{"by hand", "FILE may be edited, and formatted with jq: a request is found by its method, path and JSON"},
		),
		help.Heading("Without a recording"),
		help.Paragraph(`--offline answers without one, and injects faults: see chatcmpl help offline. chatcmpl record keeps its answers as
			well.`),
	}
}

const bashRecipe = `
#!/usr/bin/env bash
# fruit.sh: a fruit for each color
set -euo pipefail
for color in red green; do
  chatcmpl chat -I "Name one fruit that is $color. Only its name."
done`

const pythonRecipe = `
# ask.py: one question
import json, os, urllib.request

url = os.environ["OPENAI_BASE_URL"] + "/chat/completions"
question = {"role": "user", "content": "Name one fruit. Only its name."}
body = json.dumps({"model": "grok-4.3", "messages": [question]}).encode()
headers = {"Content-Type": "application/json",
           "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"]}
request = urllib.request.Request(url, body, headers)
with urllib.request.urlopen(request) as r:
    print(json.load(r)["choices"][0]["message"]["content"])`

const nodeRecipe = `
// summarize.mjs: a summary, printed as it comes (npm install openai)
import {readFile} from "node:fs/promises";
import OpenAI from "openai";

const article = await readFile("article.txt", "utf8");
const stream = await new OpenAI().chat.completions.create({
  model: "grok-4.3",
  messages: [{role: "user", content: "Sum up in one sentence: " + article}],
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta.content ?? "");
}`
