// Package conversation conducts one conversation with a model: it builds the request, sends it, asks again if the reply
// does not match the schema, prints the reply, and appends to the transcript.
package conversation

import (
	"encoding/json"

	"github.com/chatcmpl/chatcmpl/internal/accept"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// Options describe one conversation.
type Options struct {
	Connect connect.Options
	// Input describes the messages. This package sets its Events.
	Input   input.Spec
	Request RequestOptions
	Accept  accept.Options
	Output  OutputOptions
	// DryRun prints the request's JSON in place of sending it, Curl a curl command.
	DryRun, Curl bool
	// RetriesByFlag reports whether a flag sets the schema retries; together with several choices that is an error.
	RetriesByFlag bool
}

// RequestOptions are the fields of a request besides its messages.
type RequestOptions struct {
	Parameters []Parameter
	// Tools names a file with the array of tools; empty for none.
	Tools string
	// ResponseFormat is text, json_object, JSON, or @FILE with JSON; empty for none. FormatWins is as Parameter.Wins.
	ResponseFormat string
	FormatWins     bool
	// Fields are set last and never checked.
	Fields []option.FieldValue
	// NoCheck skips the check for parameters that the model is known to refuse.
	NoCheck bool
	// Stream requests a stream, StreamUsage the usage at its end.
	Stream, StreamUsage bool
}

// Parameter is a field of the request with its value.
type Parameter struct {
	Field string
	Value json.RawMessage
	// Wins gives the parameter precedence over a field that came with the messages; otherwise it is a default.
	Wins bool
}

// OutputOptions describe the output of a reply.
type OutputOptions struct {
	// JSON prints the response's JSON, Filter the results of a jq filter on it; nil for none.
	JSON   bool
	Filter *render.Filter
	// Null ends each value by NUL instead of a newline, NoNewline omits the last newline.
	Null, NoNewline bool
	// File names the file to which the reply is written instead of stdout; empty for none.
	File string
	// Reasoning prints the reasoning text, Usage the usage to stderr.
	Reasoning, Usage bool
}

// isRaw reports whether the output is made from the response's JSON, not from the text.
func (o *OutputOptions) isRaw() bool { return o.JSON || o.Filter != nil }

func (o *Options) isShown() bool { return o.DryRun || o.Curl }
