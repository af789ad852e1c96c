package batch

import (
	"bytes"
	"context"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// formatter formats results that are not written unchanged.
type formatter struct {
	text, null bool
	filter     *render.Filter // nil for none
	table      *tabular       // nil for none
	redact     func(raw []byte) []byte
}

// format implements Config.Format.
func (f *formatter) format(ctx context.Context, result *Result) ([]byte, error) {
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
func (f *formatter) textOf(result *Result) string {
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
