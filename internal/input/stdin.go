package input

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/shell"
)

// Stdin is standard input.
type Stdin struct {
	// File is read; nil stands for an input that is closed.
	File *os.File
	// Terminal says that somebody types.
	Terminal bool
	// ClaimedBy is what outside this package reads it; mostly empty.
	ClaimedBy string

	claimed bool
}

// patience is how long standard input may bring nothing before the caller is told, once.
const patience = 2 * time.Second

// wanted says whether standard input is to be read although nobody asked for it by "-":
// a pipe, a socket and a regular file always, a terminal only where there is nothing else
// to send, other devices (/dev/null) never. A directory is an error, and so is what
// belongs to somebody else: a regular file that something has read part of already, as a
// shell loop does, and, beside something else to send, the script of a shell.
func (s *Stdin) wanted(nothingElse bool) (bool, error) {
	if s.Terminal {
		return nothingElse, nil
	}
	info := s.info()
	switch {
	case info == nil:
		// It is closed; then it holds nothing.
		return false, nil
	case info.IsDir():
		return false, wrong("standard input is a directory")
	case !isFed(info):
		return false, nil
	}
	if !nothingElse {
		if err := refuseScript(info); err != nil {
			return false, err
		}
	}
	if info.Mode().IsRegular() {
		return true, s.untouched(info.Size())
	}
	return true, nil
}

// isFed says whether standard input is something that a caller put there to be read.
func isFed(info fs.FileInfo) bool {
	return info != nil && (info.Mode().IsRegular() || info.Mode()&(fs.ModeNamedPipe|fs.ModeSocket) != 0)
}

// refuseScript refuses what a shell reads its own commands from.
func refuseScript(info fs.FileInfo) error {
	name, reads := shell.Reading(info)
	if !reads {
		return nil
	}
	return failure.BadUsage("use -I to leave it alone; a lone - among the words sends the rest of it",
		"standard input is the script that %s is reading", name)
}

func (s *Stdin) untouched(size int64) error {
	at, err := s.File.Seek(0, io.SeekCurrent)
	if err != nil || at == 0 || at >= size {
		return nil //nolint:nilerr // a file that can't seek is not half read
	}
	return failure.BadUsage("in a while read loop use -I to leave it alone; a lone - among the words reads the rest",
		"standard input is a file that is already read up to byte %d of %d", at, size)
}

// read reads standard input to its end, or until it has brought more than limit bytes; 0
// is no limit. The goroutine that reads is left behind only when
// ctx ends, and then the process is about to end.
func (s *Stdin) read(ctx context.Context, events *Events, limit int64) ([]byte, error) {
	if s.File == nil {
		return nil, nil
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

func (s *Stdin) gather(ctx context.Context, chunks <-chan []byte, failed <-chan error, events *Events) ([]byte, error) {
	quiet := time.NewTimer(patience)
	defer quiet.Stop()
	var all bytes.Buffer
	told := s.Terminal
	start := time.Now()
	for {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-quiet.C:
			if !told {
				events.Waiting()
				told = true
			}
		case chunk, more := <-chunks:
			if !more {
				return all.Bytes(), s.ended(ctx, <-failed, time.Since(start))
			}
			all.Write(chunk)
			quiet.Reset(patience)
		}
	}
}

// settling is how long the end of a pipe may come before the signal that caused it: a ^C
// ends its writer too, and half of what it would have written must not be sent. Nobody is
// so fast as to press it within a moment.
const (
	settling = 2 * time.Millisecond
	moment   = 50 * time.Millisecond
)

// ended is what the end of a read means. A closed descriptor holds nothing.
func (s *Stdin) ended(ctx context.Context, err error, took time.Duration) error {
	if info, bad := s.File.Stat(); took > moment && bad == nil && info.Mode()&fs.ModeNamedPipe != 0 {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(settling):
		}
	}
	if errors.Is(err, io.EOF) || errors.Is(err, os.ErrClosed) {
		return nil
	}
	return wrong("standard input can't be read: %w", err)
}
