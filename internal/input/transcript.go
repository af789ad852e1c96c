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
		return nil, checkCreatable(name)
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

// checkCreatable returns an error if no file can be created in the directory of name. It creates a temporary file and
// removes it, because name itself must not exist before there is something to write.
func checkCreatable(name string) error {
	probe, err := os.CreateTemp(filepath.Dir(name), ".chatcmpl-*")
	if err != nil {
		if cause, ok := errors.AsType[*fs.PathError](err); ok {
			// The random name of the temporary file would only confuse.
			err = cause.Err
		}
		return badUsage("the conversation can't be kept: no file can be made in %s: %w", filepath.Dir(name), err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// AppendTranscript appends messages and the reply to them to a transcript, one per line. As with lock.Append, all of it
// or nothing is on disk when it returns.
func AppendTranscript(name string, added []rawjson.Doc, reply []byte) error {
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
