package topics

import "github.com/chatcmpl/chatcmpl/internal/help"

func exitCodes() []help.Block {
	return []help.Block{
		help.Paragraph("A script can tell from the exit code what happened and whether trying again can help."),
		ExitTable(),
		help.Paragraph(`With --error-format json the error is one JSON object on stderr, with kind, message, exit_code, status, code,
			request_id and retryable; no notes are printed then.`),
		help.Paragraph("With exit code 10, the hint names the --accept option that accepts the reply."),
	}
}

func formats() []help.Block {
	return []help.Block{
		help.Heading("Messages, -f FILE"),
		help.List(
			[]string{"JSONL", "one message per line; blank lines, CRLF and a byte order mark are fine"},
			[]string{"array", `[{"role":"user","content":"Hi"}, ...]`},
			[]string{"request", `{"messages":[...], ...}: its other fields become fields of the request; they win over the environment, and flags win over them`},
			[]string{"response", "a chat.completion: its first message is used"},
		),
		help.Paragraph(`A message keeps every byte, also of fields that this tool does not know. Roles may come in any order and any
			number; content is a string or a list of parts.`),
		help.Heading("Pictures, -a and image"),
		help.Paragraph(`JPEG and PNG, recognized by their bytes, at most 20 MiB each and at least 8×8 pixels, any number; http(s) URLs
			and data URIs are passed on. --detail auto, low or high. They stand before the text unless --text-first is given.`),
		help.Heading("Request fields"),
		help.List(RequestFields()...),
		help.Heading("Replies"),
		help.List(
			[]string{"text", "the reply, ended by a newline; with -0 by NUL"},
			[]string{"--json", "the response as the server wrote it, on one line; stream: one line per chunk"},
			[]string{"--jq FILTER", "the results of the filter on that JSON: strings raw, other values as JSON"},
			[]string{"--usage", "stderr: the usage object on one line; the server's cost_in_usd_ticks (10,000,000,000 are 1 USD) are also shown as cost_in_usd"},
			[]string{"--reasoning", "stderr: the reasoning text"},
		),
		help.Paragraph("A conversation kept by -c FILE is JSONL with one message per line, which -f reads too."),
		help.Heading("Results, batch -i"),
		help.Paragraph("One line per record, in the format of the Batch API: id, custom_id, response and error, and in addition"),
		help.List(
			[]string{"line", "the record's line in the input"},
			[]string{"attempts", "how many requests were sent for it"},
			[]string{"duration_ms", "whole milliseconds from the start of the first attempt to the end of the last; 0 if nothing was sent"},
			[]string{"cost_in_usd", "the cost of its replies, if the server reports it"},
			[]string{"input", "the row that the record was, if the input is a table; a list of its cells if they do not fit the columns"},
			[]string{"expect", "whether the reply is what --expect expects"},
			[]string{"hash", "a hash of the request, by which --resume detects that a record has changed"},
		),
		help.Heading("Schemas and code blocks"),
		help.List(
			[]string{"--schema FILE", `requests JSON of that JSON Schema and checks the reply: if it does not match, the exit code is 10,
				and the error names the position and the rule. --schema-retries N asks again, with the error`},
			[]string{"--schema SHORT", "the same in short: name:string, age?:int, tags:string[], mood:(good|bad)"},
			[]string{"-x, -x=LANG", `prints the first fenced code block alone, or the first of a language; with --schema that block is checked`},
		),
		help.Paragraph("A reply that is printed may still be unacceptable: check the exit code."),
		help.Heading("Tools"),
		help.Paragraph(`--tools FILE holds the array of tools. With --json a reply that calls them is exit code 0; the calls are in
			.choices[0].message.tool_calls. What they return goes back by -f as messages
			{"role":"tool","tool_call_id":ID,"content":TEXT}; -c keeps the conversation.`),
	}
}
