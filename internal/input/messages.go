package input

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/rows"
)

// parseMessages adds the messages of a file to conv. The file is JSONL with one message per line, an array of messages,
// a whole request, or a response. Messages keep every byte. Usage errors name the file, the line and the column, both
// counted from 1, columns in bytes.
func parseMessages(name string, raw []byte, conv *Conversation) error {
	// Outside of strings, which contain no newline, a byte order mark counts as white space.
	raw = bytes.ReplaceAll(raw, []byte("\n\ufeff"), []byte("\n   "))
	f := &messageFile{name: name, text: raw, conv: conv}
	if bytes.HasPrefix(raw, []byte("\ufeff")) {
		f.bom = len("\ufeff")
	}
	if encoding := rows.UTF16(raw); encoding != "" {
		return f.errorWithHint(rows.UTF16Hint(encoding), 0, "it is UTF-16, not UTF-8 text")
	}
	if offset := invalidOffset(raw); offset >= 0 {
		return f.errorWithHint(lossyHint, offset, "the byte 0x%02x at offset %d is not UTF-8", raw[offset], offset)
	}
	return f.values()
}

type messageFile struct {
	name string
	text []byte
	bom  int
	conv *Conversation
}

// values reads the values of the file. Usually each is on a line, but a value may also span several lines.
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
			return f.syntaxError(start, err)
		}
		if err := f.value(start, value, count > 0); err != nil {
			return err
		}
	}
}

// syntaxError returns the error of the value that begins at start. If the first line of the value is incomplete and the
// next line can't continue it, the first line is reported: it was cut, and the next one is probably correct.
func (f *messageFile) syntaxError(start int, err error) error {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return f.errorAt(start, "the JSON ends too early")
	}
	offset := f.bom + int(syntax.Offset) - 1
	if offset == start && len(bytes.TrimSpace(f.text[f.bom:start])) == 0 {
		return f.errorWithHint("send a text with --user-file, or with < on standard input", offset, "it is not JSON")
	}
	line, _, _ := bytes.Cut(f.text[start:offset], []byte("\n"))
	if end := start + len(line); end < offset && len(bytes.TrimSpace(f.text[end:offset])) == 0 {
		return f.errorAt(start, "the JSON ends too early")
	}
	return f.errorAt(offset, "%s", syntax.Error())
}

func (f *messageFile) errorAt(offset int, format string, args ...any) error {
	return f.errorWithHint("", offset, format, args...)
}

func (f *messageFile) errorWithHint(hint string, offset int, format string, args ...any) error {
	before := f.text[f.bom:min(max(offset, f.bom), len(f.text))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := len(before) - bytes.LastIndexByte(before, '\n')
	return failure.BadUsage(hint, "%s:%d:%d: %s", f.name, line, column, fmt.Sprintf(format, args...))
}

// value adds one top-level value. Values after the first must be messages.
func (f *messageFile) value(offset int, raw []byte, follows bool) error {
	raw = bytes.TrimSpace(raw)
	if raw[0] == '[' {
		return f.array(offset, raw)
	}
	if raw[0] != '{' {
		return f.errorAt(offset, "a message must be a JSON object")
	}
	obj, err := rawjson.ParseObject(raw)
	if err != nil {
		return f.errorAt(offset, "%v", err)
	}
	switch {
	case obj.Get("role") != nil || follows:
		return f.message(offset, raw, obj)
	case obj.Get("choices") != nil:
		return f.response(offset, raw)
	case obj.Get("messages") != nil:
		return f.request(offset, obj)
	case obj.Get("model") != nil:
		f.fields(obj)
		return nil
	}
	return f.message(offset, raw, obj)
}

func (f *messageFile) array(offset int, raw []byte) error {
	dec := json.NewDecoder(bytes.NewReader(raw))
	// The text is valid JSON, so its first token is the bracket.
	_, _ = dec.Token()
	for dec.More() {
		start := int(dec.InputOffset())
		start += len(raw[start:]) - len(bytes.TrimLeft(raw[start:], ", \t\r\n"))
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return f.errorAt(offset+start, "%v", err)
		}
		obj, err := rawjson.ParseObject(value)
		if err != nil {
			return f.errorAt(offset+start, "a message must be a JSON object")
		}
		if err := f.message(offset+start, value, obj); err != nil {
			return err
		}
	}
	return nil
}

