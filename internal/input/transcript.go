package input

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/atomicfile"
	"github.com/chatcmpl/chatcmpl/internal/lock"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// readTranscript reads the messages of a transcript. A missing file counts as empty if it can be created, or if peek is
// set, which skips that check.
func readTranscript(name string, peek bool) ([]rawjson.Doc, error) {
	// Opening for writing too reports a read-only file before a request is sent and paid for.
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist) && peek:
		return nil, nil
	case errors.Is(err, fs.ErrNotExist):
		// The file itself must not exist before there is something to write.
		if err := atomicfile.Check(filepath.Dir(name)); err != nil {
			return nil, badUsage("the conversation can't be kept: %w", err)
		}
		return nil, nil
	}
	if err != nil {
		return nil, badUsage("the conversation can't be kept: %w", err)
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, badUsage("the conversation can't be kept: %s is not a regular file", name)
	}
	raw, err := io.ReadAll(f)
	if err != nil {
		return nil, badUsage("the conversation can't be read: %w", err)
	}
	var conv Conversation
	if err := parseMessages(name, raw, &conv); err != nil {
		return nil, err
	}
	if conv.Fields != nil {
		return nil, badUsage("%s is a request, not a conversation of a message a line", name)
	}
	return conv.Added, nil
}

// AppendTranscript appends messages and the reply to them to a transcript, one per line. As with lock.Append, all of it
// or nothing is on disk when it returns. Bytes of the reply that are not UTF-8 become U+FFFD, as they are printed: the next call
// could not read them.
func AppendTranscript(name string, added []rawjson.Doc, reply []byte) error {
	if !utf8.Valid(reply) {
		reply, _ = rawjson.ToValidUTF8(reply)
	}
	var lines bytes.Buffer
	for _, m := range append(slices.Clip(added), rawjson.Of(replayable(reply))) {
		if err := appendLine(&lines, m); err != nil {
			return err
		}
	}
	if err := lock.Append(name, lines.Bytes()); err != nil {
		return fmt.Errorf("keeping the conversation: %w", err)
	}
	return nil
}

// appendLine appends a message on one line. A message with pictures is large and already on one line, because this
// package built it; it is not compacted.
func appendLine(lines *bytes.Buffer, m rawjson.Doc) error {
	lines.Grow(int(m.Len()) + 1)
	if m.Len() > m.WithoutBase64().Len() {
		// Writing to a buffer never fails.
		_, _ = m.WriteTo(lines)
	} else {
		line, err := rawjson.Compact(m.Bytes())
		if err != nil {
			return fmt.Errorf("a message of the conversation: %w", err)
		}
		lines.Write(line)
	}
	return lines.WriteByte('\n')
}
