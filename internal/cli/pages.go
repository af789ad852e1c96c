package cli

import "github.com/chatcmpl/chatcmpl/internal/help"

func rootPage() []help.Block {
	return []help.Block{
		help.Paragraph("Chat completions in a pipe: for shell scripts, CI jobs and one-liners, with xAI's API and every server that speaks its wire format."),
		help.Paragraph(`stdout carries the reply and nothing else, the exit code tells the truth, and everything works offline: try
			chatcmpl chat --offline "What is 2 + 2?"`),
	}
}

func chatPage() []help.Block {
	return []help.Block{
		help.Paragraph("Sends one conversation and prints the whole reply."),
		help.Paragraph(`The last user message is the prompt, then a blank line, then standard input if it is a pipe or a file; a
			lone - among the words marks another place for it.`),
	}
}

func streamPage() []help.Block {
	return []help.Block{
		help.Paragraph("Sends one conversation and prints each piece of the reply the moment it arrives."),
		help.Paragraph(`A stream that is cut is exit code 8 with what came on stdout. With --json each chunk is a line, as the server
			wrote it; with --jq the filter runs on each chunk.`),
	}
}

func batchPage() []help.Block {
	return []help.Block{
		help.Paragraph(`With -n alone: sends one conversation and prints N replies to it, one after the other in the order of their
			index. With -0 each is ended by NUL, so that replies of several lines stay separate.`),
		help.Paragraph(`With -i: sends a conversation for each line of a JSONL file (- is stdin), many at the same time, and prints a
			result for each, in the order of the input. A record is a line of the Batch API ({"custom_id","method","url","body"}), a
			request, an array of messages, {"prompt","system"} or a string; with --lines any line is a prompt; --map makes one of
			these of any JSON. A result is a line of the Batch API's output with line and attempts.`),
		help.Paragraph(`With -o results are appended to a file the moment they are there, and --resume goes on where an earlier run
			ended: the finished file holds each record exactly once.`),
	}
}

func servePage() []help.Block {
	return []help.Block{
		help.Paragraph(`Runs the endpoint that --offline asks, for other programs and for scripts that want a URL. The first line of
			stdout is its base URL; then each request is logged on stderr. It runs until it is interrupted or told to stop by SIGTERM,
			and lets requests under way end.`),
		help.Paragraph(`Fault injection is set for all requests by the flags below, and for one client by the query of its base URL:
			http://127.0.0.1:8080/v1?latency=50ms.`),
	}
}

func exitPage() []help.Block {
	return []help.Block{
		help.Paragraph("A script can tell from the exit code what happened and whether trying again can help."),
		ExitTable(),
		help.Paragraph(`With --error-format json the error is one JSON object on stderr, with kind, message, exit_code, status, code,
			request_id and retryable; no notes are printed then.`),
		help.Paragraph("Exit code 10 names the --accept that would make it a 0."),
	}
}

func formatsPage() []help.Block {
	return []help.Block{
		help.Heading("Messages, -f FILE"),
		help.List(
			[]string{"JSONL", "a message a line; blank lines, CRLF and a byte order mark are fine"},
			[]string{"array", `[{"role":"user","content":"Hi"}, ...]`},
			[]string{"request", `{"messages":[...], ...}: its other fields become fields of the request; they win over the environment, and flags win over them`},
			[]string{"response", "a chat.completion: its first message is taken"},
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
			[]string{"--json", "the response as the server wrote it, on one line; stream: a line a chunk"},
			[]string{"--jq FILTER", "what the filter makes of that JSON: strings raw, the rest as JSON"},
			[]string{"--usage", "stderr: the usage object on one line, with cost_in_usd where it is known"},
			[]string{"--reasoning", "stderr: the reasoning text"},
		),
		help.Paragraph("A conversation kept by -c FILE is JSONL with a message a line, which -f reads too."),
		help.Heading("Schemas and code blocks"),
		help.List(
			[]string{"--schema FILE", `asks for JSON of that JSON Schema and checks the reply here: where it does not fit, exit code 10
				names the place and the rule. --schema-retries N asks again, with the complaint`},
			[]string{"--schema SHORT", "the same in short: name:string, age?:int, tags:string[], mood:(good|bad)"},
			[]string{"-x, -x=LANG", `prints the first fenced code block alone, or the first of a language; with --schema that block is checked`},
		),
		help.Paragraph("A reply that is printed may still be unacceptable: look at the exit code."),
		help.Heading("Tools"),
		help.Paragraph(`--tools FILE holds the array of tools. With --json a reply that calls them is exit code 0; the calls are in
			.choices[0].message.tool_calls. What they return goes back by -f as messages
			{"role":"tool","tool_call_id":ID,"content":TEXT}; -c keeps the conversation.`),
	}
}
