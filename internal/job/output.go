package job

import (
	"bytes"
	"context"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/table"
)

// formatter formats results that are not written unchanged.
type formatter struct {
	text, null bool
	filter     *render.Filter // nil for none
	table      *tabular       // nil for none
	redact     func(raw []byte) []byte
}

// format implements Config.Format.
func (f *formatter) format(ctx context.Context, result *batch.Result) ([]byte, error) {
	var out bytes.Buffer
	w := render.Writer{Out: &out, NUL: f.null}
	var err error
	switch {
	case f.text:
		err = w.Value([]byte(f.textOf(result)))
	case f.table != nil:
		return f.table.line(tableResult(result)), nil
	case f.filter != nil:
		// A filter may print any part of a record, and escape it as JSON does.
		record := func() []byte { return f.redact(result.Record.JSON()) }
		err = w.Filtered(ctx, f.filter.With(variables(record, firstText(result))), result.AppendLine(nil))
	default:
		err = w.JSON(result.AppendLine(nil))
	}
	return out.Bytes(), err
}

// textOf returns the texts of a reply as one value: on one line, or without NUL if NUL ends it. For a failed record it
// is empty, so that the output stays aligned with the input.
func (f *formatter) textOf(result *batch.Result) string {
	switch text := strings.Join(result.Texts, "\n"); {
	case result.Failure != nil:
		return ""
	case f.null:
		return strings.ReplaceAll(text, "\x00", " ")
	default:
		return strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(strings.TrimRight(text, "\r\n"))
	}
}

// stdout is a results.Sink that prints results.
type stdout struct {
	*console.Output

	ordered bool
}

// Write implements results.Sink.
func (s *stdout) Write(text []byte) error {
	_, err := s.Output.Write(text)
	return err
}

// Sync implements results.Sink. There is nothing to sync in a pipe or a terminal.
func (s *stdout) Sync() error { return nil }

// Ordered implements results.Sink.
func (s *stdout) Ordered() bool { return s.ordered }

// tableResult returns a result in the form that a table needs.
func tableResult(r *batch.Result) *table.Result {
	made := &table.Result{CustomID: r.CustomID, Row: r.Record.Row, Text: firstText(r), Expected: string(r.Expect) == "true", Choices: len(r.Texts)}
	if r.Failure != nil {
		made.Error, made.Choices = r.Failure.Message, 0
	}
	return made
}

// firstText returns the text of the first choice, without the newlines at its end; empty for a failed record.
func firstText(r *batch.Result) string {
	if r.Failure != nil || len(r.Texts) == 0 {
		return ""
	}
	return strings.TrimRight(r.Texts[0], "\r\n")
}

// Variables returns the names of the variables that filters of results have.
func Variables() []string { return []string{"$input", "$text", "$value"} }

// variables returns the values of the variables for a result: the record as JSON, and the text of the first choice.
func variables(record func() []byte, text string) func(name string) any {
	return func(name string) any {
		switch name {
		case "$input":
			return render.Decode(record())
		case "$text":
			return text
		}
		return render.Decode([]byte(text))
	}
}
