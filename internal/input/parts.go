package input

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Parts holds what the conversations of a batch share: leading messages, request fields, and the pictures that each one
// gets.
type Parts struct {
	spec     *Spec
	messages []rawjson.Doc
	fields   rawjson.Object
	pictures []picture
}

// ReadParts reads the items and pictures of a spec. It ignores the words, and reads standard input only for an item or
// picture "-".
func ReadParts(ctx context.Context, stdin *Stdin, spec *Spec) (*Parts, error) {
	r := &reader{spec: spec, stdin: stdin}
	if err := r.claims(); err != nil {
		return nil, err
	}
	conv := &Conversation{}
	if err := r.items(ctx, conv); err != nil {
		return nil, err
	}
	pictures, err := r.pictures(ctx)
	if err != nil {
		return nil, err
	}
	return &Parts{spec, conv.Added, conv.Fields, pictures}, nil
}

// Prompt returns a conversation of a prompt and, unless system is nil, a system message.
func (p *Parts) Prompt(system *string, prompt string, fields rawjson.Object) Conversation {
	conv := p.newConversation(fields)
	if system != nil {
		conv.Added = append(conv.Added, textMessage("system", *system))
	}
	conv.Added = append(conv.Added, userMessage(prompt, p.pictures, p.spec))
	return conv
}

// Messages returns a conversation of the given messages, which it owns afterwards. The pictures are added to the last
// user message, or form a new one if there is none.
func (p *Parts) Messages(messages []rawjson.Doc, fields rawjson.Object) (Conversation, error) {
	conv := p.newConversation(fields)
	conv.Added = slices.Insert(messages, 0, p.messages...)
	if len(p.pictures) == 0 {
		return conv, nil
	}
	for i := len(conv.Added) - 1; i >= len(conv.Added)-len(messages); i-- {
		if role(conv.Added[i]) == "user" {
			joined, err := p.addPictures(conv.Added[i])
			conv.Added[i] = joined
			return conv, err
		}
	}
	conv.Added = append(conv.Added, userMessage("", p.pictures, p.spec))
	return conv, nil
}

// newConversation returns a conversation with the shared messages and fields. The given fields take precedence.
func (p *Parts) newConversation(fields rawjson.Object) Conversation {
	conv := Conversation{Added: slices.Clip(p.messages), Fields: fields}
	for _, m := range p.fields {
		if fields.Get(m.Key) == nil {
			conv.Fields = conv.Fields.With(m.Key, m.Value)
		}
	}
	return conv
}

// addPictures adds the pictures to a user message, whose other fields stay byte for byte the same.
func (p *Parts) addPictures(message rawjson.Doc) (rawjson.Doc, error) {
	obj, err := rawjson.ParseObject(message.Bytes())
	if err != nil {
		return message, badUsage("a user message: %w", err)
	}
	var parts []rawjson.Doc
	content := bytes.TrimSpace(obj.Get("content"))
	switch list := rawjson.Read(content); list.Next() {
	case '[':
		for range list.Elements() {
			parts = append(parts, rawjson.Of(list.Value()))
		}
	case '"':
		var text string
		if err := json.Unmarshal(content, &text); err != nil {
			return message, badUsage("a user message's content: %w", err)
		}
		parts = append(parts, textPart(text))
	}
	var d rawjson.Doc
	d.Text("{")
	for _, m := range obj.Without("content") {
		d.Raw(rawjson.Quote(m.Key))
		d.Text(":")
		d.Raw(m.Value)
		d.Text(",")
	}
	d.Text(`"content":`)
	d.Append(partList(parts, p.pictures, p.spec))
	d.Text("}")
	return d, nil
}
