package offline

import (
	"encoding/json"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/sample"
	"github.com/chatcmpl/chatcmpl/internal/schema"
	"github.com/chatcmpl/chatcmpl/internal/serde"
)

// calls returns the tool calls that answer the request, or nil if a text answers it, as it does the results of tools.
func (q *chatRequest) calls(id identity) ([]toolCall, error) {
	if len(q.tools) == 0 || q.toolResults() != nil {
		return nil, nil
	}
	text := q.last("user").text
	var calls []toolCall
	for _, t := range q.called(text) {
		args, err := t.arguments(text)
		if err != nil {
			return nil, err
		}
		calls = append(calls, toolCall{id.callID(len(calls)), "function", calledFunction{t.name, arguments(args)}})
	}
	if !q.parallel && len(calls) > 1 {
		calls = calls[:1]
	}
	return calls, nil
}

// called returns the tools to call: the one that the request names, otherwise those that the text names, otherwise the
// first one if the request requires a call.
func (q *chatRequest) called(text string) []tool {
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

// afterWord returns the text after the first place where a name is a word of its own.
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

// arguments returns the JSON object that follows the tool's name in the text, or one that is made from the schema.
func (t *tool) arguments(text string) ([]byte, error) {
	if after, found := afterWord(text, t.name); found {
		var given json.RawMessage
		after = strings.TrimLeft(after, " \t\r\n:(")
		isJSON := strings.HasPrefix(after, "{") && json.NewDecoder(strings.NewReader(after)).Decode(&given) == nil
		if isJSON && t.accepts(given) {
			return given, nil
		}
	}
	if t.parameters == nil {
		return []byte("{}"), nil
	}
	args, err := sample.Of(t.parameters)
	if err != nil {
		return nil, invalid("Invalid request content: the parameters of the function %q: %v", serde.Clip(t.name), err)
	}
	return args, nil
}

// accepts reports whether arguments fit the tool's parameters.
func (t *tool) accepts(arguments []byte) bool {
	if t.parameters == nil {
		return true
	}
	s, err := schema.Compile(t.parameters)
	return err == nil && len(s.Check(arguments)) == 0
}

// toolCall is a call of a tool as it is sent.
type toolCall struct {
	ID       string         `json:"id"`
	Type     string         `json:"type"`
	Function calledFunction `json:"function"`
}

// split returns the call as deltas: one, or as many as its arguments are to have pieces. There are no empty pieces. The
// first delta names the function.
func (c *toolCall) split(pieces int) []callDelta {
	letters := []rune(c.Function.Arguments)
	pieces = max(1, min(pieces, len(letters)))
	deltas := make([]callDelta, pieces)
	for i := range deltas {
		from, to := i*len(letters)/pieces, (i+1)*len(letters)/pieces
		deltas[i].Function.Arguments = string(letters[from:to])
	}
	deltas[0].ID, deltas[0].Type, deltas[0].Function.Name = c.ID, c.Type, c.Function.Name
	return deltas
}

// callDelta is a tool call, or a piece of its arguments, with its place among the calls.
type callDelta struct {
	Index    int           `json:"index"`
	ID       string        `json:"id,omitempty"`
	Type     string        `json:"type,omitempty"`
	Function functionDelta `json:"function"`
}

type functionDelta struct {
	Name      string `json:"name,omitempty"`
	Arguments string `json:"arguments"`
}

type calledFunction struct {
	Name      string    `json:"name"`
	Arguments arguments `json:"arguments"`
}

// arguments is JSON in a string. A rule may also have it as plain JSON.
type arguments string

func (a *arguments) UnmarshalJSON(raw []byte) error {
	if text, ok := rawjson.String(raw); ok {
		*a = arguments(text)
		return nil
	}
	compact, err := rawjson.Compact(raw)
	*a = arguments(compact)
	return err
}
