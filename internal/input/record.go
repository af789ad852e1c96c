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
)

// Records says how the records of a batch are read.
type Records struct {
	// Lines reads each line as a prompt, not as JSON.
	Lines bool
	// Lossy replaces each byte that is not UTF-8 by U+FFFD instead of refusing its line.
	Lossy bool
	// Replaced, if not nil, is called with the number of such bytes in a line, by one goroutine at a time.
	Replaced func(bytes int)
	// Map turns any JSON record into one of the known forms; nil leaves it as it is.
	Map func(ctx context.Context, raw []byte) ([]byte, error)
	// Shard and Shards take every Shards-th line beginning with line Shard, counted from 1;
	// 0 and 0 take all.
	Shard, Shards int64
	// Taken, if not nil, is called with the length in bytes of each line of the input, its end included.
	Taken func(bytes int)
}

// Record is a record as it was read.
type Record struct {
	// Line is the record's line in the input, from 1.
	Line int64
	// CustomID is the record's own, or request-LINE.
	CustomID string
	// Fields are the request's fields except its messages.
	Fields rawjson.Object
	// Messages are whole message objects.
	Messages []rawjson.Doc
	// System and Prompt are texts that become messages; nil if there are none. A record has either messages or a prompt.
	System, Prompt *string
	// Err is not nil for a line that is no request.
	Err *RecordError
}

// RecordError is a line that is no request. Nothing is sent for it.
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

// All returns the records one by one, as they arrive, without blank lines. An error of reading is the last. The end of ctx
// ends the reading when the next line has come.
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

// Parse reads the record of a line.
func (r *Records) Parse(ctx context.Context, line Line) *Record {
	rec := &Record{Line: line.Number, CustomID: idOf(line.Number)}
	if line.long {
		rec.Err = invalid("the line is over %d MiB", maxLine>>20)
		return rec
	}
	raw := line.Text
	if !utf8.Valid(raw) {
		if !r.Lossy {
			rec.Err = invalid("the line is not UTF-8 text")
			return rec
		}
		mended, replaced := rawjson.Mend(raw)
		if raw = mended; r.Replaced != nil {
			r.Replaced(replaced)
		}
	}
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

// idOf returns the id of a record that has none of its own.
func idOf(line int64) string {
	var room [32]byte
	return string(strconv.AppendInt(append(room[:0], "request-"...), line, 10))
}

// read recognizes a record by its form: a request of the Batch API, a request, an array of messages, a prompt with a system
// text, or a string.
func (rec *Record) read(raw []byte) {
	raw = bytes.TrimSpace(raw)
	var err error
	switch {
	case len(raw) == 0 || raw[0] != '{':
		err = rec.plain(raw)
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

var errNoRequest = errors.New(`the record is no request: it must have "body", "messages" or "prompt", or be an array of messages or a string`)

func (rec *Record) plain(raw []byte) error {
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
			own, ok := rawjson.String(id)
			if _, err := strconv.ParseFloat(string(id), 64); err == nil {
				// A number is as good a name.
				own, ok = string(id), true
			}
			if !ok || own == "" {
				return errors.New(`"custom_id" must be a string, and not empty`)
			}
			rec.CustomID = own
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

// envelope reads a line of the Batch API.
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

// hasRole reads a message and reports whether it has a role.
func hasRole(c *rawjson.Cursor) (has bool) {
	for key := range c.Members() {
		has = has || string(key) == "role"
	}
	return has
}
