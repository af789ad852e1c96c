package input

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// parseMessages adds what a file of messages holds: JSONL with a message a line, an array
// of messages, a whole request, or a response. Messages keep every byte. A usage error names
// the file with line and column, both from 1, the column in bytes.
func parseMessages(name string, raw []byte, conv *Conversation) error {
	f := &messageFile{name: name, text: raw, conv: conv}
	if bytes.HasPrefix(raw, []byte("\ufeff")) {
		f.bom = len("\ufeff")
	}
	if at := invalidAt(raw); at >= 0 {
		return f.hinted(lossyHint, at, "the byte 0x%02x at offset %d is not UTF-8", raw[at], at)
	}
	return f.values()
}

type messageFile struct {
	name string
	text []byte
	bom  int
	conv *Conversation
}

// values takes one value after the other. A line for each is only the common case: a value
// may be spread over lines.
func (f *messageFile) values() error {
	dec := json.NewDecoder(bytes.NewReader(f.text[f.bom:]))
	for count := 0; ; count++ {
		start := f.bom + int(dec.InputOffset())
		start += len(f.text[start:]) - len(bytes.TrimLeft(f.text[start:], " \t\r\n"))
		var value json.RawMessage
		err := dec.Decode(&value)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return f.bad(start, err)
		}
		if err := f.value(start, value, count > 0); err != nil {
			return err
		}
	}
}

// bad is what is wrong with the value that begins at start. Where its first line can't go
// on with the next one, that line is what was cut, not the next one that is wrong.
func (f *messageFile) bad(start int, err error) error {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return f.at(start, "the JSON ends too early")
	}
	at := f.bom + int(syntax.Offset) - 1
	if at == start && len(bytes.TrimSpace(f.text[f.bom:start])) == 0 {
		return f.hinted("a text goes in by --user-file, or by < on standard input", at, "it is not JSON")
	}
	line, _, _ := bytes.Cut(f.text[start:at], []byte("\n"))
	if end := start + len(line); end < at && len(bytes.TrimSpace(f.text[end:at])) == 0 {
		return f.at(start, "the JSON ends too early")
	}
	return f.at(at, "%s", syntax.Error())
}

func (f *messageFile) at(offset int, format string, args ...any) error {
	return f.hinted("", offset, format, args...)
}

func (f *messageFile) hinted(hint string, offset int, format string, args ...any) error {
	before := f.text[f.bom:min(max(offset, f.bom), len(f.text))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return failure.BadUsage(hint, "%s:%d:%d: %s", f.name, line, column, fmt.Sprintf(format, args...))
}

// value takes one top-level value. Only messages may follow another one.
func (f *messageFile) value(at int, raw []byte, follows bool) error {
	raw = bytes.TrimSpace(raw)
	if raw[0] == '[' {
		return f.array(at, raw)
	}
	if raw[0] != '{' {
		return f.at(at, "a message must be a JSON object")
	}
	obj, err := rawjson.ParseObject(raw)
	if err != nil {
		return f.at(at, "%v", err)
	}
	switch {
	case obj.Get("role") != nil || follows:
		return f.message(at, raw, obj)
	case obj.Get("choices") != nil:
		return f.response(at, raw)
	case obj.Get("messages") != nil:
		return f.request(at, obj)
	case obj.Get("model") != nil:
		f.fields(obj)
		return nil
	}
	return f.message(at, raw, obj)
}

func (f *messageFile) array(at int, raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	// The text is valid: the opening bracket and each value decode.
	_, _ = dec.Token()
	for dec.More() {
		start := int(dec.InputOffset())
		start += len(raw[start:]) - len(bytes.TrimLeft(raw[start:], ", \t\r\n"))
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return f.at(at+start, "%v", err)
		}
		obj, err := rawjson.ParseObject(value)
		if err != nil {
			return f.at(at+start, "a message must be a JSON object")
		}
		if err := f.message(at+start, value, obj); err != nil {
			return err
		}
	}
	return nil
}

func (f *messageFile) message(at int, raw []byte, obj rawjson.Object) error {
	var name string
	if json.Unmarshal(obj.Get("role"), &name) != nil || name == "" {
		return f.at(at, `a message must have a "role", such as "user"`)
	}
	f.conv.Added = append(f.conv.Added, rawjson.Of(raw))
	return nil
}

func (f *messageFile) request(at int, obj rawjson.Object) error {
	messages := bytes.TrimSpace(obj.Get("messages"))
	if len(messages) == 0 || messages[0] != '[' {
		return f.at(at, `"messages" must be an array`)
	}
	f.fields(obj)
	// Where a message of the array stands in the file is found by its bytes: the array's
	// text is a part of the file's.
	if i := bytes.Index(f.text[at:], messages); i >= 0 {
		at += i
	}
	return f.array(at, messages)
}

// fields takes a request's own fields. Whether a reply is streamed is the command's.
func (f *messageFile) fields(obj rawjson.Object) {
	for _, m := range obj.Without("messages", "stream") {
		f.conv.Fields = f.conv.Fields.With(m.Key, m.Value)
	}
}

func (f *messageFile) response(at int, raw []byte) error {
	var response struct {
		Choices []struct {
			Message json.RawMessage `json:"message"`
		} `json:"choices"`
	}
	if err := json.Unmarshal(raw, &response); err != nil || len(response.Choices) == 0 || response.Choices[0].Message == nil {
		return f.at(at, "the response has no message")
	}
	message := replayable(response.Choices[0].Message)
	obj, err := rawjson.ParseObject(message)
	if err != nil {
		return f.at(at, "the response's message is no object")
	}
	return f.message(at, message, obj)
}

// replayable is a reply's message for the next request: its own bytes, but "" in place of
// a null content, which the API does not take back, and with the role that some servers
// leave out.
func replayable(message []byte) []byte {
	obj, err := rawjson.ParseObject(message)
	if err != nil {
		return message
	}
	if string(obj.Get("content")) == "null" {
		obj = obj.With("content", json.RawMessage(`""`))
		message = obj.JSON()
	}
	if obj.Get("role") == nil {
		role := rawjson.Member{Key: "role", Value: json.RawMessage(`"assistant"`)}
		message = append(rawjson.Object{role}, obj...).JSON()
	}
	return message
}
