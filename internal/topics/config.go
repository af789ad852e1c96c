package topics

import "github.com/chatcmpl/chatcmpl/internal/help"

func config() []help.Block {
	return []help.Block{
		help.Paragraph(`Prints each setting in force with its value and where it came from, and where the config file is. Secrets are
			stars; no key command is run.`),
		help.Paragraph(`The file is ${XDG_CONFIG_HOME:-~/.config}/chatcmpl/config.toml, on Windows without that variable
			%AppData%\chatcmpl\config.toml. Nothing needs it, and nothing writes it.`),
		help.Heading("Settings"),
		help.Paragraph(`Each flag that has an environment variable is a setting by its long name (chatcmpl help environment lists
			them): strings, numbers, true or false, lengths of time as strings ("90s"), and arrays of strings for flags that repeat. A
			command ignores what is another's; a name that no command has, a wrong type and a bad value are exit code 2. White
			space, a CR and a byte order mark at the ends of a value do not count.`),
		help.Paragraph(`Precedence: a flag wins over its variable, that over the profile, that over the rest of the file, that over
			the default. Fields that come with -f or a record win over them all except the flags.`),
		help.Paragraph(`[profile.NAME] begins a profile. --profile NAME or CHATCMPL_PROFILE chooses it, default-profile = "NAME" does
			where neither is given, --profile "" chooses none.`),
		help.Paragraph(`Only a ~/ at the beginning of a file's name is expanded. Other names of files are relative to the directory
			of the config file.`),
		help.Heading("Keys"),
		help.Paragraph(`No setting holds a key: api-key-file names a file that does, api-key-command is a command that prints it. Both
			are for one server, and so are headers that carry secrets and allow-http-key: for that of the base-url in force where they
			stand, in the profile or at the top level (api.x.ai if there is none). Where requests go to another scheme, host or port,
			by a flag, a variable or a profile, they are left out. A file that others can write, or that belongs to another user
			except root, may not hold api-key-command: exit code 2.`),
		help.Paragraph("CHATCMPL_API_KEY goes to whichever base URL is in force, and wins over the file; XAI_API_KEY goes to x.ai alone."),
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
header = ["@gateway.headers", "X-Team: tools"]
`
