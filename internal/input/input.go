// Package input turns the user's input (prompt words, standard input, files of messages, pictures, a transcript) into
// the messages of a request, and lines into the records of a batch. It neither sends nor prints anything.
package input

import (
	"bytes"
	"context"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Read reads everything that spec names. Its errors are usage errors, or ctx's cause if ctx ended the wait for standard
// input.
func Read(ctx context.Context, stdin *Stdin, spec *Spec) (*Conversation, error) {
	r := &reader{spec: spec, stdin: stdin}
	if err := r.claims(); err != nil {
		return nil, err
	}
	conv := &Conversation{}
	if spec.Continue != "" {
		history, err := readTranscript(spec.Continue, spec.Peek)
		if err != nil {
			return nil, err
		}
		conv.History = history
	}
	if err := r.items(ctx, conv); err != nil {
		return nil, err
	}
	conv.dropRepeatedSystem()
	pictures, err := r.pictures(ctx)
	if err != nil {
		return nil, err
	}
	prompt, err := r.prompt(ctx, conv, len(pictures) > 0)
	if err != nil {
		return nil, err
	}
	if prompt == "" && len(pictures) > 0 {
		prompt = spec.DefaultPrompt
	}
	if prompt != "" || len(pictures) > 0 {
		conv.Added = append(conv.Added, userMessage(prompt, pictures, spec))
	}
	if !conv.sendable() {
		return nil, failure.BadUsage("give a prompt, pipe text in, or see --help", "there is no message to send")
	}
	return conv, nil
}

// dropRepeatedSystem removes leading system messages that the transcript begins with already, so that a script can pass
// -s in every call.
func (c *Conversation) dropRepeatedSystem() {
	repeated := 0
	for repeated < min(len(c.History), len(c.Added)) && role(c.Added[repeated]) == "system" && sameMessage(c.Added[repeated], c.History[repeated]) {
		repeated++
	}
	c.Added = c.Added[repeated:]
}

// sameMessage reports whether two messages differ at most in white space.
func sameMessage(a, b rawjson.Doc) bool {
	one, err := rawjson.Compact(a.Bytes())
	if err != nil {
		return false
	}
	other, err := rawjson.Compact(b.Bytes())
	return err == nil && bytes.Equal(one, other)
}

// items reads the messages that flags give, in their order.
func (r *reader) items(ctx context.Context, conv *Conversation) error {
	for _, it := range r.spec.Items {
		r.last = nil
		if it.Kind == Messages {
			if err := r.messages(ctx, it, conv); err != nil {
				return err
			}
			continue
		}
		content, err := r.text(ctx, it)
		if err != nil {
			return err
		}
		conv.Added = append(conv.Added, textMessage(it.Role, content))
		if it.Role == "user" {
			r.last = &content
		}
	}
	return nil
}

// messages reads a file of messages. Unless invalid UTF-8 is to be replaced, the parser reports it, with line and
// column.
func (r *reader) messages(ctx context.Context, it Item, conv *Conversation) error {
	raw, err := r.file(ctx, it)
	if err != nil {
		return err
	}
	if r.spec.Lossy {
		if raw, err = r.validUTF8(displayName(it.Arg), raw); err != nil {
			return err
		}
	}
	return parseMessages(displayName(it.Arg), raw, conv)
}
