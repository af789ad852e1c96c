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
		ownExit("An exchange that could not be kept turns a 0 into 1."),
	}
}

func replay() []help.Block {
	return []help.Block{
		help.Paragraph(`Runs a program and answers its requests from a FILE that chatcmpl record made: no key, no network, no waiting.
			What was asked several times gets its answers in the recorded order, whichever process asks; equal records of a batch get
			theirs by their place in the input. Asked once more than recorded, the last answer comes again, with a note.`),
		help.Paragraph(`A request that FILE does not hold is exit code 4 of the process that asks, and a status 400 for a program in
			another language; both say how the nearest recorded one differs. A note counts the exchanges that nobody asked for.`),
		ownExit(`With --strict a request that is missing or asked too often fails, and turns a 0 into 4, as do exchanges that nobody
			asked for.`),
	}
}

// ownExit returns what both commands do for the program that they run.
func ownExit(turns string) help.Block {
	return help.Paragraph(`The command has its own streams, terminal and exit code: 127 if it is not found, 126 if it can't be run. ^C
		comes to it from the terminal; TERM and HUP are passed on. -- may be left out before a command that begins without a dash. ` + turns)
}

func testing() []help.Block {
	return []help.Block{
		help.Paragraph(`A script that uses a model is tested as any other: run it once with a key, keep what was said, and let it run
			in CI against that. Commit the recording beside the script. A change of a prompt is a request that the recording does not
			hold, and the test says so.`),
		help.Heading("A bash script"),
		help.Code(bashRecipe),
		help.Code(`
chatcmpl record fruit.jsonl -- ./fruit.sh >fruit.txt           # once
chatcmpl replay --strict fruit.jsonl -- ./fruit.sh | diff fruit.txt -`),
		help.Heading("A Python script"),
		help.Code(pythonRecipe),
		help.Code(`
chatcmpl record ask.jsonl -- python3 ask.py >ask.txt           # once
chatcmpl replay --strict ask.jsonl -- python3 ask.py | diff ask.txt -`),
		help.Paragraph(`The official SDKs read OPENAI_BASE_URL and OPENAI_API_KEY themselves. To record with another API than OpenAI's,
			name it: OPENAI_API_KEY=$XAI_API_KEY chatcmpl record --base-url https://api.x.ai/v1 ask.jsonl -- python3 ask.py`),
		help.Heading("In CI"),
		help.Code(`
- run: chatcmpl replay --strict fruit.jsonl -- ./fruit.sh | diff fruit.txt -`),
		help.Heading("When the script changes"),
		help.List(
			[]string{"--force", "records anew, and keeps the old recording if the script fails"},
			[]string{"--append", "adds to the recording"},
			[]string{"by hand", "FILE may be edited, and formatted with jq: a request is found by its method, path and JSON"},
		),
		help.Heading("Without a recording"),
		help.Paragraph(`--offline answers without one, and scripts faults: see chatcmpl help offline. chatcmpl record keeps what it
			answers as well.`),
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
with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as r:
    print(json.load(r)["choices"][0]["message"]["content"])`
