package input

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"time"
)

// Stdin is standard input.
type Stdin struct {
	// File is read; nil stands for an input that is closed.
	File *os.File
	// Terminal says that somebody types.
	Terminal bool

	claimed bool
}

// patience is how long standard input may bring nothing before the caller is told, once.
const patience = 2 * time.Second

// wanted says whether standard input is to be read although nobody asked for it by "-":
// a pipe, a socket and a regular file always, a terminal only where there is nothing else
// to send, other devices (/dev/null) never. A regular file that something has read part
// of already, as a shell loop does, is an error.
func (s *Stdin) wanted(nothingElse bool) (bool, error) {
	if s.Terminal {
		return nothingElse, nil
	}
	if s.File == nil {
		return false, nil
	}
	info, err := s.File.Stat()
	if err != nil {
		// It is closed; then it holds nothing.
		return false, nil //nolint:nilerr // as above
	}
	switch mode := info.Mode(); {
	case mode&(fs.ModeNamedPipe|fs.ModeSocket) != 0:
		return true, nil
	case mode.IsRegular():
		return true, s.untouched(info.Size())
	default:
		return false, nil
	}
}

func (s *Stdin) untouched(size int64) error {
	at, err := s.File.Seek(0, io.SeekCurrent)
	if err != nil || at == 0 || at >= size {
		return nil //nolint:nilerr // a file that can't seek is not half read
	}
	half := wrong("standard input is a file that is already read up to byte %d of %d", at, size)
	half.Hint = "in a while read loop use -I to leave it alone; a lone - among the words reads the rest"
	return half
}

// read reads standard input to its end. The goroutine that reads is left behind only when
// ctx ends, and then the process is about to end.
func (s *Stdin) read(ctx context.Context, events *Events) ([]byte, error) {
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
		for size := 64 << 10; ; size = min(2*size, 8<<20) {
			buf := make([]byte, size)
			n, err := s.File.Read(buf)
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
				return all.Bytes(), readError(<-failed)
			}
			all.Write(chunk)
			quiet.Reset(patience)
		}
	}
}

// readError is what the end of a read means. A closed descriptor holds nothing.
func readError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, os.ErrClosed) {
		return nil
	}
	return wrong("standard input can't be read: %w", err)
}
