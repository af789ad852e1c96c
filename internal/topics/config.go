package topics

import "github.com/chatcmpl/chatcmpl/internal/help"

func config() []help.Block {
	return []help.Block{
		help.Paragraph(`Prints each effective setting with its value and source, and the path of the config file. Secrets are shown as
			stars; no key command is run.`),
		help.Paragraph(`The file is ${XDG_CONFIG_HOME:-~/.config}/chatcmpl/config.toml, on Windows without that variable
			%AppData%\chatcmpl\config.toml. It is optional, and chatcmpl never writes it.`),
		help.Heading("Settings"),
		help.Paragraph(`Each flag that has an environment variable is a setting by its long name (chatcmpl help environment lists
			them): strings, numbers, true or false, durations as strings ("90s"), and arrays of strings for flags that repeat. A command
			ignores the settings of other commands; a name that no command has, a wrong type and an invalid value are exit code 2.
			White space, a CR and a byte order mark at the ends of a value are ignored.`),
		help.Paragraph(`Precedence, highest first: flag, environment variable, profile, top level of the file, default. Fields that
			come with -f or a record take precedence over all of these except flags.`),
		help.Paragraph(`[profile.NAME] begins a profile. --profile NAME or CHATCMPL_PROFILE selects it, default-profile = "NAME" does
			if neither is given, and --profile "" selects none.`),
		help.Paragraph(`File names are relative to the directory of the config file. A ~/ at the beginning of a file name is expanded,
			and nothing else.`),
		help.Heading("Keys"),
		help.Paragraph(`No setting holds a key: api-key-file names a file that does, api-key-command is a command that prints it. Both,
			and also secret headers and allow-http-key, apply to one server: that of the base-url in the same profile or, if it has
			none, at the top level (by default api.x.ai). If a flag, a variable or a profile sends requests to another scheme, host or
			port, they are not used. A file that others can write, or that belongs to another user except root, may not contain
			api-key-command: exit code 2.`),
		help.Paragraph("CHATCMPL_API_KEY is sent to any base URL, and takes precedence over the file; XAI_API_KEY is sent only to x.ai."),
		help.Heading("Example file"),
		help.Code(exampleConfig),
	}
}

const exampleConfig = `
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

[profile.llamacpp]                 # llama-server has one model, of any name
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
header = ["@gateway.headers", "X-Team: tools"]
`
