package topics

import (
	"github.com/chatcmpl/chatcmpl/internal/help"
	"github.com/chatcmpl/chatcmpl/internal/option"
)

func environment() []help.Block {
	var rows [][]string
	for _, o := range option.Table() {
		if name := o.Variable(); name != "" {
			rows = append(rows, []string{name, "--" + o.Name})
		}
	}
	return []help.Block{
		help.Paragraph(`A flag wins over its variable, a variable over the config file (see chatcmpl help config) and the default. An
			empty variable counts as missing. Flags for messages, files of records and -F have no variable.`),
		EnvironmentList(),
		help.Paragraph("For each of these flags:"),
		help.List(rows...),
	}
}

// EnvironmentList returns the environment variables that are not options.
func EnvironmentList() help.Block {
	return help.List(
		[]string{"XAI_API_KEY", "the key for x.ai and its subdomains; sent nowhere else"},
		[]string{"CHATCMPL_API_KEY", "the key for the base URL in force"},
		[]string{"XDG_CONFIG_HOME", "where chatcmpl/config.toml is looked for; ~/.config without it"},
		[]string{"HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY", "proxies; this machine is always reached without one"},
		[]string{"NO_COLOR, TERM", "chatcmpl prints no color; with TERM=dumb it also shows no waiting time"},
	)
}
