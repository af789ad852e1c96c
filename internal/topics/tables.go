package topics

import (
	"fmt"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/help"
	"github.com/chatcmpl/chatcmpl/internal/option"
)

// ExitTable returns the exit codes as a table.
func ExitTable() help.Block {
	rows := [][]string{{"code", "meaning", "worth a retry"}}
	for _, code := range failure.Codes() {
		rows = append(rows, []string{codeName(code), code.Meaning, code.Retry})
	}
	return help.Table(rows...)
}

// ExitCodes returns the exit codes as a list.
func ExitCodes() help.Block {
	var rows [][]string
	for _, code := range failure.Codes() {
		rows = append(rows, []string{codeName(code), code.Meaning})
	}
	return help.List(rows...)
}

func codeName(code failure.Code) string {
	if code.Number < 0 {
		return "signal"
	}
	return fmt.Sprint(code.Number)
}

// RequestFields returns the request fields and the flags that set them. Fields with a flag of their own come from the
// table of options.
func RequestFields() [][]string {
	rows := [][]string{{"messages", "words, -p, -s, -u, --assistant, their -file forms, -f, -a, -c, stdin"}}
	table := option.Table()
	for i := range table {
		if o := &table[i]; o.Field != "" {
			rows = append(rows, []string{o.Field, flagOf(o)})
		}
	}
	return append(rows,
		[]string{"stream", "the command stream"},
		[]string{"stream_options", "stream --usage"},
		[]string{"tools", "--tools FILE"},
		[]string{"response_format", "--schema, or --response-format text, json_object, JSON or @FILE"},
		[]string{"any other", "-F k=v, k:=JSON, k=@FILE, a[b][]=v"},
	)
}

// flagOf describes how a flag sets a field.
func flagOf(o *option.Option) string {
	text := "--" + o.Name
	if o.Short != "" && o.Short != o.Name {
		text = "-" + o.Short + ", " + text
	}
	if o.Name == "n" {
		text = "batch -n"
	}
	return text + ": " + o.Help
}

func environment() []help.Block {
	var rows [][]string
	for _, o := range option.Table() {
		if name := o.Variable(); name != "" {
			rows = append(rows, []string{name, "--" + o.Name})
		}
	}
	return []help.Block{
		help.Paragraph(`A flag wins over its variable, a variable over the config file (see chatcmpl help config) and the default. An
			empty variable counts as missing. Flags that say what is sent (prompts, files, -F) have no variable.`),
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
		[]string{"HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "proxies"},
		[]string{"NO_COLOR, TERM", "no color is ever printed; TERM=dumb turns the display of the wait off"},
	)
}
