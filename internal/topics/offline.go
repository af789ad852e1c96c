package topics

import (
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/faults"
	"github.com/chatcmpl/chatcmpl/internal/help"
)

// embedded describes the endpoint of --offline, and exchanges kept in a file.
func embedded() []help.Block {
	return slices.Concat(answers(), endpointOnPort(), faultInjection(), exchanges())
}

func answers() []help.Block {
	return []help.Block{
		help.Paragraph(`--offline (the same as --base-url offline:) answers from the embedded endpoint, a server of the API inside this process: no key, no
			network, the same wire format. Unless told otherwise, it repeats the prompt. It is for trying the tool, and for testing scripts. serve offers it on a port of this machine,
			for other programs. The same request always gets the same text, under an id of its own, and a request that the API would
			refuse is refused with the API's status and message.`),
		help.Code(`
chatcmpl chat --offline "What is 2 + 2?"
export CHATCMPL_OFFLINE=1; ./my-script.sh`),
		help.Paragraph("A flag wins over a variable: a script that names --base-url still reaches that server."),
		help.Heading("What it answers"),
		help.List(
			[]string{"echo", "the last user message; xAI's model names act like echo"},
			[]string{"lorem", "as many words as the setting tokens says"},
			[]string{"pictures", "their number, types and sizes, after the text"},
			[]string{"tools", `calls of the functions named in the last user message. The JSON object after a name is the arguments; without
				one, they are generated. --tool-choice required or NAME forces a call. After that, the content of the tool messages`},
			[]string{"schemas", "the text itself if it matches the schema, otherwise generated JSON"},
			[]string{"--replies FILE", "scripted replies, one rule per line; the first matching rule replies:"},
		),
		help.Code(`
{"match":"weather","reply":"Rain."}
{"match":"^add","message":{"content":null,"tool_calls":[...]}}
{"model":"grok-4.3","times":2,
 "error":{"status":429,"body":{"error":"slow down"},
          "headers":{"Retry-After":"1"}}}
{"reply":"Anything else.","finish_reason":"length"}`),
		help.Paragraph(`match is a regular expression for the text of the last user message; a rule without match and model matches
			every request. times limits how often a rule is used. If no rule matches, the model replies.`),
		help.Shell(`
cat > answers.jsonl <<'EOF'
{"match": "(?i)weather", "reply": "Rain."}
{"reply": "I don't know."}
EOF
chatcmpl chat --offline --replies answers.jsonl "What will the weather be?"`),
	}
}

func endpointOnPort() []help.Block {
	return []help.Block{
		help.Heading("On a port"),
		help.Paragraph("serve is the same for any program that speaks this wire format; the first line of its stdout is its base URL:"),
		help.Shell(`
chatcmpl serve --addr 127.0.0.1:0 > url & trap 'kill $!' EXIT
until [ -s url ]; do sleep 0.1; done
question='{"role": "user", "content": "Hello"}'
curl -s "$(cat url)/chat/completions" -H 'Content-Type: application/json' \
  -d '{"model": "echo", "messages": ['"$question"']}' |
  jq -r '.choices[0].message.content'`),
	}
}

func faultInjection() []help.Block {
	var rows [][]string
	for _, s := range faults.All() {
		name := s.Name
		if s.Value != "" {
			name += "=" + s.Value
		}
		rows = append(rows, []string{name, s.Usage})
	}
	return []help.Block{
		help.Heading("Fault injection"),
		help.Paragraph(`Settings follow offline:? and are joined by &; they also stand in the query of serve's URL, and all except key
			are flags of serve. A delta is the piece of the text, or of a tool call, that one event of a stream brings.`),
		help.List(rows...),
		help.Shell(`
# Two failures, then a reply:
chatcmpl chat --base-url 'offline:?status=503&first=2&retry-after=0' "Hi"
# A cut stream is exit code 8, a proxy's error page 6:
chatcmpl stream --base-url 'offline:?cut=1' "one two three" 2> log ||
  test $? -eq 8
chatcmpl chat --base-url 'offline:?html&status=502' --retries 0 "Hi" \
  2> log || test $? -eq 6`),
		help.Paragraph("every and first select the requests that get the error of status, credits or blocked or, if none of these is set, " +
			"the other faults."),
		help.Paragraph("The header x-chatcmpl-not-applied, which -v shows, and the log of serve name settings that can't apply to a request: " +
			"no-done without a stream, cut=9 after three deltas. What is known only at the end of a stream is in the log alone."),
		help.Heading("Batches"),
		help.Paragraph(`The endpoint has the routes of the Batch API as well, /files and /batches, as xAI and as OpenAI speak it, and
			runs each record as a chat completion. Settings about HTTP errors, connections and limits apply to the calls, those about
			replies to the records, and batch-fail lets records fail; the log of serve has a line for each record that was run.`),
		help.Code(`
chatcmpl serve --batch-latency 10s --batch-fail 7 --log-format json`),
	}
}

func exchanges() []help.Block {
	return []help.Block{
		help.Heading("Exchanges in a file"),
		help.List(
			[]string{"--record FILE", "adds every exchange with the server to FILE, as one line of JSON"},
			[]string{"--replay FILE", "answers from FILE alone: no key, no network, no waiting"},
			[]string{"--cache FILE", "answers from FILE if it has a good reply, otherwise adds the good reply of the server"},
		),
		help.Shell(`
chatcmpl chat --record past.jsonl "What is 2 + 2?"
chatcmpl chat --replay past.jsonl "What is 2 + 2?"
chatcmpl batch --lines -i tickets.txt -s "One word: bug or feature." \
  --text --cache replies.jsonl    # each request is paid for once`),
		help.Paragraph("Whole scripts and programs are recorded by chatcmpl record: see chatcmpl help testing."),
		help.Paragraph(`serve --upstream URL --record FILE, or --cache FILE, is a recording proxy for any client: it forwards each
			request with the client's own key, which is never kept, and passes on streams, errors and redirects as they are. All
			paths pass; the exchanges of chats and models are kept.`),
		help.Code(`
chatcmpl serve --upstream https://api.x.ai/v1 --record past.jsonl`),
		help.Paragraph(`--record, --replay and --cache work with every command that sends requests, and with serve; only one may be set. A request is found by
			its method, path and JSON; the order of keys, white space and the base URL don't matter. A request that was recorded
			several times gets its replies in order, then the last one again.`),
		help.Paragraph(`Failures of the server are recorded too: a 429 and the reply after it, a cut stream, a refused connection or a time
			limit come back with the same exit code, at once. A failure on your side, such as a jq filter or a full disk, is not the
			server's: the reply is read for up to 3 more seconds, and kept.`),
		help.Paragraph(`A cache keeps no failure and no cut reply. It does not keep the answer to a request for a deferred reply either,
			because the reply itself is fetched later. It sends equal requests of one run once, and needs a key only when it sends. Cached replies cost nothing: they count neither against --max-cost nor against
			--rpm and --tpm.`),
		help.Paragraph("If a replay does not find a request, the exit code is 4, and the error says how the nearest request differs:"),
		help.Code(`
$ chatcmpl chat --replay past.jsonl "What is 2 + 3?"
chatcmpl: past.jsonl: the request is not in it; the nearest recorded one
differs: messages[0].content:
recorded "What is 2 + 2?", sent "What is 2 + 3?"`),
		help.Paragraph(`FILE never contains keys, but it contains prompts and replies, so it is created readable only by its owner. It
			may be edited by hand, and many processes may add to it at the same time.`),
	}
}