func (f *messageFile) message(offset int, raw []byte, obj rawjson.Object) error {
	var name string
	if json.Unmarshal(obj.Get("role"), &name) != nil || name == "" {
		return f.errorAt(offset, `a message must have a "role", such as "user"`)
	}
	f.conv.Added = append(f.conv.Added, rawjson.Of(raw))
	return nil
}

func (f *messageFile) request(offset int, obj rawjson.Object) error {
	messages := bytes.TrimSpace(obj.Get("messages"))
	if len(messages) == 0 || messages[0] != '[' {
		return f.errorAt(offset, `"messages" must be an array`)
	}
	f.fields(obj)
	// The array's bytes are part of the file, so searching for them finds the offset that errors refer to.
	if i := bytes.Index(f.text[offset:], messages); i >= 0 {
		offset += i
	}
	return f.array(offset, messages)
}

// fields adds the fields of a request, except "stream": the command decides whether to stream.
func (f *messageFile) fields(obj rawjson.Object) {
	for _, m := range obj.Without("messages", "stream") {
		f.conv.Fields = f.conv.Fields.With(m.Key, m.Value)
	}
}

func (f *messageFile) response(offset int, raw []byte) error {
	var response struct {
		Choices []struct {
			Message json.RawMessage `json:"message"`
		} `json:"choices"`
	}
	if err := json.Unmarshal(raw, &response); err != nil || len(response.Choices) == 0 || response.Choices[0].Message == nil {
		return f.errorAt(offset, "the response has no message")
	}
	message := replayable(response.Choices[0].Message)
	obj, err := rawjson.ParseObject(message)
	if err != nil {
		return f.errorAt(offset, "the response's message is not an object")
	}
	return f.message(offset, message, obj)
}

// replayable returns the message of a reply in the form that the API accepts in a request. It replaces a null content
// and arguments that are not strings, removes an empty list of tool calls and a false refusal, and sets the role that
// some servers omit, or send as null or "". Otherwise the bytes stay the same.
func replayable(message []byte) []byte {
	obj, err := rawjson.ParseObject(message)
	if err != nil {
		return message
	}
	if string(obj.Get("content")) == "null" {
		obj = obj.With("content", json.RawMessage(`""`))
		message = obj.JSON()
	}
	if calls := obj.Get("tool_calls"); calls != nil {
		obj = replayableCalls(obj, calls)
		message = obj.JSON()
	}
	if string(obj.Get("refusal")) == "false" {
		obj = obj.Without("refusal")
		message = obj.JSON()
	}
	if role := string(obj.Get("role")); role == "" || role == "null" || role == `""` {
		role := rawjson.Member{Key: "role", Value: json.RawMessage(`"assistant"`)}
		message = append(rawjson.Object{role}, obj.Without("role")...).JSON()
	}
	return message
}

// replayableCalls returns the message with tool calls as in requests: no empty list, no null, and arguments as strings.
func replayableCalls(message rawjson.Object, raw json.RawMessage) rawjson.Object {
	// A server that sends more is hostile, and gets back what it sent.
	const longest = 1 << 20
	if len(raw) > longest {
		return message
	}
	calls, _ := rawjson.Elements(raw)
	if raw[0] == '{' && len(rawjson.Known(raw)) > 0 {
		// Some servers send a call without its list.
		calls = []json.RawMessage{raw}
	}
	calls = slices.DeleteFunc(calls, func(call json.RawMessage) bool { return string(call) == "null" })
	if len(calls) == 0 {
		return message.Without("tool_calls")
	}
	for i, call := range calls {
		fields := rawjson.Known(call)
		function := rawjson.Known(fields.Get("function"))
		if arguments := function.Get("arguments"); len(arguments) > 0 && arguments[0] == '{' {
			function = function.With("arguments", rawjson.Quote(string(arguments)))
			calls[i] = fields.With("function", function.JSON()).JSON()
		}
	}
	return message.With("tool_calls", rawjson.Array(calls))
}
