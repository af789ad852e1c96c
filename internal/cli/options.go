package cli

import (
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/accept"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/conversation"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/secret"
	"github.com/chatcmpl/chatcmpl/internal/session"
	"github.com/chatcmpl/chatcmpl/internal/settings"
)

// This file turns the values of options into the options structs of the rooms that use them.

func (p *program) connectOptions(v *settings.Values) connect.Options {
	forOther := v.ForOtherServer("api-key-file")
	if forOther == "" {
		forOther = v.ForOtherServer("api-key-command")
	}
	return connect.Options{
		BaseURL: v.Text("base-url"), Offline: v.On("offline"), ModelsCommand: modelsCommand(v), Replies: v.Text("replies"),
		Record: p.exchangesFile(v, "record"), Replay: p.exchangesFile(v, "replay"), Cache: p.exchangesFile(v, "cache"), Session: p.getenv(session.Variable),
		Headers: v.Texts("header"), HeadersFor: v.ForOtherServer("header"),
		Timeout: v.Duration("timeout"), ConnectTimeout: v.Duration("connect-timeout"), IdleTimeout: v.Duration("idle-timeout"),
		Retries: v.Int("retries", 0), CACert: v.Text("cacert"), ClientCert: v.Text("client-cert"), ClientKey: v.Text("client-key"),
		ProxyURL: v.Text("proxy"), ProxyFrom: v.Called("proxy"),
		KeyFile: v.Text("api-key-file"), KeyCommand: v.Text("api-key-command"), KeyFor: forOther,
		KeyByFlag:    v.ByFlag("api-key-file") || v.ByFlag("api-key-command"),
		AllowHTTPKey: v.On("allow-http-key"), Getenv: p.getenv, Environ: p.environ, UserAgent: "chatcmpl/" + version(),
	}
}

// modelsCommand returns the command that lists the models of the server that the flags select.
func modelsCommand(v *settings.Values) string {
	switch {
	case v.ByFlag("base-url"):
		return "chatcmpl models --base-url URL"
	case v.ByFlag("profile"):
		return "chatcmpl models --profile " + console.Quote(v.Text("profile"))
	}
	return "chatcmpl models"
}

// exchangesFile returns the file that an option names for exchanges. Inside record and replay, a file that only the config file
// names is not used, with a note, because nobody asked for it in this run.
func (p *program) exchangesFile(v *settings.Values, name string) string {
	outer, inside := session.ParseAddress(p.getenv(session.Variable))
	if !inside || v.Get(name).Level != settings.InFile {
		return v.Text(name)
	}
	p.con.Note("%s is not used inside chatcmpl %s, whose exchanges are in %s", v.Called(name), outer.Mode, outer.File)
	return ""
}

// inputSpec returns the input that the options and the words of the command line describe.
func inputSpec(v *settings.Values, words []string) (input.Spec, error) {
	if v.IsSet("prompt") {
		if slices.ContainsFunc(words, func(w string) bool { return w != "-" }) {
			return input.Spec{}, failure.BadUsage("put the whole prompt into -p, or into the words", "there is a prompt in -p and another in the words")
		}
		words = append([]string{v.Text("prompt")}, words...)
	}
	return input.Spec{
		Items: items(v), Words: words, Pictures: v.Texts("attach"), Detail: v.Text("detail"), TextFirst: v.On("text-first"),
		Continue: v.Text("continue"), NoStdin: calledIfOn(v, "no-stdin"), RequireStdin: calledIfOn(v, "require-stdin"),
		Lossy: v.On("lossy"), Outside: otherFiles(v),
	}, nil
}

// calledIfOn returns the user's spelling of a switch that is on; empty if it is off.
func calledIfOn(v *settings.Values, name string) string {
	if !v.On(name) {
		return ""
	}
	return v.Called(name)
}

// otherFiles returns the files named by options, except those whose content is sent and the output file.
func otherFiles(v *settings.Values) []input.Item {
	handled := []string{"system-file", "user-file", "assistant-file", "file", "attach", "continue", "output"}
	var all []input.Item
	for _, o := range v.Options() {
		if slices.Contains(handled, o.Name) {
			continue
		}
		for _, text := range v.Texts(o.Name) {
			if name := fileIn(o, text); name != "" && name != "-" {
				all = append(all, input.Item{Flag: v.Called(o.Name), Arg: name, Sent: o.Type == option.Assignment || o.Name == "input"})
			}
		}
	}
	return all
}

