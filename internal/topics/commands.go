// Package topics holds the help pages of commands and topics as data.
package topics

import "github.com/chatcmpl/chatcmpl/internal/help"

// Page returns the page of the named command or topic; nil if there is none. The name of the root command is empty.
func Page(name string) []help.Block {
	switch name {
	case "":
		return root()
	case "chat":
		return chat()
	case "stream":
		return stream()
	case "batch":
		return batch()
	case "image":
		return image()
	case "models":
		return []help.Block{help.Paragraph("Prints the ids of the models that the endpoint offers, one per line.")}
	case "record":
		return record()
	case "replay":
		return replay()
	case "serve":
		return serve()
	case "version":
		return []help.Block{help.Paragraph(`Prints the version of this binary, the commit and the Go version it was built from, and the
			platform it was built for. After go install PATH@VERSION the version is known, but not the commit.`)}
	case "config":
		return config()
	case "help":
		return []help.Block{help.Paragraph("Explains a command or a topic. Without an argument it lists the commands and the topics.")}
	}
	for _, t := range All() {
		if t.Name == name {
			return t.page()
		}
	}
	return nil
}

func root() []help.Block {
	return []help.Block{
		help.Paragraph("Sends prompts to xAI's API, or any server with chat completions, and prints the replies: for shell scripts, CI jobs and one-liners."),
		help.Paragraph(`stdout carries the reply and nothing else, the exit code is 0 only if the reply is complete, and everything works
			offline: with --offline an endpoint inside chatcmpl answers by repeating the prompt.`),
	}
}

func chat() []help.Block {
	return []help.Block{
		help.Paragraph("Sends one conversation and prints the whole reply."),
		help.Paragraph(`The last user message is the prompt, then a blank line, then standard input if it is a pipe or a file; a
			lone - among the words marks another place for it.`),
	}
}

func stream() []help.Block {
	return []help.Block{
		help.Paragraph("Sends one conversation and prints each piece of the reply the moment it arrives."),
		help.Paragraph(`If a stream is cut, the exit code is 8, and the text so far is on stdout. With --json each chunk is a line, as the
			server wrote it; with --jq the filter runs on each chunk.`),
	}
}

func batch() []help.Block {
	return []help.Block{
		help.Paragraph("Sends many conversations from a file, or asks for several replies to one."),
		help.Paragraph(`With -n alone: sends one conversation and prints N replies to it, one after the other in the order of their
			index. With -0 each is ended by NUL, so that replies of several lines stay separate.`),
		help.Paragraph(`With -i: sends a conversation for each line of a JSONL file (- is stdin), many at the same time, and prints a
			result for each, in the order of the input. A record is a line for the providers' Batch API ({"custom_id","method","url","body"}), a
			request, an array of messages, {"prompt","system"} or a string; with --lines any line is a prompt; --map converts any
			JSON to one of these. A result is a line of the Batch API's output with line and attempts.`),
		help.Paragraph(`With -i FILE.csv, FILE.tsv or --rows each row of a table is a record, and {{column}} in the prompt and other
			texts is filled in; --csv prints a table and -o FILE.csv writes one. See chatcmpl help tables.`),
		help.Paragraph(`With -o each result is appended to a file as soon as it arrives, and --resume continues where an earlier run
			ended: the finished file holds each record exactly once.`),
	}
}

func serve() []help.Block {
	return []help.Block{
		help.Paragraph(`Runs the embedded endpoint, which is that of --offline, for other programs and for scripts that need a URL. The first line of
			stdout is its base URL; then each request is logged on stderr. It runs until it is interrupted or told to stop by SIGTERM,
			and lets requests in flight finish.`),
		help.Paragraph(`Fault injection is set for all requests by the flags below, and for one client by the query of its base URL:
			http://127.0.0.1:8080/v1?latency=50ms.`),
		help.Paragraph(`The Batch API is served too. Its files and batches are in memory, and end with the server. Each record that a
			batch has run is logged with its custom_id, its name, so that a test can count how often it was paid.`),
	}
}

func image() []help.Block {
	return []help.Block{
		help.Paragraph("Sends pictures with a question and prints the reply."),
		help.Paragraph(`Each word is a picture: a file (JPEG or PNG, recognized by its bytes, at most 20 MiB and at least 8×8 pixels),
			an http(s) URL, a data URI, or - for standard input. The question stands after -p; without one it is "What is in this
			image?".`),
	}
}
