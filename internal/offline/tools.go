package offline

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/sample"
	"github.com/chatcmpl/chatcmpl/internal/schema"
)

// A tool is a function that the model may call, or one of the server's own, which has no name and is never called here.
type tool struct {
	name       string
	parameters []byte // its JSON Schema; nil for none
}

// A toolChoice is what a request says about calling: none, auto or required, or the name of a function.
type toolChoice struct{ mode, name string }

// A call is one tool call, as the wire has it.
type call struct {
	ID       string     `json:"id"`
	Type     string     `json:"type"`
	Function calledWith `json:"function"`
}

type calledWith struct {
	Name      string    `json:"name"`
	Arguments arguments `json:"arguments"`
}

// arguments are JSON in a string; a file of replies may have them as they are.
type arguments string

func (a *arguments) UnmarshalJSON(raw []byte) error {
	if raw[0] == '"' {
		return json.Unmarshal(raw, (*string)(a))
	}
	var compact bytes.Buffer
	err := json.Compact(&compact, raw)
	*a = arguments(compact.String())
	return err
}

func (q *request) readTools(v value) error {
	q.tools = nil
	return v.items(func(item value) error {
		var t tool
		kind, declared := "", false
		err := item.need("struct Tool", "type", func(key string, field value) error {
			switch {
			case key == "type":
				return field.text(&kind)
			case key == "function" && !field.isNull():
				declared = true
				return field.need("struct FunctionDefinition", "name", t.field)
			}
			return nil
		})
		if err == nil && kind == "function" && !declared {
			err = item.missing("function")
		}
		q.tools = append(q.tools, t)
		return err
	})
}

func (t *tool) field(key string, v value) error {
	switch {
	case key == "name":
		return v.text(&t.name)
	case key == "parameters" && !v.isNull():
		t.parameters = v.raw()
	}
	return nil
}

func (q *request) readToolChoice(v value) error {
	q.choice = &toolChoice{}
	if v.kind() == '{' {
		return v.need("struct ToolChoice", "function", func(key string, field value) error {
			if key != "function" {
				return nil
			}
			return field.need("struct FunctionName", "name", func(key string, field value) error {
				if key != "name" {
					return nil
				}
				return field.text(&q.choice.name)
			})
		})
	}
	if err := v.text(&q.choice.mode); err != nil {
		return err
	}
	switch q.choice.mode {
	case "none", "auto", "required":
		return nil
	}
	return v.unknown(q.choice.mode, "`none`, `auto`, `required`")
}

func (q *request) checkTools() error {
	switch {
	case q.choice == nil:
		return nil
	case len(q.tools) == 0:
		return invalid("Invalid request content: A tool_choice was set on the request but no tools were specified.")
	case q.choice.name == "":
		return nil
	}
	for _, t := range q.tools {
		if t.name == q.choice.name {
			return nil
		}
	}
	return invalid("Invalid request content: tool_choice names the function %q, which is not among the tools.", clip(q.choice.name))
}

// calls are the calls that answer a request; none where the answer is a text. A conversation that ends with what tools
// returned is answered with a text.
func (q *request) calls(sum digest) ([]call, error) {
	if len(q.tools) == 0 || q.returned() != nil {
		return nil, nil
	}
	text := q.last("user").text
	var calls []call
	for _, t := range q.called(text) {
		args, err := t.arguments(text)
		if err != nil {
			return nil, err
		}
		id := "call_" + hex.EncodeToString(append(sum[:4:4], byte(len(calls))))
		calls = append(calls, call{id, "function", calledWith{t.name, arguments(args)}})
	}
	if q.oneCall && len(calls) > 1 {
		calls = calls[:1]
	}
	return calls, nil
}

// called are the tools that are called: the one that the request names, else those that the text names, else the first
// where one is required.
func (q *request) called(text string) []tool {
	var named []tool
	choice := toolChoice{mode: "auto"}
	if q.choice != nil {
		choice = *q.choice
	}
	var functions []tool
	for _, t := range q.tools {
		if t.name == "" {
			continue
		}
		functions = append(functions, t)
		_, mentioned := afterWord(text, t.name)
		if t.name == choice.name || choice.name == "" && mentioned {
			named = append(named, t)
		}
	}
	switch {
	case choice.mode == "none":
		return nil
	case choice.mode == "required" && named == nil:
		return functions[:min(1, len(functions))]
	}
	return named
}

// afterWord is what follows a name where it first stands in a text as a word of its own.
func afterWord(text, name string) (after string, found bool) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
	letter := func(at int) bool { return at >= 0 && at < len(text) && strings.IndexByte(letters, text[at]) >= 0 }
	for from := 0; ; from++ {
		next := strings.Index(text[from:], name)
		if next < 0 {
			return "", false
		}
		from += next
		if end := from + len(name); !letter(from-1) && !letter(end) {
			return text[end:], true
		}
	}
}

// arguments are a JSON object that stands in the text after the tool's name, or one that is made from the schema.
func (t *tool) arguments(text string) ([]byte, error) {
	if after, found := afterWord(text, t.name); found {
		var given json.RawMessage
		after = strings.TrimLeft(after, " \t\r\n:(")
		if strings.HasPrefix(after, "{") && json.NewDecoder(strings.NewReader(after)).Decode(&given) == nil && t.takes(given) {
			return given, nil
		}
	}
	if t.parameters == nil {
		return []byte("{}"), nil
	}
	args, err := sample.Of(t.parameters)
	if err != nil {
		return nil, invalid("Invalid request content: the parameters of the function %q: %v", clip(t.name), err)
	}
	return args, nil
}

// takes says whether arguments are valid.
func (t *tool) takes(arguments []byte) bool {
	if t.parameters == nil {
		return true
	}
	s, err := schema.Compile(t.parameters)
	return err == nil && len(s.Check(arguments)) == 0
}

// returned are the tool messages after the last message that is none; nil where the conversation does not end with one.
func (q *request) returned() []message {
	first := len(q.messages)
	for first > 0 && (q.messages[first-1].role == "tool" || q.messages[first-1].role == "function") {
		first--
	}
	if first == len(q.messages) {
		return nil
	}
	return q.messages[first:]
}

// last is the last message of a role, or the last of all where there is none.
func (q *request) last(role string) message {
	found := q.messages[len(q.messages)-1]
	for _, m := range q.messages {
		if m.role == role {
			found = m
		}
	}
	return found
}
