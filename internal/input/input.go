// Package input turns what a user gives (prompt words, standard input, files of messages,
// pictures, a kept conversation) into the messages of a request. It reads; it sends and
// prints nothing.
package input

import (
	"bytes"
	"context"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Read reads everything. Errors are usage errors, or ctx's cause where it ended the wait
// for standard input.
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
	conv.dropKnownSystem()
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

// dropKnownSystem leaves out the leading system messages that the kept conversation begins
// with already, so that a script can say -s each time.
func (c *Conversation) dropKnownSystem() {
	known := 0
	for known < min(len(c.History), len(c.Added)) && role(c.Added[known]) == "system" && same(c.Added[known], c.History[known]) {
		known++
	}
	c.Added = c.Added[known:]
}

// same says whether two messages differ in white space at most.
func same(a, b rawjson.Doc) bool {
	one, err := rawjson.Compact(a.Bytes())
	if err != nil {
		return false
	}
	other, err := rawjson.Compact(b.Bytes())
	return err == nil && bytes.Equal(one, other)
}

// items reads the flags' messages in order.
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

// messages reads a file of messages. That it is not UTF-8 is told with line and column, so
// by its parser, unless it is to be made so.
func (r *reader) messages(ctx context.Context, it Item, conv *Conversation) error {
	raw, err := r.file(ctx, it)
	if err != nil {
		return err
	}
	if r.spec.Lossy {
		if raw, err = r.utf8(fileName(it.Arg), raw); err != nil {
			return err
		}
	}
	return parseMessages(fileName(it.Arg), raw, conv)
}
