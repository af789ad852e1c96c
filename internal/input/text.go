package input

import (
	"context"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// fileName is how a message calls a file.
func fileName(arg string) string {
	if arg == "-" {
		return "stdin"
	}
	return arg
}

// file reads an item's file, or standard input for "-".
func (r *reader) file(ctx context.Context, it Item) ([]byte, error) {
	if it.Arg == "" {
		return nil, wrong("%s \"\": must name a file", it.Flag)
	}
	raw, err := r.bytes(ctx, it.Arg)
	if err != nil {
		return nil, wrong("%s: %w", it.Flag, err)
	}
	return raw, nil
}

// bytes reads a named file, or standard input for "-".
func (r *reader) bytes(ctx context.Context, arg string) ([]byte, error) {
	if arg == "-" {
		return r.stdin.read(ctx, &r.spec.Events, 0)
	}
	return os.ReadFile(arg)
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
	mended, count := rawjson.ToValidUTF8(raw)
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
		if r.spec.NoStdin != "" || r.stdin.claimed {
			return "", nil
		}
		wanted, err := r.stdin.wanted(nothingElse)
		if err != nil || !wanted {
			return "", err
		}
	}
	raw, err := r.stdin.read(ctx, &r.spec.Events, 0)
	if err != nil {
		return "", err
	}
	raw, err = r.utf8("stdin", raw)
	return string(raw), err
}
