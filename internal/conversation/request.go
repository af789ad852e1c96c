package conversation

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/accept"
	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Template builds requests from options. The files that the options name have been read.
type Template struct {
	parameters    []Parameter
	fields        rawjson.Object // -F
	filled        []filledField  // -F, if any of it has columns
	model         string         // the endpoint's default; empty if it has none
	modelsCommand string         // for hints
	noCheck       bool
	anyEffort     bool // the endpoint takes reasoning_effort for every model
	stream        bool
	usage         bool
}

// NewTemplate reads the files that the options name. Errors are usage errors.
func NewTemplate(o RequestOptions, to *connect.Endpoint, rules *accept.Rules) (*Template, error) {
	t := &Template{
		parameters: o.Parameters, model: to.Model, modelsCommand: to.ModelsCommand, noCheck: o.NoCheck, anyEffort: to.AnyEffort,
		stream: o.Stream, usage: o.StreamUsage,
	}
	tools, err := readTools(o.Tools)
	if err != nil {
		return nil, err
	}
	t.add("tools", tools, true)
	format, err := readFormat(o.ResponseFormat)
	if err != nil {
		return nil, err
	}
	t.add("response_format", format, o.FormatWins)
	t.add("response_format", rules.Format(), true)
	values, err := readFields(o.Fields)
	if err != nil {
		return nil, err
	}
	return t, t.setFields(values)
}

func (t *Template) add(field string, value json.RawMessage, wins bool) {
	if value != nil {
		t.parameters = append(t.parameters, Parameter{field, value, wins})
	}
}

// Request builds the request of a conversation. Flags take precedence over fields that came with the messages, and
// those over settings. Request adds no default values. Errors are usage errors.
func (t *Template) Request(conv *input.Conversation) (*api.Request, error) {
	fields := conv.Fields
	if !t.stream {
		fields = fields.Without("stream_options")
	}
	for _, p := range t.parameters {
		if p.Wins || fields.Get(p.Field) == nil {
			fields = fields.With(p.Field, p.Value)
		}
	}
	model, err := t.modelOf(fields)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(model, fields.Get("model")) {
		fields = fields.With("model", model)
	}
	req := &api.Request{Messages: conv.Messages(), Fields: fields}
	// Fields set by -F are not checked, except that the model may come from -F.
	if err := t.check(req); err != nil {
		return nil, err
	}
	for _, m := range t.fields {
		req.Fields = req.Fields.With(m.Key, m.Value)
	}
	if t.stream {
		req.Fields = t.streamFields(req.Fields)
	}
	return req, nil
}

func (t *Template) modelOf(fields rawjson.Object) (json.RawMessage, error) {
	if model := t.fields.Get("model"); model != nil {
		return model, nil
	}
	if model := fields.Get("model"); model != nil {
		return model, nil
	}
	if t.model == "" {
		return nil, failure.BadUsage("give -m MODEL or set CHATCMPL_MODEL; "+t.modelsCommand+" lists them",
			"no model is given, and only %s has a default", "https://api.x.ai")
	}
	return rawjson.Quote(t.model), nil
}

func (t *Template) streamFields(fields rawjson.Object) rawjson.Object {
	fields = fields.With("stream", json.RawMessage("true"))
	if t.usage && fields.Get("stream_options") == nil {
		fields = fields.With("stream_options", json.RawMessage(`{"include_usage":true}`))
	}
	return fields
}

// check returns an error for parameters that the model, or an agentic request, is known to refuse.
func (t *Template) check(req *api.Request) error {
	if t.noCheck {
		return nil
	}
	names := slices.DeleteFunc(req.RefusedParameters(), func(name string) bool { return name == "reasoning_effort" && t.anyEffort })
	if len(names) > 0 {
		return failure.BadUsage("leave it out, take another model, or send it anyway with --no-check",
			"%s refuses %s", req.Model(), strings.Join(names, " and "))
	}
	if n := req.Choices(); n > 1 && req.HasFileParts() {
		return failure.BadUsage("ask for one choice, or send it anyway with --no-check",
			"a request with file parts is agentic, and the API refuses n over 1 for such requests (n is %d)", n)
	}
	return nil
}

func readTools(name string) (json.RawMessage, error) {
	if name == "" {
		return nil, nil
	}
	raw, err := readJSON("tools", name)
	if err != nil {
		return nil, err
	}
	if raw[0] != '[' {
		return nil, failure.BadOption("tools", "", " %s: must be an array of tools", name)
	}
	return raw, nil
}

func readFormat(text string) (json.RawMessage, error) {
	name, isFile := strings.CutPrefix(text, "@")
	switch {
	case text == "":
		return nil, nil
	case isFile:
		return readJSON("response-format", name)
	case strings.HasPrefix(text, "{"):
		raw, err := rawjson.Compact([]byte(text))
		if err != nil {
			return nil, failure.BadOption("response-format", "", ": %w", err)
		}
		return raw, nil
	}
	if text != "text" && text != "json_object" {
		return nil, failure.BadOption("response-format", "give a schema as JSON or @FILE", " %q: must be text, json_object, JSON or @FILE", text)
	}
	return rawjson.Object{{Key: "type", Value: rawjson.Quote(text)}}.JSON(), nil
}

// readJSON reads a file that must hold one JSON value.
func readJSON(name, file string) (json.RawMessage, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, failure.BadOption(name, "", ": %w", err)
	}
	compact, err := rawjson.Compact(raw)
	if err != nil {
		return nil, failure.BadOption(name, "", " %s: %w", file, err)
	}
	return compact, nil
}
