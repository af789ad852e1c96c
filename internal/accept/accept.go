// Package accept decides whether the caller accepts a reply. It checks the finish_reason, refusals, the text, a schema,
// a code block, and the number of choices.
package accept

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/schema"
)

// Options describe which replies the caller accepts.
type Options struct {
	// Schema is a JSON Schema, the name of a file that holds one, or its short form; empty accepts any text.
	Schema string
	// SchemaRetries is the maximum number of further requests after a reply that does not match the schema.
	SchemaRetries int
	// Extract takes the first fenced code block out of the text, or the first of Language, if that is not empty.
	Extract  bool
	Language string
	// Reasons are words of --accept; replies with these problems are accepted nevertheless.
	Reasons []string
	// JSON reports whether the caller uses the response's JSON, which is acceptable without text.
	JSON bool
}

// Rules are compiled Options. They are safe for concurrent use.
type Rules struct {
	options Options
	schema  *schema.Schema // nil for any text
	format  json.RawMessage
}

// Compile reads and compiles the schema. Errors are usage errors.
func Compile(o Options) (*Rules, error) {
	r := &Rules{options: o}
	if o.Schema == "" {
		return r, nil
	}
	raw, err := readSchema(o.Schema)
	if err != nil {
		return nil, err
	}
	if obj := rawjson.Known(raw); obj.Get("schema") != nil && obj.Get("name") != nil {
		return nil, failure.BadOption("schema", "give only the schema in it, the value of \"schema\"",
			" %s: it is the json_schema of a response_format, which would allow everything if used as a schema", o.Schema)
	}
	if r.schema, err = schema.Compile(raw); err != nil {
		return nil, failure.BadOption("schema", "", " %s: %w", o.Schema, err)
	}
	if raw, err = rawjson.Compact(raw); err != nil {
		return nil, failure.BadOption("schema", "", " %s: %w", o.Schema, err)
	}
	r.format = responseFormat(raw, r.schema.Strict())
	return r, nil
}

// responseFormat returns the response_format that asks for JSON of a schema. Some servers refuse "strict" with a schema that
// is not.
func responseFormat(raw json.RawMessage, strict bool) json.RawMessage {
	body := rawjson.Object{{Key: "name", Value: rawjson.Quote("reply")}, {Key: "schema", Value: raw}}
	if strict {
		body = body.With("strict", json.RawMessage("true"))
	}
	return rawjson.Object{{Key: "type", Value: rawjson.Quote("json_schema")}, {Key: "json_schema", Value: body.JSON()}}.JSON()
}

// readSchema returns the JSON Schema that text describes: itself if it is an object, otherwise the content of the file
// of that name, or the expansion of a short form. It is an error if text looks like a file name but there is no such
// file.
func readSchema(text string) ([]byte, error) {
	switch plain := strings.TrimSpace(text); {
	case plain == "":
		return nil, failure.BadOption("schema", "", " %q: must be %s", text, option.SchemaForms)
	case strings.HasPrefix(plain, "{"):
		return []byte(text), nil
	}
	name, isFile := strings.CutPrefix(text, "@")
	if name == "-" {
		return nil, failure.BadOption("schema", "", ": must name a file; standard input is /dev/stdin")
	}
	raw, err := os.ReadFile(name)
	looksLikeFile := strings.HasSuffix(name, ".json") ||
		!strings.ContainsAny(name, ":, ") && (strings.ContainsAny(name, `/\.`) || !errors.Is(err, fs.ErrNotExist))
	switch {
	case err == nil:
		return bytes.TrimPrefix(raw, []byte("\ufeff")), nil
	case isFile, looksLikeFile:
		return nil, failure.BadOption("schema", "", ": %w", err)
	}
	if raw, err = schema.Short(text); err != nil {
		return nil, failure.BadOption("schema", option.SchemaForms, " %q: %w", text, err)
	}
	return raw, nil
}

// Format returns the response_format that asks for JSON of the schema; nil without a schema.
func (r *Rules) Format() json.RawMessage { return r.format }

// Retries returns Options.SchemaRetries.
func (r *Rules) Retries() int { return r.options.SchemaRetries }

// ChecksText reports whether the rules check the text of a reply, so that the text of a stream must be collected.
func (r *Rules) ChecksText() bool { return r.schema != nil || r.options.Extract }

// Fence returns an extractor of the code block from a streamed text; nil if the whole text is used.
func (r *Rules) Fence() *render.Fence {
	if !r.options.Extract {
		return nil
	}
	return &render.Fence{Lang: r.options.Language}
}

// Text returns the part of a reply's text to print: all of it, or the code block, which is empty if there is none.
func (r *Rules) Text(text string) string {
	part, _ := r.part(text)
	return part
}

func (r *Rules) part(text string) (part string, found bool) {
	f := r.Fence()
	if f == nil {
		return text, true
	}
	part = f.Next(text) + f.End()
	return part, f.Found()
}

// describeFence returns a description of the code block that -x extracts.
func (r *Rules) describeFence() string {
	if r.options.Language == "" {
		return "fenced code block"
	}
	return fmt.Sprintf("fenced code block of %s", r.options.Language)
}
