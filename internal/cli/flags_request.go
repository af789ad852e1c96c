package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// param is a flag that becomes a field of the request. Its range is checked when it is
// set, before anything else happens.
type param struct {
	flag, field string
	read        func(string) (json.RawMessage, error)
	// repeat makes a list of all values.
	repeat bool
	list   []string
	raw    json.RawMessage // nil until it is set
	kind   string
	text   string
}

func (p *param) String() string { return p.text }
func (p *param) Type() string   { return p.kind }

func (p *param) Set(s string) error {
	raw, err := p.read(s)
	if err != nil {
		return err
	}
	p.raw, p.text = raw, s
	if p.repeat {
		p.list = append(p.list, string(raw))
		if len(p.list) > 4 {
			return errors.New("the API takes at most 4")
		}
		p.raw = json.RawMessage("[" + strings.Join(p.list, ",") + "]")
	}
	return nil
}

// requestFlags are the flags that become fields of the request.
type requestFlags struct {
	params  []*param
	fields  fieldFlags
	tools   string
	format  string
	noCheck bool
}

func (f *requestFlags) bind(cmd *cobra.Command) {
	fs := cmd.Flags()
	f.param(fs, "model", "m", "name", "the model", filled)
	f.param(fs, "temperature", "", "number", "how freely it samples, 0 to 2", number(0, 2, false, "from 0 to 2"))
	f.param(fs, "top-p", "", "number", "nucleus sampling, over 0 and up to 1", number(0, 1, true, "over 0 and up to 1"))
	f.param(fs, "max-tokens", "", "number", "the most tokens of the reply (max_tokens, the name that every server knows)", integer(1, math.MaxInt64, "from 1"))
	f.param(fs, "max-completion-tokens", "", "number", "the most visible tokens of the reply (max_completion_tokens)", integer(1, math.MaxInt64, "from 1"))
	f.param(fs, "stop", "", "text", "a text that ends the reply; up to 4", quoted).repeat = true
	f.param(fs, "presence-penalty", "", "number", "-2 to 2; reasoning models refuse it", number(-2, 2, false, "from -2 to 2"))
	f.param(fs, "frequency-penalty", "", "number", "-2 to 2; reasoning models refuse it", number(-2, 2, false, "from -2 to 2"))
	f.param(fs, "seed", "", "number", "for replies that can be repeated", integer(math.MinInt32, math.MaxInt32, "of 32 bits"))
	f.param(fs, "reasoning-effort", "", "level", "none, low, medium, high or xhigh, by model", quoted)
	f.param(fs, "tool-choice", "", "choice", "none, auto, required, a function's name, or JSON", toolChoice)
	f.param(fs, "logprobs", "", "bool", "ask for the tokens' log probabilities", boolean)
	fs.Lookup("logprobs").NoOptDefVal = "true"
	f.param(fs, "top-logprobs", "", "number", "0 to 8 likely tokens at each place", integer(0, 8, "from 0 to 8"))
	f.param(fs, "user-id", "", "id", "your user on whose behalf this is sent (user)", quoted).field = "user"
	fs.StringVar(&f.tools, "tools", "", "a `file` with the array of tools")
	fs.StringVar(&f.format, "response-format", "", "text, json_object, or JSON or @FILE with the whole `format`")
	fs.VarP(&f.fields, "field", "F", "any other field: k=v, k:=JSON, k=@FILE, a[b][]=v; may repeat")
	fs.BoolVar(&f.noCheck, "no-check", false, "send what the model is known to refuse")
	completes(cmd, "reasoning-effort", "none", "low", "medium", "high", "xhigh")
	completes(cmd, "tool-choice", "none", "auto", "required")
	completes(cmd, "response-format", "text", "json_object")
	noEnv(fs, "field", "tools")
}

// bindChoices adds -n, the number of choices.
func (f *requestFlags) bindChoices(cmd *cobra.Command) {
	p := &param{flag: "n", field: "n", kind: "number", read: integer(1, math.MaxInt32, "from 1")}
	f.params = append(f.params, p)
	cmd.Flags().VarP(p, p.flag, "n", "how many choices to ask for")
	noEnv(cmd.Flags(), p.flag)
}

func (f *requestFlags) param(fs *pflag.FlagSet, flag, short, kind, help string, read func(string) (json.RawMessage, error)) *param {
	p := &param{flag: flag, field: strings.ReplaceAll(flag, "-", "_"), kind: kind, read: read}
	f.params = append(f.params, p)
	fs.VarP(p, flag, short, help)
	return p
}

// quoted reads a text. What is not UTF-8 can't be sent as it is.
func quoted(s string) (json.RawMessage, error) {
	if !utf8.ValidString(s) {
		return nil, errors.New("must be UTF-8 text")
	}
	return rawjson.Quote(s), nil
}

// filled reads a text that must not be empty, as a script's unset variable is.
func filled(s string) (json.RawMessage, error) {
	if s == "" {
		return nil, errors.New("must not be empty")
	}
	return quoted(s)
}

func boolean(s string) (json.RawMessage, error) {
	b, err := strconv.ParseBool(s)
	if err != nil {
		return nil, errors.New("must be true or false")
	}
	return strconv.AppendBool(nil, b), nil
}

