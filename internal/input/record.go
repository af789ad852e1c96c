package input

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/rows"
)

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
