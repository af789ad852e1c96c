package topics

import "github.com/chatcmpl/chatcmpl/internal/option"

// fieldRows returns the request fields and the flags that set them. Fields with a flag of their own come from the
// table of options.
func fieldRows() [][]string {
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
	return text + ": " + o.Description()
}