func toolChoice(s string) (json.RawMessage, error) {
	switch {
	case s == "none" || s == "auto" || s == "required":
		return rawjson.Quote(s), nil
	case json.Valid([]byte(s)):
		return json.RawMessage(s), nil
	case strings.HasPrefix(s, "{"):
		return nil, errors.New("must be valid JSON")
	}
	return json.RawMessage(`{"type":"function","function":{"name":` + string(rawjson.Quote(s)) + `}}`), nil
}

// overlay is what the flags make of a request, with everything read that they name.
type overlay struct {
	flags    *requestFlags
	settings []setting
	extra    rawjson.Object // -F
	model    string         // the endpoint's default; empty where it has none
}

// setting is a field and its value; it wins over the fields that came with the messages
// where it was given on the command line, and else only fills a gap.
type setting struct {
	field string
	raw   json.RawMessage
	wins  bool
}

func (f *requestFlags) overlay(cmd *cobra.Command, to *endpoint, shape *shape) (*overlay, error) {
	o := &overlay{flags: f, model: to.model}
	add := func(flag, field string, raw json.RawMessage) {
		if raw != nil {
			o.settings = append(o.settings, setting{field, raw, cmd.Flags().Changed(flag)})
		}
	}
	for _, p := range f.params {
		add(p.flag, p.field, p.raw)
	}
	tools, err := f.toolList()
	if err != nil {
		return nil, err
	}
	add("tools", "tools", tools)
	format, err := f.responseFormat()
	if err != nil {
		return nil, err
	}
	if format != nil && shape.format != nil {
		return nil, usage("", "--schema and --response-format don't go together")
	}
	add("response-format", "response_format", format)
	add("schema", "response_format", shape.format)
	o.extra, err = f.fields.read()
	return o, err
}

// request puts a request together: the fields that came with the messages, over them the
// flags, and environment variables only where neither says anything. What nobody set is
// not sent.
func (o *overlay) request(conv *input.Conversation, stream *streaming) (*api.Request, error) {
	fields := conv.Fields
	if stream == nil {
		fields = fields.Without("stream_options")
	}
	for _, s := range o.settings {
		if s.wins || fields.Get(s.field) == nil {
			fields = fields.With(s.field, s.raw)
		}
	}
	model := o.extra.Get("model")
	if model == nil {
		model = fields.Get("model")
	}
	if model == nil {
		if o.model == "" {
			return nil, usage("give -m MODEL or set CHATCMPL_MODEL; chatcmpl models lists them", "no model is given, and only %s has a default", "https://api.x.ai")
		}
		model = rawjson.Quote(o.model)
	}
	if !bytes.Equal(model, fields.Get("model")) {
		fields = fields.With("model", model)
	}
	req := &api.Request{Messages: conv.Messages(), Fields: fields}
	// The rules hold for what has a flag of its own; but for the model, -F is never checked.
	if err := o.flags.refused(req); err != nil {
		return nil, err
	}
	for _, m := range o.extra {
		req.Fields = req.Fields.With(m.Key, m.Value)
	}
	if stream != nil {
		req.Fields = stream.apply(req.Fields)
	}
	return req, nil
}

// refused says what the model, or an agentic request, is known to refuse.
func (f *requestFlags) refused(req *api.Request) error {
	if f.noCheck {
		return nil
	}
	if names := req.RefusedParameters(); len(names) > 0 {
		return usage("leave it out, take a model that does not reason, or send it anyway with --no-check",
			"%s is a reasoning model, which refuses %s", req.Model(), strings.Join(names, " and "))
	}
	if n := req.Choices(); n > 1 && req.HasFileParts() {
		return usage("ask for one choice, or send it anyway with --no-check",
			"a request with file parts is agentic, and such requests take no n over 1 (n is %d)", n)
	}
	return nil
}

func (f *requestFlags) toolList() (json.RawMessage, error) {
	if f.tools == "" {
		return nil, nil
	}
	raw, err := readJSON("--tools", f.tools)
	if err != nil {
		return nil, err
	}
	if raw[0] != '[' {
		return nil, usage("", "--tools %s: must be an array of tools", f.tools)
	}
	return raw, nil
}

func (f *requestFlags) responseFormat() (json.RawMessage, error) {
	name, isFile := strings.CutPrefix(f.format, "@")
	switch {
	case f.format == "":
		return nil, nil
	case isFile:
		return readJSON("--response-format", name)
	case strings.HasPrefix(f.format, "{"):
		raw, err := rawjson.Compact([]byte(f.format))
		if err != nil {
			return nil, usage("", "--response-format: %w", err)
		}
		return raw, nil
	}
	if f.format != "text" && f.format != "json_object" {
		return nil, usage("a schema goes in by JSON or @FILE", "--response-format %q: must be text, json_object, JSON or @FILE", f.format)
	}
	return rawjson.Object{{Key: "type", Value: rawjson.Quote(f.format)}}.JSON(), nil
}

// readJSON reads a file that must hold one JSON value.
func readJSON(flag, name string) (json.RawMessage, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, usage("", "%s: %w", flag, err)
	}
	compact, err := rawjson.Compact(raw)
	if err != nil {
		return nil, usage("", "%s %s: %w", flag, name, err)
	}
	return compact, nil
}

// streaming are the fields that a command which streams sends of its own.
type streaming struct{ usage bool }

func (s *streaming) apply(fields rawjson.Object) rawjson.Object {
	fields = fields.With("stream", json.RawMessage("true"))
	if s.usage && fields.Get("stream_options") == nil {
		fields = fields.With("stream_options", json.RawMessage(`{"include_usage":true}`))
	}
	return fields
}
