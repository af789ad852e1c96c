package topics

import (
	"github.com/chatcmpl/chatcmpl/internal/help"
	"github.com/chatcmpl/chatcmpl/internal/offline"
)

func embedded() []help.Block {
	var faults [][]string
	for _, s := range offline.Settings() {
		name := s.Name
		if s.Value != "" {
			name += "=" + s.Value
		}
		faults = append(faults, []string{name, s.Usage})
	}
	return []help.Block{
		help.Paragraph(`--offline (the same as --base-url offline:) answers from an endpoint inside this process: no key, no network,
			the same wire format. It is for trying the tool, and for testing scripts. serve puts it on a port of this machine, for
			other programs. The same request always gets the same reply, and a request that the API would refuse is refused with the
			API's status and words.`),
		help.Code(`
chatcmpl chat --offline "What is 2 + 2?"
export CHATCMPL_OFFLINE=1; ./my-script.sh`),
		help.Paragraph("A flag wins over a variable: a script that names --base-url still reaches that server."),
		help.Heading("What it answers"),
		help.List(
			[]string{"echo", "the last user message; xAI's own model names do as echo does"},
			[]string{"lorem", "as many words as the setting tokens says"},
			[]string{"pictures", "their number, types and sizes, after the text"},
			[]string{"tools", `calls of the functions that the last user message names, with the JSON object after the name for
				arguments, or with some that fit; with --tool-choice required or a name at least that; then what the tool messages hold`},
			[]string{"schemas", "the text itself if it fits, otherwise JSON that does"},
			[]string{"--replies FILE", "scripted answers, a rule a line; the first that matches answers:"},
		),
		help.Code(`
{"match":"weather","reply":"Rain."}
{"match":"^add","message":{"content":null,"tool_calls":[...]}}
{"model":"grok-4.3","times":2,
 "error":{"status":429,"body":{"error":"slow down"},"headers":{"Retry-After":"1"}}}
{"reply":"Anything else.","finish_reason":"length"}`),
		help.Paragraph(`match is a regular expression for the text of the last user message; without it, and without model, a rule
			matches all. times is how often a rule answers. What no rule matches the model itself answers.`),
		help.Heading("Fault injection"),
		help.Paragraph(`Settings follow offline:? and are joined by &; they also stand in the query of serve's URL, and all except key
			are flags of serve.`),
		help.List(faults...),
		help.Code(`
# two failures, then a reply
chatcmpl chat --base-url 'offline:?status=503&first=2' "Hi"
# exit code 8
chatcmpl stream --base-url 'offline:?cut=1' "one two three"
CHATCMPL_BASE_URL='offline:?status=429&every=3&retry-after=0' ./my-script.sh`),
		help.Paragraph("With status, every and first choose the requests that get it; without, those that the other faults apply to."),
		help.Heading("Exchanges in a file"),
		help.List(
			[]string{"--record FILE", "adds every exchange with the server to FILE, a line of JSON each"},
			[]string{"--replay FILE", "answers from FILE alone: no key, no network, no waiting"},
			[]string{"--cache FILE", "answers what FILE has a good reply to, and adds the good replies it hasn't"},
		),
		help.Code(`
chatcmpl chat --record past.jsonl "What is 2 + 2?"
CHATCMPL_REPLAY=past.jsonl ./my-script.sh`),
		help.Paragraph(`They go with every command that sends, and with serve, one at a time. A request is found by its method, path
			and JSON; the order of keys, white space and the base URL don't matter. One that was recorded several times is answered in
			that order, then by the last again. Failures are recorded too, and come back with their exit code; a cache keeps none, and
			cached replies cost nothing: they count neither against --max-cost nor against --rpm and --tpm. What a replay does not
			find is exit code 4, and the error says how the nearest request differs.`),
		help.Paragraph(`Keys are never in FILE, but prompts and replies are: only its owner can read it when it is made. It may be
			edited by hand, and many processes may add to it at the same time.`),
	}
}
