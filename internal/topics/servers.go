package topics

import "github.com/chatcmpl/chatcmpl/internal/help"

// servers describes how to use another server than xAI's.
func servers() []help.Block {
	return []help.Block{
		help.Paragraph(`chatcmpl speaks to every server with a chat-completions API. --base-url names one: the URL up to and including /v1,
			without /chat/completions. Name a model as well, because only xAI has a default.`),
		help.Code(`
chatcmpl chat --base-url http://localhost:8080/v1 -m default "Hello"
export CHATCMPL_BASE_URL=https://api.openai.com/v1 CHATCMPL_MODEL=gpt-5
export CHATCMPL_API_KEY=...      # for the base URL in force
chatcmpl models`),
		help.List(
			[]string{"OpenAI", "https://api.openai.com/v1"},
			[]string{"OpenRouter", "https://openrouter.ai/api/v1"},
			[]string{"llama.cpp", "http://localhost:8080/v1; llama-server serves one model under any name"},
			[]string{"Ollama", "http://localhost:11434/v1"},
			[]string{"vLLM", "http://localhost:8000/v1"},
			[]string{"LM Studio", "http://localhost:1234/v1"},
		),
		help.Paragraph(`For servers that you use often, make profiles and choose one by --profile NAME: chatcmpl help config has an example
			for each. A request field that has no flag is set by -F, such as -F top_k=40.`),
		help.Heading("Keys"),
		help.Paragraph(`XAI_API_KEY is sent to x.ai and its subdomains only. CHATCMPL_API_KEY, --api-key-file and --api-key-command (a shell
			command that prints the key) are for the base URL in force. No flag takes a key itself, because other users can see the
			arguments of a process. A local server without a key needs none.`),
		help.Paragraph(`A key never goes over plain http to another machine (--allow-http-key allows it), never follows a redirect, and is
			shown as stars wherever it would appear: in output, errors, logs, recordings and dry runs.`),
		help.Heading("Time limits and retries"),
		help.Paragraph(`Failures that may pass are retried with growing waits, or after the wait that the server asks for: --retries, by
			default 4, and 8 with batch -i. --timeout (1h) is one deadline for all attempts; in a batch, for those of one record.
			--connect-timeout (10s) limits connecting, --idle-timeout (10m) silence inside a reply. Once a byte of a stream is on stdout,
			nothing is sent again.`),
		help.Heading("Proxies and certificates"),
		help.Paragraph(`--proxy URL (http, https or socks5) is used for every host; without it, HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and
			NO_PROXY apply, except to this machine. --cacert trusts a company's certificate authority, --client-cert and --client-key
			identify the client, -H 'K: v' adds a header.`),
		help.Heading("The same with curl"),
		help.Paragraph(`--dry-run prints the JSON that would be sent, --curl the whole request as a curl command that runs, with a variable
			in place of each secret. Neither sends anything.`),
		help.Shell(`
chatcmpl chat --dry-run -s "Be brief." "How are you?" |
  jq -c '.messages[].role'
chatcmpl chat --curl --base-url https://llm.example.com/v1 -m grok-4 "Hello"`),
		help.Paragraph("For one question, curl and jq do as well; both of these print the same line:"),
		help.Shell(curlRecipe),
	}
}

const curlRecipe = `
chatcmpl serve --quiet --addr 127.0.0.1:0 > url & trap 'kill $!' EXIT
until [ -s url ]; do sleep 0.1; done
export CHATCMPL_BASE_URL=$(cat url) CHATCMPL_OFFLINE= CHATCMPL_MODEL=echo
jq -n --arg prompt "Hello" \
  '{model: "echo", messages: [{role: "user", content: $prompt}]}' |
  curl -sS --fail-with-body "$CHATCMPL_BASE_URL/chat/completions" \
    -H 'Content-Type: application/json' -d @- |
  jq -er '.choices[0].message.content' > by-curl.txt
chatcmpl chat -I "Hello" > by-chatcmpl.txt
cmp by-curl.txt by-chatcmpl.txt`
