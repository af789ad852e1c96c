package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

func exitText() string {
	var out strings.Builder
	for _, r := range exitRows() {
		fmt.Fprintf(&out, "  %-7s %s\n", r.code, r.meaning)
	}
	return out.String()
}

// newHelp is the help command: as cobra's own, but an unknown topic is an error.
func newHelp(p *program) *cobra.Command {
	root := p.root
	return &cobra.Command{
		Use:   "help [command or topic]",
		Short: "help about a command or a topic: environment, exit-codes, formats, config, offline",
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return slices.DeleteFunc(commandNames(root), func(name string) bool { return strings.HasPrefix(name, "__") }), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, words []string) error {
			cmd, rest, err := root.Find(words)
			if err != nil || len(rest) > 0 || cmd == nil {
				hint := "see chatcmpl --help"
				if near := nearest(strings.Join(words, " "), commandNames(root)); near != "" {
					hint = "did you mean chatcmpl help " + near + "?"
				}
				return usage(hint, "there is no help about %q", strings.Join(words, " "))
			}
			p.bindAll()
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		},
	}
}

// topics are pages of help that are no commands. Their texts are put together when they
// are shown.
func topics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "environment", Short: "environment variables"},
		{Use: "exit-codes", Short: "what the exit codes mean"},
		{Use: "formats", Short: "what can be read and what is printed"},
		{Use: "offline", Short: "the embedded endpoint, and exchanges kept in a file"},
	}
}

// longText is the whole long text of a command or a topic.
func longText(cmd *cobra.Command) string {
	switch {
	case !cmd.HasParent():
		return cmd.Long
	case cmd.Name() == "environment":
		return environmentTopic(cmd.Root())
	case cmd.Name() == "exit-codes":
		return exitTopic()
	case cmd.Name() == "formats":
		return formatsTopic()
	case cmd.Name() == "offline":
		return offlineTopic()
	case cmd.Name() == "config":
		return configTopic() + exitStatus()
	case cmd.Parent().HasParent() || cmd.Name() == "help" || cmd.Name() == "completion":
		return cmd.Long
	}
	return cmd.Long + exitStatus()
}

func exitStatus() string {
	return "\n\nEXIT STATUS\n" + exitText() + "\nSee chatcmpl help exit-codes for more."
}

func exitTopic() string {
	var out strings.Builder
	out.WriteString("A script can tell from the exit code what happened and whether trying again can help.\n\n")
	rows := append([]exitRow{{"code", "meaning", "worth a retry"}}, exitRows()...)
	width := 0
	for _, r := range rows {
		width = max(width, len(r.meaning))
	}
	for _, r := range rows {
		fmt.Fprintf(&out, "  %-7s %-*s  %s\n", r.code, width, r.meaning, r.retry)
	}
	out.WriteString(`
With --error-format json the error is one JSON object on stderr, with kind, message,
exit_code, status, code, request_id and retryable; no notes are printed then.

Exit code 10 names the --accept that would make it a 0.`)
	return out.String()
}

func environmentTopic(root *cobra.Command) string {
	var out strings.Builder
	out.WriteString(`A flag wins over its variable, a variable over the config file (see chatcmpl help config)
and the default. An empty variable counts as missing. Flags that say what is sent (prompts,
files, -F) have no variable.

  XAI_API_KEY       the key for x.ai and its subdomains; sent nowhere else
  CHATCMPL_API_KEY  the key for the base URL in force
  XDG_CONFIG_HOME   where chatcmpl/config.toml is looked for; ~/.config without it
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY
                    proxies
  NO_COLOR, TERM    no color is ever printed; TERM=dumb turns the display of the wait off

For each of these flags:
`)
	for _, f := range allSettable(root) {
		fmt.Fprintf(&out, "  %-32s --%s\n", variable(f), f.Name)
	}
	return strings.TrimSuffix(out.String(), "\n")
}

func formatsTopic() string {
	return `MESSAGES, -f FILE
  JSONL          a message a line; blank lines, CRLF and a byte order mark are fine
  array          [{"role":"user","content":"Hi"}, ...]
  request        {"messages":[...], ...}: its other fields become fields of the request;
                 they win over the environment, and flags win over them
  response       a chat.completion: its first message is taken
  A message keeps every byte, also of fields that this tool does not know. Roles may come
  in any order and any number; content is a string or a list of parts.

PICTURES, -a and image
  JPEG and PNG, told by their bytes, at most 20 MiB each and at least 8×8 pixels, any
  number; http(s) URLs and data URIs are passed on. --detail auto, low or high. They stand
  before the text unless --text-first is given.

REQUEST FIELDS
` + requestTable() + `
REPLIES
  text           the reply, ended by a newline; with -0 by NUL
  --json         the response as the server wrote it, on one line; stream: a line a chunk
  --jq FILTER    what the filter makes of that JSON: strings raw, the rest as JSON
  --usage        stderr: the usage object on one line, with cost_in_usd where it is known
  --reasoning    stderr: the reasoning text

A conversation kept by -c FILE is JSONL with a message a line, which -f reads too.

SCHEMAS AND CODE BLOCKS
  --schema FILE  asks for JSON of that JSON Schema and checks the reply here: where it does
                 not fit, exit code 10 names the place and the rule. --schema-retries N asks
                 again, with the complaint
  --schema SHORT the same in short: name:string, age?:int, tags:string[], mood:(good|bad)
  -x, -x=LANG    prints the first fenced code block alone, or the first of a language; with
                 --schema that block is checked
  A reply that is printed may still be unacceptable: look at the exit code.

TOOLS
  --tools FILE holds the array of tools. With --json a reply that calls them is exit code 0;
  the calls are in .choices[0].message.tool_calls. What they return goes back by -f as
  messages {"role":"tool","tool_call_id":ID,"content":TEXT}; -c keeps the conversation.`
}

