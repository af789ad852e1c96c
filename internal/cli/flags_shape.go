package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/schema"
)

// shapeFlags are the flags that say what a reply's text must look like.
type shapeFlags struct {
	schema  string
	retries int
	extract bool
	lang    string // empty for any
}

// anyLang stands for --extract without a language.
const anyLang = "any"

// schemaForms are the ways in which --schema is given.
const schemaForms = "a file, its JSON, or name:string, age:int, tags:string[]"

func (f *shapeFlags) bind(cmd *cobra.Command) {
	flags := cmd.Flags()
	given := &value{kind: "file", set: func(s string) error {
		if strings.TrimSpace(s) == "" {
			return errors.New("must be " + schemaForms)
		}
		f.schema = s
		return nil
	}}
	flags.Var(given, "schema", "ask for JSON of this schema and check the reply: "+schemaForms)
	extract := &value{kind: "lang", set: func(s string) error {
		f.extract, f.lang = true, s
		if s == anyLang {
			f.lang = ""
		}
		return nil
	}}
	flags.VarPF(extract, "extract", "x", "print only the first fenced code block, or the first of that language (-x=go)").NoOptDefVal = anyLang
	noEnv(flags, "schema", "extract")
}

// bindRetries adds what only a reply that is not printed piece by piece can have.
func (f *shapeFlags) bindRetries(cmd *cobra.Command) {
	cmd.Flags().Var(count(&f.retries, 0), "schema-retries", "ask again so often, with the complaint, when the reply does not fit the schema")
}

// check refuses retries of what can't fail. As a setting they may wait for a schema.
func (f *shapeFlags) check(cmd *cobra.Command) error {
	if f.schema == "" && cmd.Flags().Changed("schema-retries") {
		return usage("", "--schema-retries goes with --schema")
	}
	return nil
}

// read reads the schema. The shape is never nil.
func (f *shapeFlags) read() (*shape, error) {
	s := &shape{extract: f.extract, lang: f.lang, retries: f.retries}
	if f.schema == "" {
		return s, nil
	}
	raw, err := f.source()
	if err != nil {
		return nil, err
	}
	if obj := rawjson.Known(raw); obj.Get("schema") != nil && obj.Get("name") != nil {
		return nil, usage("the schema is what stands under its \"schema\"", "--schema %s: it is a json_schema of a response_format, which as a schema would allow everything", f.schema)
	}
	if s.schema, err = schema.Compile(raw); err != nil {
		return nil, usage("", "--schema %s: %w", f.schema, err)
	}
	if raw, err = rawjson.Compact(raw); err != nil {
		return nil, usage("", "--schema %s: %w", f.schema, err)
	}
	body := rawjson.Object{{Key: "name", Value: rawjson.Quote("reply")}, {Key: "schema", Value: raw}}
	if s.schema.Strict() {
		// Some servers refuse it with any other schema.
		body = body.With("strict", json.RawMessage("true"))
	}
	s.format = rawjson.Object{{Key: "type", Value: rawjson.Quote("json_schema")}, {Key: "json_schema", Value: body.JSON()}}.JSON()
	return s, nil
}

// source is the JSON Schema: an object as it stands, what a file holds, or what the short
// form means. A name that looks like a file's must be one.
func (f *shapeFlags) source() ([]byte, error) {
	if strings.HasPrefix(strings.TrimSpace(f.schema), "{") {
		return []byte(f.schema), nil
	}
	name, marked := strings.CutPrefix(f.schema, "@")
	raw, err := os.ReadFile(name)
	switch {
	case err == nil:
		return raw, nil
	case marked, strings.HasSuffix(name, ".json"), !strings.ContainsAny(name, ":, ") && (strings.ContainsAny(name, `/\.`) || !errors.Is(err, fs.ErrNotExist)):
		return nil, usage("", "--schema: %w", err)
	}
	if raw, err = schema.Short(f.schema); err != nil {
		return nil, usage(schemaForms, "--schema %q: %w", f.schema, err)
	}
	return raw, nil
}

// shape is what a reply's text must look like to be taken.
type shape struct {
	schema  *schema.Schema  // nil for any text
	format  json.RawMessage // the response_format that asks for it; nil without a schema
	extract bool
	lang    string
	retries int
}

// checks says whether a reply's text is looked at, so that a stream's must be kept.
func (s *shape) checks() bool { return s.schema != nil || s.extract }

// describeFence is what there was to be found in a reply.
func (s *shape) describeFence() string {
	if s.lang == "" {
		return "fenced code block"
	}
	return fmt.Sprintf("fenced code block of %s", s.lang)
}
