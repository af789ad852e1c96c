package input

import (
	"context"
	"io"
	"iter"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// All yields the records, one by one, as they arrive. If reading fails, the last pair holds the error. After the end of
// ctx, the iteration ends once the next line has arrived.
func (r *Records) All(ctx context.Context, in io.Reader) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		for line, err := range r.EachLine(in) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(r.Parse(ctx, line), nil) {
				return
			}
		}
	}
}

// Parse returns the record on a line. Its error is in Record.Err.
func (r *Records) Parse(ctx context.Context, line Line) *Record {
	rec := &Record{Line: line.Number, Extent: line.Extent, CustomID: defaultID(line.Number)}
	if r.Rows != nil {
		rec.readRow(r, line)
		return rec
	}
	if line.tooLong {
		rec.Err = invalid("the line is over %d MiB", maxLine>>20)
		return rec
	}
	raw := line.Text
	if !utf8.Valid(raw) {
		if !r.Lossy {
			rec.Err = invalid("the line is not UTF-8 text")
			return rec
		}
		valid, replaced := rawjson.ToValidUTF8(raw)
		if raw = valid; r.Replaced != nil {
			r.Replaced(replaced)
		}
	}
	rec.line, rec.plain = raw, r.Lines
	switch {
	case r.Lines && r.Map == nil:
		prompt := string(raw)
		rec.Prompt = &prompt
		return rec
	case r.Lines:
		raw = rawjson.Quote(string(raw))
	}
	if r.Map != nil {
		if _, err := rawjson.Compact(raw); err != nil {
			rec.fail(err)
			return rec
		}
		mapped, err := r.Map(ctx, raw)
		if err != nil {
			rec.Err = invalid("%v", err)
			return rec
		}
		raw = mapped
	}
	rec.read(raw)
	return rec
}
