package input

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/rows"
)

// Records controls how the records of a batch are read.
type Records struct {
	// Lines treats each line as a prompt, not as JSON.
	Lines bool
	// Lossy replaces each byte that is not UTF-8 by U+FFFD instead of refusing the line.
	Lossy bool
	// Replaced, if not nil, is called with the number of such bytes in a line, by one goroutine at a time.
	Replaced func(bytes int)
	// Map transforms a JSON record into one of the known forms; nil leaves records as they are.
	Map func(ctx context.Context, raw []byte) ([]byte, error)
	// Shard and Shards select every Shards-th line, or row, beginning with that of number Shard, counted from 1; 0 and 0 select
	// all. Limit ends the input after as many of those; 0 is no limit.
	Shard, Shards, Limit int64
	// Only, if not nil, reports whether the line, or row, that begins on a line is read; the others are passed over.
	Only func(line int64) bool
	// Rows reads the input as a table; nil for none. ID is the column that holds the custom_id, if it is not empty.
	Rows *rows.Table
	ID   string
	// LineRead, if not nil, is called with the length in bytes of each line of the input, including its end.
	LineRead func(bytes int)
}

// Record is one record of a batch.
type Record struct {
	// Line is the number of the line in the input, from 1.
	Line int64
	// Extent locates that line, or row, in the input.
	Extent
	// CustomID is the custom_id of the record, or request-LINE if it has none.
	CustomID string
	// Fields are the request's fields except its messages.
	Fields rawjson.Object
	// Messages holds complete message objects.
	Messages []rawjson.Doc
	// System and Prompt are texts that become messages; nil if there are none. A record has either messages or a prompt.
	System, Prompt *string
	// Row is the row of a table; nil for another record, and for a row that could not be read. It has no messages yet.
	Row *rows.Row
	// Err is set if the line is not a valid request; nothing is sent for it.
	Err *RecordError

	line  []byte // as it stands in the input
	plain bool   // it is text, not JSON
}

// JSON returns the record as it came: the row, the JSON, or the line as a string. It is nil for a line that is no JSON.
func (rec *Record) JSON() []byte {
	if rec.Row != nil {
		return rec.Row.JSON()
	}
	if rec.plain {
		return rawjson.Quote(string(rec.line))
	}
	raw, err := rawjson.Compact(rec.line)
	if err != nil {
		return nil
	}
	return raw
}

// RecordError reports a line that is not a valid request.
type RecordError struct {
	Message string
	// Code is CodeNotJSON, CodeDuplicate, or empty.
	Code string
}

// The codes of a RecordError.
const (
	CodeNotJSON   = "not_json"
	CodeDuplicate = "duplicate_custom_id"
)

func (e *RecordError) Error() string { return e.Message }

// Failure implements failure.Reporter.
func (e *RecordError) Failure() failure.Report {
	return failure.Report{Kind: failure.Record, Code: e.Code}
}

func invalid(format string, args ...any) *RecordError {
	return &RecordError{Message: fmt.Sprintf(format, args...)}
}

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

// defaultID returns the custom_id of a record without one.
func defaultID(line int64) string {
	var buf [32]byte
	return string(strconv.AppendInt(append(buf[:0], "request-"...), line, 10))
}

// read reads a record in any of its forms: a line of the Batch API, a request, an array of messages, a prompt with a
// system text, or a string.
func (rec *Record) read(raw []byte) {
	raw = bytes.TrimSpace(raw)
	var err error
	switch {
	case len(raw) == 0 || raw[0] != '{':
		err = rec.nonObject(raw)
	default:
		var obj rawjson.Object
		if obj, err = rawjson.ParseObject(raw); err == nil {
			err = rec.object(obj)
		}
	}
	if err != nil {
		rec.fail(err)
	}
}

func (rec *Record) fail(err error) {
	rec.Err = invalid("%s", strings.TrimPrefix(err.Error(), "json: "))
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		rec.Err.Code = CodeNotJSON
	}
}

var errNoRequest = errors.New(`the record is not a request: it must have "body", "messages" or "prompt", or be an array of messages or a string`)

func (rec *Record) nonObject(raw []byte) error {
	if _, err := rawjson.Compact(raw); err != nil {
		return err
	}
	switch raw[0] {
	case '[':
		return rec.messages(raw)
	case '"':
		rec.Prompt = new(string)
		return json.Unmarshal(raw, rec.Prompt)
	}
	return errNoRequest
}

func (rec *Record) object(obj rawjson.Object) error {
	if id := obj.Get("custom_id"); id != nil {
		if string(id) != "null" {
			customID, ok := rawjson.String(id)
			if _, err := strconv.ParseFloat(string(id), 64); err == nil {
				// A number identifies a record just as well.
				customID, ok = string(id), true
			}
			if !ok || customID == "" {
				return errors.New(`"custom_id" must be a string, and not empty`)
			}
			rec.CustomID = customID
		}
		obj = obj.Without("custom_id")
	} else if err := misspelled(obj, "custom_id"); err != nil {
		return err
	}
	if body := obj.Get("body"); body != nil {
		return rec.envelope(obj, body)
	}
	return rec.request(obj)
}

// envelope reads a line in the format of the Batch API.
func (rec *Record) envelope(obj rawjson.Object, body []byte) error {
	if method, ok := rawjson.String(obj.Get("method")); obj.Get("method") != nil && (!ok || method != "POST") {
		return errors.New(`"method" must be "POST"`)
	}
	if url, ok := rawjson.String(obj.Get("url")); obj.Get("url") != nil && (!ok || !strings.HasSuffix(url, "/chat/completions")) {
		return errors.New(`"url" must be "/v1/chat/completions"`)
	}
	if body[0] != '{' {
		return errors.New(`"body" must be a request object`)
	}
	request, err := rawjson.ParseObject(body)
	if err != nil {
		return err
	}
	return rec.request(request)
}

func (rec *Record) request(obj rawjson.Object) error {
	switch {
	case obj.Get("messages") != nil:
		rec.Fields = obj.Without("messages", "stream", "stream_options")
		return rec.messages(obj.Get("messages"))
	case obj.Get("prompt") != nil:
		prompt, ok := rawjson.String(obj.Get("prompt"))
		if !ok {
			return errors.New(`"prompt" must be a string`)
		}
		rec.Prompt = &prompt
		if raw := obj.Get("system"); raw != nil && string(raw) != "null" {
			system, ok := rawjson.String(raw)
			if !ok {
				return errors.New(`"system" must be a string`)
			}
			rec.System = &system
		}
		rec.Fields = obj.Without("prompt", "system", "stream", "stream_options")
		return misspelled(rec.Fields, "prompt", "system", "custom_id")
	}
	return cmp.Or(misspelled(obj, "prompt", "messages", "body"), errNoRequest)
}

func (rec *Record) messages(raw []byte) error {
	rec.Messages = make([]rawjson.Doc, 0, 2)
	list := rawjson.Read(raw)
	for i := range list.Elements() {
		start := list.Here()
		if !hasRole(&list) {
			return fmt.Errorf(`message %d must be an object with a "role"`, i+1)
		}
		rec.Messages = append(rec.Messages, rawjson.Of(list.Since(start)))
	}
	if len(rec.Messages) == 0 {
		return errors.New(`"messages" must be an array of messages, and not empty`)
	}
	return nil
}