// requestTable lists the fields of a request with the flags that set them.
func requestTable() string {
	var out strings.Builder
	for _, row := range [][2]string{
		{"model", "-m, --model"},
		{"messages", "words, -p, -s, -u, --assistant, their -file forms, -f, -a, -c, stdin"},
		{"temperature (0 to 2)", "--temperature"},
		{"top_p (over 0, up to 1)", "--top-p"},
		{"n", "batch -n"},
		{"stream", "the command stream"},
		{"stream_options", "stream --usage"},
		{"max_tokens", "--max-tokens"},
		{"max_completion_tokens", "--max-completion-tokens"},
		{"presence_penalty (-2 to 2)", "--presence-penalty; reasoning models refuse it"},
		{"frequency_penalty (-2 to 2)", "--frequency-penalty; reasoning models refuse it"},
		{"stop (at most 4)", "--stop, may repeat; reasoning models refuse it"},
		{"seed", "--seed"},
		{"reasoning_effort", "--reasoning-effort"},
		{"tools", "--tools FILE"},
		{"tool_choice", "--tool-choice none, auto, required, NAME or JSON"},
		{"response_format", "--schema, or --response-format text, json_object, JSON or @FILE"},
		{"logprobs, top_logprobs", "--logprobs, --top-logprobs"},
		{"user", "--user-id"},
		{"any other", "-F k=v, k:=JSON, k=@FILE, a[b][]=v"},
	} {
		fmt.Fprintf(&out, "  %-29s %s\n", row[0], row[1])
	}
	return out.String()
}

func configTopic() string {
	return `Prints each setting in force with its value and where it came from, and where the config
file is. Secrets are stars; no key command is run.

The file is ${XDG_CONFIG_HOME:-~/.config}/chatcmpl/config.toml, on Windows without that
variable %AppData%\chatcmpl\config.toml. Nothing needs it, and nothing writes it.

SETTINGS
  Each flag that has an environment variable is a setting by its long name (chatcmpl help
  environment lists them): strings, numbers, true or false, lengths of time as strings
  ("90s"), and arrays of strings for flags that repeat. A command passes over what is
  another's; a name that no command has, a wrong type and a bad value are exit code 2.

  A flag wins over its variable, that over the profile, that over the rest of the file, that
  over the default. Fields that come with -f or a record win over them all but the flags.

  [profile.NAME] begins a profile. --profile NAME or CHATCMPL_PROFILE chooses it,
  default-profile = "NAME" does where neither is given, --profile "" chooses none.

  Nothing is expanded but a ~/ that a file's name begins with. Other names of files are
  relative to the directory of the config file.

KEYS
  No setting holds a key: api-key-file names a file that does, api-key-command is a command
  that prints it. Both are for one server, and so are headers that carry secrets and
  allow-http-key: for that of the base-url in force where they stand, in the profile or at
  the top level (api.x.ai, where there is none). Where requests go to another scheme, host or
  port, by a flag, a variable or a profile, they are left out.

  CHATCMPL_API_KEY goes to whichever base URL is in force, and wins over the file;
  XAI_API_KEY goes to x.ai alone.

EXAMPLE FILE
  default-profile = "xai"
  timeout = "10m"
  retries = 6

  [profile.xai]                      # the key is in XAI_API_KEY
  model = "grok-4.3"

  [profile.openai]
  base-url = "https://api.openai.com/v1"
  model = "gpt-5"
  api-key-command = "pass show openai"

  [profile.openrouter]
  base-url = "https://openrouter.ai/api/v1"
  model = "x-ai/grok-4"
  api-key-file = "~/.keys/openrouter"
  header = ["X-Title: nightly report"]

  [profile.ollama]
  base-url = "http://localhost:11434/v1"
  model = "qwen3:8b"

  [profile.llamacpp]                 # llama-server serves one model, whatever its name
  base-url = "http://localhost:8080/v1"
  model = "default"

  [profile.vllm]
  base-url = "http://localhost:8000/v1"
  model = "Qwen/Qwen3-32B"
  max-tokens = 2048
  api-key-file = "vllm.key"

  [profile.gateway]
  base-url = "https://llm.corp.example/v1"
  model = "grok-4"
  cacert = "corp-ca.pem"
  proxy = "http://proxy.corp.example:3128"
  header = ["@gateway.headers", "X-Team: tools"]`
}