// fileIn returns the file name in a value; empty if it contains none.
func fileIn(o *option.Option, text string) string {
	switch {
	case o.Name == "schema":
		// The value may also be the schema itself, but no file has such a name.
		return text
	case o.Type == option.Assignment:
		field, _ := option.ParseField(text) // checked when the flag was parsed
		return field.File
	}
	if _, name, ok := o.File(text); ok {
		return name
	}
	return ""
}

// items returns the messages that flags give, in the order of the command line.
func items(v *settings.Values) []input.Item {
	var all []input.Item
	for _, g := range v.InOrder("system", "system-file", "user", "user-file", "assistant", "assistant-file", "file") {
		role, isFile := strings.CutSuffix(g.Option.Name, "-file")
		item := input.Item{Kind: input.Text, Role: role, Arg: g.Text, Flag: "--" + g.Option.Name}
		switch {
		case g.Option.Name == "file":
			item.Kind, item.Role = input.Messages, ""
		case isFile:
			item.Kind = input.TextFile
		}
		all = append(all, item)
	}
	return all
}

// requestOptions returns the fields of requests. withRows takes columns in the values of -F.
func requestOptions(v *settings.Values, withRows bool) (conversation.RequestOptions, error) {
	parse := option.ParseField
	if withRows {
		parse = option.ParseRowField
	}
	o := conversation.RequestOptions{
		Tools: v.Text("tools"), ResponseFormat: v.Text("response-format"), FormatWins: v.ByFlag("response-format"), NoCheck: v.On("no-check"),
	}
	for _, row := range v.Options() {
		if value := v.Get(row.Name); row.Field != "" && len(value.JSON) > 0 {
			o.Parameters = append(o.Parameters, conversation.Parameter{Field: row.Field, Value: value.OfField(row), Wins: v.ByFlag(row.Name)})
		}
	}
	for _, text := range v.Texts("field") {
		field, err := parse(text)
		if err != nil {
			return o, failure.BadOption("field", "", " %q: %w", text, err)
		}
		o.Fields = append(o.Fields, field)
	}
	return o, nil
}

func acceptOptions(v *settings.Values) accept.Options {
	o := accept.Options{
		Schema: v.Text("schema"), SchemaRetries: v.Int("schema-retries", 0),
		Extract: v.IsSet("extract"), Language: v.Text("extract"), Reasons: v.Words("accept"),
	}
	if o.Language == option.AnyLanguage {
		o.Language = ""
	}
	return o
}

func (p *program) outputOptions(v *settings.Values) (o conversation.OutputOptions, err error) {
	o = conversation.OutputOptions{
		JSON: v.On("json"), Null: v.On("null"), NoNewline: v.On("no-newline"), File: v.Text("output"),
		Reasoning: v.On("reasoning"), Usage: v.On("usage"),
	}
	o.Filter, err = p.filter(v.Filter("jq"))
	return o, err
}

// filter compiles a jq filter; nil for an empty one. It sees the environment, except the variables that hold secrets.
func (p *program) filter(expr string, variables ...string) (*render.Filter, error) {
	if expr == "" {
		return nil, nil //nolint:nilnil // most commands run without a filter
	}
	var public []string
	for _, pair := range p.environ() {
		if name, _, _ := strings.Cut(pair, "="); !secret.Named(name) {
			public = append(public, pair)
		}
	}
	return render.Compile(expr, public, variables...)
}

// conversationOptions returns the options that chat, stream and image share.
func (p *program) conversationOptions(v *settings.Values, words []string) (*conversation.Options, error) {
	spec, err := inputSpec(v, words)
	if err != nil {
		return nil, err
	}
	output, err := p.outputOptions(v)
	if err != nil {
		return nil, err
	}
	request, err := requestOptions(v, false)
	if err != nil {
		return nil, err
	}
	return &conversation.Options{
		Connect: p.connectOptions(v), Input: spec, Request: request, Accept: acceptOptions(v), Output: output,
		DryRun: v.On("dry-run"), Curl: v.On("curl"), RetriesByFlag: v.ByFlag("schema-retries"),
	}, nil
}
