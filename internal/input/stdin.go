package input

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/shell"
)

// Stdin describes standard input.
type Stdin struct {
	// File is the open file; nil if standard input is closed.
	File *os.File
	// Terminal reports whether File is a terminal.
	Terminal bool
	// ClaimedBy names the reader of standard input outside this package; mostly empty.
	ClaimedBy string

	claimed bool
}

// noticeDelay is the time without input after which the caller is notified, once.
const noticeDelay = 2 * time.Second

// shouldRead reports whether to read standard input although no "-" asks for it. It reads pipes, sockets and regular
// files always; a terminal only if there is nothing else to send; other devices, such as /dev/null, never. A directory is
// to be read, because reading it reports the error. Input that belongs to another program is an error: a regular file
// that has been read in part, which happens in a shell loop, and, if there is something else to send, the script of a
// shell.
func (s *Stdin) shouldRead(nothingElse bool) (bool, error) {
	if s.Terminal {
		return nothingElse, nil
	}
	info := s.info()
	switch {
	case info == nil:
		// A closed standard input counts as empty.
		return false, nil
	case !isFed(info):
		return info.IsDir(), nil
	}
	if !nothingElse {
		if err := refuseScript(info); err != nil {
			return false, err
		}
	}
	if info.Mode().IsRegular() {
		return true, s.checkUnread(info.Size())
	}
	return true, nil
}

// isFed reports whether standard input is a regular file, a pipe or a socket.
func isFed(info fs.FileInfo) bool {
	return info != nil && (info.Mode().IsRegular() || info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) != 0)
}

// refuseScript returns an error if standard input is the script that a parent shell is reading.
func refuseScript(info fs.FileInfo) error {
	name, reads := shell.Reading(info)
	if !reads {
		return nil
	}
	return failure.BadUsage("use -I to leave it alone; a lone - among the words sends the rest of it",
		"standard input is the script that %s is reading", name)
}

func (s *Stdin) checkUnread(size int64) error {
	offset, err := s.File.Seek(0, io.SeekCurrent)
	if err != nil || offset == 0 || offset >= size {
		return nil //nolint:nilerr // a file that can't seek was not read in part
	}
	return failure.BadUsage("in a while read loop use -I to leave it alone; a lone - among the words reads the rest",
		"standard input is a file that is already read up to byte %d of %d", offset, size)
}

// read reads standard input to its end, or until it has more than limit bytes; 0 means no limit. If ctx ends first, the
// goroutine that reads is abandoned, because the process is about to exit.
func (s *Stdin) read(ctx context.Context, events *Events, limit int64) ([]byte, error) {
	if s.File == nil {
		return nil, nil
	}
	if err := s.refuseDirectory(); err != nil {
		return nil, err
	}
	if s.Terminal {
		events.Typing()
	}
	chunks := make(chan []byte)
	failed := make(chan error, 1)
	go func() {
		defer close(chunks)
		var src io.Reader = s.File
		if limit > 0 {
			src = io.LimitReader(s.File, limit+1)
		}
		for size := 64 << 10; ; {
			buf := make([]byte, size)
			n, err := src.Read(buf)
			if n == size {
				size = min(2*size, 8<<20)
			}
			if n > 0 {
				select {
				case chunks <- buf[:n]:
				case <-ctx.Done():
					return
				}
			}
			if err != nil {
				failed <- err
				return
			}
		}
	}()
	return s.gather(ctx, chunks, failed, events)
}

func (s *Stdin) refuseDirectory() error {
	if info := s.info(); info != nil && info.IsDir() {
		return badUsage("standard input is a directory")
	}
	return nil
}

func (s *Stdin) gather(ctx context.Context, chunks <-chan []byte, failed <-chan error, events *Events) ([]byte, error) {
	quiet := time.NewTimer(noticeDelay)
	defer quiet.Stop()
	var all bytes.Buffer
	notified := s.Terminal
	start := time.Now()
	for {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-quiet.C:
			if !notified {
				events.Waiting()
				notified = true
			}
		case chunk, more := <-chunks:
			if !more {
				return all.Bytes(), s.endError(ctx, <-failed, time.Since(start))
			}
			all.Write(chunk)
			quiet.Reset(noticeDelay)
		}
	}
}

// The Ctrl-C that interrupts chatcmpl also ends the process that writes to the pipe, and half of its output must not be
// sent. The end of the pipe can arrive before the signal, by up to signalDelay. Nobody presses Ctrl-C within
// reactionTime of the start, so an input that ends sooner is not delayed.
const (
	signalDelay  = 2 * time.Millisecond
	reactionTime = 50 * time.Millisecond
)

// endError returns the error of the end of the input; nil if it is complete. A closed descriptor counts as empty.
func (s *Stdin) endError(ctx context.Context, err error, elapsed time.Duration) error {
	if info, statErr := s.File.Stat(); elapsed > reactionTime && statErr == nil && info.Mode()&fs.ModeNamedPipe != 0 {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(signalDelay):
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, os.ErrClosed) {
		return nil
	}
	return badUsage("standard input can't be read: %w", err)
}

// hasName reports whether a name refers to standard input itself, not to the file that it was opened from.
func (s *Stdin) hasName(name string) bool {
	switch filepath.ToSlash(filepath.Clean(name)) {
	case "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0", "/proc/thread-self/fd/0":
		return true
	}
	info := s.info()
	return info != nil && info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) != 0 && isSame(info, name)
}

// isFile reports whether an item names the regular file that standard input was opened from.
func (s *Stdin) isFile(it Item) bool {
	info := s.info()
	return info != nil && info.Mode().IsRegular() && isSame(info, it.Arg)
}

func isSame(info fs.FileInfo, name string) bool {
	other, err := os.Stat(name)
	return err == nil && os.SameFile(info, other)
}

// info returns the file info of standard input; nil if it is closed.
func (s *Stdin) info() fs.FileInfo {
	if s.File == nil {
		return nil
	}
	info, err := s.File.Stat()
	if err != nil {
		return nil
	}
	return info
}

// badUsage returns a usage error without a hint.
func badUsage(format string, args ...any) error { return failure.BadUsage("", format, args...) }

// Events holds functions that are called while input is read.
type Events struct {
	// Typing is called before a terminal is read.
	Typing func()
	// Waiting is called, at most once, if standard input delivers nothing for a while.
	Waiting func()
	// Empty is called if standard input is a pipe or a file without content.
	Empty func()
	// Replaced is called with the number of invalid UTF-8 bytes that were replaced in the named text.
	Replaced func(name string, count int)
}
