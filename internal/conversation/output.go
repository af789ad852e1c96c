package conversation

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/atomicfile"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// checkOutput refuses a file of -o that can't be written, or that something else reads or writes.
func (s *session) checkOutput() error {
	name := s.Output.File
	info, err := os.Stat(name)
	exists := err == nil
	switch _, isOpen := descriptor(name); {
	case name == "" || isOpen || exists && !info.Mode().IsRegular() && !info.IsDir():
		return nil
	case exists && info.IsDir():
		return failure.BadOption("output", "", " %s: it is a directory", name)
	case exists:
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return failure.BadOption("output", "", ": %w", err)
		}
		_ = f.Close() // nothing was written
	}
	if err := atomicfile.Check(filepath.Dir(atomicfile.Resolve(name))); err != nil {
		return failure.BadOption("output", "", " %s: %w", name, err)
	}
	return s.refuseShared(name)
}

// refuseShared refuses an output that is also read, or kept for something else.
func (s *session) refuseShared(name string) error {
	files := append([]input.Item{{Flag: "--continue", Arg: s.Input.Continue}}, s.Input.Outside...)
	for _, it := range s.Input.Items {
		if it.Kind != input.Text {
			files = append(files, it)
		}
	}
	for _, picture := range s.Input.Pictures {
		files = append(files, input.Item{Flag: "the picture", Arg: picture})
	}
	for _, it := range files {
		if it.Arg != "" && atomicfile.Same(name, it.Arg) {
			return failure.BadOption("output", "", " and %s are the same file: %s", it.Flag, name)
		}
	}
	written, err := os.Stat(name)
	if err != nil || s.Input.NoStdin != "" {
		return nil //nolint:nilerr // what does not exist is nobody's input
	}
	if read, err := s.con.Stdin.Stat(); err == nil && os.SameFile(written, read) {
		return failure.BadOption("output", "", " and standard input are the same file: %s", name)
	}
	return nil
}

// descriptor returns the number of an open file that a name stands for.
func descriptor(name string) (number int, ok bool) {
	switch name = filepath.ToSlash(filepath.Clean(name)); name {
	case "/dev/stdout":
		return 1, true
	case "/dev/stderr":
		return 2, true
	}
	digits, ok := strings.CutPrefix(name, "/dev/fd/")
	if !ok {
		digits, ok = strings.CutPrefix(name, "/proc/self/fd/")
	}
	number, err := strconv.Atoi(digits)
	return number, ok && err == nil
}

// outputFile is the file of -o. It gathers what would be on stdout, and is written when the whole reply is there.
type outputFile struct {
	bytes.Buffer // what is printed

	name    string
	through *os.File     // of what is no regular file; nil for a file that is replaced
	reply   bytes.Buffer // the reply as JSON, a line for each chunk of a stream
	failed  error        // the filter's error on a chunk; nil for none
}

// openOutput opens the file of -o, if there is one and it is not stdout itself.
func (s *session) openOutput(ctx context.Context) (err error) {
	name := s.Output.File
	number, isOpen := descriptor(name)
	if name == "" || isOpen && number == 1 {
		return nil
	}
	f := &outputFile{name: name}
	info, err := os.Stat(name)
	switch {
	case isOpen:
		f.through = os.NewFile(uintptr(number), name)
		_, err = f.through.Stat()
	case err == nil && !info.Mode().IsRegular():
		f.through, err = openDevice(ctx, name)
	default:
		err = nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return failure.BadOption("output", "", ": %w", err)
	}
	s.file = f
	s.writer = s.newWriter()
	return nil
}

// openDevice opens what is no regular file. A FIFO waits for its reader; the goroutine that does so is left behind only when
// ctx ends, and then the process is about to end.
func openDevice(ctx context.Context, name string) (f *os.File, err error) {
	opened := make(chan struct{})
	go func() {
		defer close(opened)
		f, err = os.OpenFile(name, os.O_WRONLY, 0)
	}()
	select {
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-opened:
		return f, err
	}
}

// write writes what was gathered: a regular file is whole, or what it was.
func (f *outputFile) write(redact func([]byte) []byte) (err error) {
	text := redact(f.Bytes())
	if f.through != nil {
		_, err = f.through.Write(text)
		if path, ok := errors.AsType[*fs.PathError](err); ok {
			err = path.Err
		}
	} else {
		err = atomicfile.Write(atomicfile.Resolve(f.name), text)
	}
	if err != nil {
		return &render.WriteError{Err: fmt.Errorf("%s: %w", f.name, err)}
	}
	return nil
}

// deliver prints the reply and its reasoning. A file is on disk before anything is said: stderr may be closed.
func (s *session) deliver(ctx context.Context, resp *reply.Response) error {
	if s.file == nil {
		s.printReasonings(resp)
		return s.print(ctx, resp)
	}
	s.file.gather(resp.Raw)
	err := s.store(resp, s.print(ctx, resp))
	s.printReasonings(resp)
	return err
}

// store writes the file of -o, unless the reply is incomplete or could not be printed. What was paid for and is not in that
// file is kept beside it, as JSON.
func (s *session) store(resp *reply.Response, printed error) error {
	if s.file == nil {
		return printed
	}
	err := printed
	if err == nil {
		err = s.rules.Check(resp, s.req.Choices())
	}
	switch {
	case err == nil || isKind(err, failure.Unacceptable):
		if lost := s.file.write(s.con.Redactor.Bytes); lost != nil {
			return lost
		}
		if err == nil || s.file.Len() > 0 {
			return printed
		}
	case !isKind(err, failure.Filter, failure.Malformed):
		return printed
	}
	s.keepBeside()
	return printed
}

func isKind(err error, kinds ...failure.Kind) bool {
	return err != nil && slices.Contains(kinds, failure.Of(err).Kind)
}

// keepBeside keeps the reply's JSON beside a regular file.
func (s *session) keepBeside() {
	if s.file.through != nil {
		return
	}
	name := s.file.name + ".reply.json"
	if err := atomicfile.Write(name, s.con.Redactor.Bytes(s.file.reply.Bytes())); err != nil {
		s.con.Note("the reply can't be kept: %v", err)
		return
	}
	s.con.Note("the whole reply is in %s", name)
}

// again drops what an attempt brought that is made again.
func (p *printer) again() {
	if p.file != nil {
		p.file.Reset()
		p.file.reply.Reset()
		p.file.failed, p.begun, p.writer = nil, false, p.newWriter()
	}
}

// gather keeps the JSON of a reply, or a chunk of it, for the file of -o.
func (f *outputFile) gather(raw []byte) {
	if f != nil {
		f.reply.Write(oneLine(raw))
		f.reply.WriteByte('\n')
	}
}

// outlives lets a stream go on to its end where the filter failed and there is a file of -o: the reply is paid for.
func (f *outputFile) outlives(err error) error {
	if f == nil || !isKind(err, failure.Filter) {
		return err
	}
	if f.failed == nil {
		f.failed = err
	}
	return nil
}
