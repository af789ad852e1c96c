package batch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Reader tells how records are read.
type Reader struct {
	// Lines takes each line as a prompt, not as JSON.
	Lines bool
	// Lossy puts U+FFFD for each byte that is not UTF-8 in place of refusing its line.
	Lossy bool
	// Replaced, if not nil, is told for how many bytes of a line. It is called by one at a time.
	Replaced func(bytes int)
	// Map turns any JSON record into one that is understood; nil for none.
	Map func(ctx context.Context, raw []byte) ([]byte, error)
	// Shard and Shards take every Shards-th line beginning with line Shard, counted from 1;
	// 0 and 0 take all.
	Shard, Shards int64
	// Read, if not nil, is told how many bytes of the input were taken.
	Read func(bytes int)
}

// Item is a record as it was read.
type Item struct {
	// Line is the record's line in the input, from 1.
	Line int64
	// CustomID is the record's own, or request-LINE.
	CustomID string
	// Fields are the request's fields but for its messages.
	Fields rawjson.Object
	// Messages are whole message objects.
	Messages []rawjson.Doc
	// System and Prompt are texts that become messages; nil where there are none. A record
	// has either messages or a prompt.
	System, Prompt *string
	// Err says that the line is no request; nothing is sent for it.
	Err *Failure
}

// kindRecord is the kind of a failure that was found before anything was sent.
const kindRecord = "record"

func invalid(format string, args ...any) *Failure {
	return &Failure{Kind: kindRecord, Message: fmt.Sprintf(format, args...)}
}

// Items gives the records one by one, as they arrive. Blank lines are none. An error of
// reading is given last; ctx's end ends the reading when the next line has come.
func (r *Reader) Items(ctx context.Context, in io.Reader) iter.Seq2[*Item, error] {
	return func(yield func(*Item, error) bool) {
		for line, err := range r.lines(in) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(r.Item(ctx, line), nil) {
				return
			}
		}
	}
}

// Item reads the record of a line.
func (r *Reader) Item(ctx context.Context, line Line) *Item {
	item := &Item{Line: line.Number, CustomID: idOf(line.Number)}
	if line.long {
		item.Err = invalid("the line is over %d MiB", maxLine>>20)
		return item
	}
	raw := line.Text
	if !utf8.Valid(raw) {
		if !r.Lossy {
			item.Err = invalid("the line is not UTF-8 text")
			return item
		}
		mended, replaced := rawjson.Mend(raw)
		if raw = mended; r.Replaced != nil {
			r.Replaced(replaced)
		}
	}
	switch {
	case r.Lines && r.Map == nil:
		prompt := string(raw)
		item.Prompt = &prompt
		return item
	case r.Lines:
		raw = rawjson.Quote(string(raw))
	}
	if r.Map != nil {
		if _, err := rawjson.Compact(raw); err != nil {
			item.fail(err)
			return item
		}
		mapped, err := r.Map(ctx, raw)
		if err != nil {
			item.Err = invalid("%v", err)
			return item
		}
		raw = mapped
	}
	item.read(raw)
	return item
}

// idOf is the id of a record without one.
func idOf(line int64) string {
	var room [32]byte
	return string(strconv.AppendInt(append(room[:0], "request-"...), line, 10))
}

// read tells a record by its shape: a request of the Batch API, a request, an array of
// messages, a prompt with a system text, or a string.
func (item *Item) read(raw []byte) {
	raw = bytes.TrimSpace(raw)
	var err error
	switch {
	case len(raw) == 0 || raw[0] != '{':
		err = item.plain(raw)
	default:
		var obj rawjson.Object
		if obj, err = rawjson.ParseObject(raw); err == nil {
			err = item.object(obj)
		}
	}
	if err != nil {
		item.fail(err)
	}
}

// CodeNotJSON is the code of a line that is no JSON.
const CodeNotJSON = "not_json"

func (item *Item) fail(err error) {
	item.Err = invalid("%s", strings.TrimPrefix(err.Error(), "json: "))
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		item.Err.Code = CodeNotJSON
	}
}

var errShape = errors.New(`the record is no request: it must have "body", "messages" or "prompt", or be an array of messages or a string`)

func (item *Item) plain(raw []byte) error {
	if _, err := rawjson.Compact(raw); err != nil {
		return err
	}
	switch raw[0] {
	case '[':
		return item.messages(raw)
	case '"':
		item.Prompt = new(string)
		return json.Unmarshal(raw, item.Prompt)
	}
	return errShape
}

func (item *Item) object(obj rawjson.Object) error {
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
			item.CustomID = own
		}
		obj = obj.Without("custom_id")
	}
	if body := obj.Get("body"); body != nil {
		return item.envelope(obj, body)
	}
	return item.request(obj)
}

// envelope is a line of the Batch API.
func (item *Item) envelope(obj rawjson.Object, body []byte) error {
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
	return item.request(request)
}

func (item *Item) request(obj rawjson.Object) error {
	switch {
	case obj.Get("messages") != nil:
		item.Fields = obj.Without("messages", "stream", "stream_options")
		return item.messages(obj.Get("messages"))
	case obj.Get("prompt") != nil:
		prompt, ok := rawjson.String(obj.Get("prompt"))
		if !ok {
			return errors.New(`"prompt" must be a string`)
		}
		item.Prompt = &prompt
		if raw := obj.Get("system"); raw != nil && string(raw) != "null" {
			system, ok := rawjson.String(raw)
			if !ok {
				return errors.New(`"system" must be a string`)
			}
			item.System = &system
		}
		item.Fields = obj.Without("prompt", "system", "stream", "stream_options")
		return nil
	}
	return errShape
}

func (item *Item) messages(raw []byte) error {
	item.Messages = make([]rawjson.Doc, 0, 2)
	list := rawjson.Read(raw)
	for i := range list.Elements() {
		start := list.Here()
		if !hasRole(&list) {
			return fmt.Errorf(`message %d must be an object with a "role"`, i+1)
		}
		item.Messages = append(item.Messages, rawjson.Of(list.Since(start)))
	}
	if len(item.Messages) == 0 {
		return errors.New(`"messages" must be an array of messages, and not empty`)
	}
	return nil
}

// hasRole reads a message.
func hasRole(c *rawjson.Cursor) (has bool) {
	for key := range c.Members() {
		has = has || string(key) == "role"
	}
	return has
}
