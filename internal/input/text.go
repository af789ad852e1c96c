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

// fileName is how a message calls a file: in quotes where its name holds what can't be seen.
func fileName(arg string) string {
	switch {
	case arg == "-":
		return "stdin"
	case strings.TrimSpace(arg) != arg, strings.ContainsFunc(arg, func(c rune) bool { return !unicode.IsPrint(c) }):
		return strconv.Quote(arg)
	}
	return arg
}

// file reads an item's file, or standard input for "-".
func (r *reader) file(ctx context.Context, it Item) ([]byte, error) {
	if it.Arg == "" {
		return nil, wrong("%s \"\": must name a file", it.Flag)
	}
	if it.Arg == "-" {
		raw, err := r.fromStdin(ctx, 0)
		if err != nil {
			return nil, wrong("%s: %w", it.Flag, err)
		}
		return raw, nil
	}
	raw, err := os.ReadFile(it.Arg)
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		path.Path = fileName(path.Path)
	}
	if err != nil {
		return nil, wrong("%s: %w", it.Flag, err)
	}
	return raw, nil
}

// fromStdin reads standard input, where something asks for it. That nothing is in it is told, or refused.
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

// noStdin returns the error of standard input that is required and not there.
func (r *reader) noStdin() error {
	return wrong("standard input is empty, and %s requires it", r.spec.RequireStdin)
}

func (r *reader) text(ctx context.Context, it Item) (string, error) {
	if it.Kind == TextFile {
		raw, err := r.file(ctx, it)
		if err != nil {
			return "", err
		}
		raw, err = r.utf8(fileName(it.Arg), raw)
		return string(raw), err
	}
	raw, err := r.utf8(it.Flag, []byte(it.Arg))
	return string(raw), err
}

const lossyHint = "convert it (iconv -t UTF-8), or let --lossy replace such bytes"

// utf8 refuses text that is not UTF-8, or replaces what is not and says so.
func (r *reader) utf8(name string, raw []byte) ([]byte, error) {
	at := invalidAt(raw)
	if at < 0 {
		return raw, nil
	}
	if !r.spec.Lossy {
		hint := lossyHint
		if mediaType(raw) != "" {
			hint = "a picture is sent by -a, from standard input by -a -"
		}
		return nil, failure.BadUsage(hint, "%s is not UTF-8 text: the byte 0x%02x at offset %d", name, raw[at], at)
	}
	mended, count := rawjson.Mend(raw)
	r.spec.Events.Replaced(name, count)
	return mended, nil
}

// invalidAt is the offset of the first byte that is not UTF-8; -1 where all is.
func invalidAt(raw []byte) int {
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

// prompt joins the words and standard input to the last user message's text. Where there
// are no words but the last item is a user's text that pictures belong to, that item is
// taken back as the prompt.
func (r *reader) prompt(ctx context.Context, conv *Conversation, pictures bool) (string, error) {
	before, after, marked := splitWords(r.spec.Words)
	for _, text := range []*string{&before, &after} {
		valid, err := r.utf8("the prompt", []byte(*text))
		if err != nil {
			return "", err
		}
		*text = string(valid)
	}
	nothingElse := before == "" && after == "" && !pictures && !conv.sendable()
	piped, err := r.piped(ctx, marked, nothingElse)
	if err != nil {
		return "", err
	}
	prompt := join(before, piped, after)
	if prompt == "" && len(r.spec.Words) > 0 && !pictures {
		// An empty variable in a script, most likely.
		return "", wrong("the prompt is empty")
	}
	if prompt != "" || !pictures {
		return prompt, nil
	}
	return r.takeBack(conv), nil
}

// takeBack removes the last item's message where it is a user's text, and returns its text.
func (r *reader) takeBack(conv *Conversation) string {
	if r.last == nil {
		return ""
	}
	conv.Added = conv.Added[:len(conv.Added)-1]
	return *r.last
}

// splitWords joins the words before and after a lone "-".
func splitWords(words []string) (before, after string, marked bool) {
	for i, w := range words {
		if w == "-" {
			return strings.Join(words[:i], " "), strings.Join(words[i+1:], " "), true
		}
	}
	return strings.Join(words, " "), "", false
}

// join puts a blank line between the parts that are there, and changes none of them.
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

// piped is standard input as text: empty where it is not to be read.
func (r *reader) piped(ctx context.Context, marked, nothingElse bool) (string, error) {
	if !marked {
		if r.stdin.claimed || r.spec.NoStdin != "" {
			return "", nil
		}
		wanted, err := r.stdin.wanted(nothingElse)
		if err == nil && !wanted && r.spec.RequireStdin != "" {
			err = r.noStdin()
		}
		if err != nil || !wanted {
			return "", err
		}
	}
	read := r.fromStdin
	if nothingElse && !marked && r.spec.RequireStdin == "" {
		// That nothing is in it will be an error of its own.
		read = r.readStdin
	}
	raw, err := read(ctx, 0)
	if err != nil {
		return "", err
	}
	raw, err = r.utf8("stdin", raw)
	return string(raw), err
}
