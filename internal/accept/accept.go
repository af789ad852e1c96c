// Package accept decides whether a reply is one that the caller accepts: by its finish_reason, a refusal, its text, a schema,
// a code block, and the number of choices.
package accept

import (
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

// Options say what the caller accepts.
type Options struct {
	// Schema is a JSON Schema, the name of a file that holds one, or its short form; empty accepts any text.
	Schema string
	// SchemaRetries is how often a model is asked again whose reply does not fit the schema.
	SchemaRetries int
	// Extract takes the first fenced code block out of the text, or the first of Language, if that is not empty.
	Extract  bool
	Language string
	// Reasons are words of option.FinishReasons by which a reply is acceptable all the same.
	Reasons []string
	// JSON says that the caller wants the reply's JSON: it needs no text then.
	JSON bool
}

// Rules decide by compiled Options. They are safe for concurrent use.
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
		return nil, failure.BadOption("schema", "the schema is what stands under its \"schema\"",
			" %s: it is a json_schema of a response_format, which as a schema would allow everything", o.Schema)
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

// readSchema returns a JSON Schema: the text itself where it is an object, what the file of that name holds, or what the short
// form means. A text that looks like a file's name must name one.
func readSchema(text string) ([]byte, error) {
	switch plain := strings.TrimSpace(text); {
	case plain == "":
		return nil, failure.BadOption("schema", "", " %q: must be %s", text, option.SchemaForms)
	case strings.HasPrefix(plain, "{"):
		return []byte(text), nil
	}
	name, marked := strings.CutPrefix(text, "@")
	raw, err := os.ReadFile(name)
	looksLikeFile := strings.HasSuffix(name, ".json") ||
		!strings.ContainsAny(name, ":, ") && (strings.ContainsAny(name, `/\.`) || !errors.Is(err, fs.ErrNotExist))
	switch {
	case err == nil:
		return raw, nil
	case marked, looksLikeFile:
		return nil, failure.BadOption("schema", "", ": %w", err)
	}
	if raw, err = schema.Short(text); err != nil {
		return nil, failure.BadOption("schema", option.SchemaForms, " %q: %w", text, err)
	}
	return raw, nil
}

// Format returns the response_format that asks for JSON of the schema; nil without a schema.
func (r *Rules) Format() json.RawMessage { return r.format }

// Retries returns how often a model is asked again whose reply does not fit.
func (r *Rules) Retries() int { return r.options.SchemaRetries }

// ChecksText reports whether the rules look at a reply's text, so that the text of a stream must be kept.
func (r *Rules) ChecksText() bool { return r.schema != nil || r.options.Extract }

// Fence returns what takes the code block out of a text that comes in pieces; nil if the whole text is wanted.
func (r *Rules) Fence() *render.Fence {
	if !r.options.Extract {
		return nil
	}
	return &render.Fence{Lang: r.options.Language}
}

// Text returns what is printed of a reply's text: all of it or its code block, which is empty if there is none.
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

// describeFence names what -x looks for.
func (r *Rules) describeFence() string {
	if r.options.Language == "" {
		return "fenced code block"
	}
	return fmt.Sprintf("fenced code block of %s", r.options.Language)
}
