package input

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// displayName returns the name of a file in messages, quoted if it contains invisible characters.
func displayName(arg string) string {
	switch {
	case arg == "-":
		return "stdin"
	case strings.TrimSpace(arg) != arg, strings.ContainsFunc(arg, func(c rune) bool { return !unicode.IsPrint(c) }):
		return strconv.Quote(arg)
	}
	return arg
}

// file returns the content of an item's file, or standard input for "-".
func (r *reader) file(ctx context.Context, it Item) ([]byte, error) {
	if it.Arg == "" {
		return nil, badUsage("%s \"\": must name a file", it.Flag)
	}
	if it.Arg == "-" {
		raw, err := r.fromStdin(ctx, 0)
		if err != nil {
			return nil, badUsage("%s: %w", it.Flag, err)
		}
		return raw, nil
	}
	raw, err := os.ReadFile(it.Arg)
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		path.Path = displayName(path.Path)
	}
	if err != nil {
		return nil, badUsage("%s: %w", it.Flag, err)
	}
	return raw, nil
}

// fromStdin reads standard input because an argument requests it. Empty input is reported to Events, or is an error
// with RequireStdin.
func (r *reader) fromStdin(ctx context.Context, limit int64) ([]byte, error) {
	raw, err := r.readStdin(ctx, limit)
	switch {
	case err != nil || len(bytes.TrimSpace(raw)) > 0:
	case r.spec.RequireStdin != "":
		return nil, r.noStdin()
	case isFed(r.stdin.info()):
		r.spec.Events.Empty()
	}
	return raw, err
}

func (r *reader) readStdin(ctx context.Context, limit int64) ([]byte, error) {
	return r.stdin.read(ctx, &r.spec.Events, limit)
}

// noStdin returns the error for required standard input that is empty or missing.
func (r *reader) noStdin() error {
	return badUsage("standard input is empty, and %s requires it", r.spec.RequireStdin)
}

func (r *reader) text(ctx context.Context, it Item) (string, error) {
	if it.Kind == TextFile {
		raw, err := r.file(ctx, it)
		if err != nil {
			return "", err
		}
		raw, err = r.validUTF8(displayName(it.Arg), raw)
		return string(raw), err
	}
	raw, err := r.validUTF8(it.Flag, []byte(it.Arg))
	return string(raw), err
}

const lossyHint = "convert it (iconv -t UTF-8), or let --lossy replace such bytes"

// validUTF8 returns text that is valid UTF-8. It returns an error for other text or, if the spec allows it, replaces
// the invalid bytes and reports them to Events.
func (r *reader) validUTF8(name string, raw []byte) ([]byte, error) {
	if err := refuseUTF16(name, raw); err != nil {
		return nil, err
	}
	offset := invalidOffset(raw)
	if offset < 0 {
		return raw, nil
	}
	if !r.spec.Lossy {
		hint := lossyHint
		if mediaType(raw) != "" {
			hint = "send a picture with -a, from standard input with -a -"
		}
		return nil, failure.BadUsage(hint, "%s is not UTF-8 text: the byte 0x%02x at offset %d", name, raw[offset], offset)
	}
	valid, count := rawjson.ToValidUTF8(raw)
	r.spec.Events.Replaced(name, count)
	return valid, nil
}

// invalidOffset returns the offset of the first byte that is not UTF-8, or -1.
func invalidOffset(raw []byte) int {
	if utf8.Valid(raw) {
		return -1
	}
	for i := 0; i < len(raw); {
		c, size := utf8.DecodeRune(raw[i:])
		if c == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// prompt joins the words and standard input, which form the text of the last user message. If both are empty but there
// are pictures and the last item is the text of a user message, that item becomes the prompt.
func (r *reader) prompt(ctx context.Context, conv *Conversation, pictures bool) (string, error) {
	before, after, hasDash := splitWords(r.spec.Words)
	for _, text := range []*string{&before, &after} {
		valid, err := r.validUTF8("the prompt", []byte(*text))
		if err != nil {
			return "", err
		}
		*text = string(valid)
	}
	nothingElse := before == "" && after == "" && !pictures && !conv.sendable()
	piped, err := r.pipedText(ctx, hasDash, nothingElse)
	if err != nil {
		return "", err
	}
	prompt := join(before, piped, after)
	if prompt == "" && len(r.spec.Words) > 0 && !pictures {
		// This is most likely an empty variable of a script.
		return "", badUsage("the prompt is empty")
	}
	if prompt != "" || !pictures {
		return prompt, nil
	}
	return r.takeLastText(conv), nil
}

// takeLastText removes the message of the last item, if that is the text of a user message, and returns the text.
func (r *reader) takeLastText(conv *Conversation) string {
	if r.last == nil {
		return ""
	}
	conv.Added = conv.Added[:len(conv.Added)-1]
	return *r.last
}

// splitWords joins the words before and after a lone "-"; hasDash reports whether there is one.
func splitWords(words []string) (before, after string, hasDash bool) {
	for i, w := range words {
		if w == "-" {
			return strings.Join(words[:i], " "), strings.Join(words[i+1:], " "), true
		}
	}
	return strings.Join(words, " "), "", false
}

// join joins the parts that are not empty by blank lines. It does not change the parts.
func join(parts ...string) string {
	var out strings.Builder
	for _, part := range parts {
		if part == "" {
			continue
		}
		if text := out.String(); text != "" {
			out.WriteString("\n")
			if !strings.HasSuffix(text, "\n") {
				out.WriteString("\n")
			}
		}
		out.WriteString(part)
	}
	return out.String()
}

// pipedText returns the text of standard input; empty if it is not to be read.
func (r *reader) pipedText(ctx context.Context, hasDash, nothingElse bool) (string, error) {
	if !hasDash {
		if r.stdin.claimed || r.spec.NoStdin != "" {
			return "", nil
		}
		read, err := r.stdin.shouldRead(nothingElse)
		if err == nil && !read && r.spec.RequireStdin != "" {
			err = r.noStdin()
		}
		if err != nil || !read {
			return "", err
		}
	}
	read := r.fromStdin
	if nothingElse && !hasDash && r.spec.RequireStdin == "" {
		// Empty input will be an error anyway, because there is nothing to send.
		read = r.readStdin
	}
	raw, err := read(ctx, 0)
	if err != nil || len(bytes.TrimSpace(raw)) == 0 {
		// White space alone counts as empty.
		return "", err
	}
	raw, err = r.validUTF8("stdin", raw)
	return string(raw), err
}
