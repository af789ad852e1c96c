package conversation

import (
	"bytes"
	"context"
	"fmt"
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

// checkOutput returns an error if the file of -o can't be written, or is also used for something else.
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

// refuseShared returns an error if another option also names the output file.
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
		return nil //nolint:nilerr // a missing file is not shared
	}
	if read, err := s.con.Stdin.Stat(); err == nil && os.SameFile(written, read) {
		return failure.BadOption("output", "", " and standard input are the same file: %s", name)
	}
	return nil
}

// descriptor returns the file descriptor that a name such as /dev/stdout refers to; ok is false for other names.
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

// outputFile buffers the output for the file of -o, which is written once the reply is complete.
type outputFile struct {
	bytes.Buffer // the output

	name      string
	folder    string       // absolute directory of a regular file
	device    *os.File     // open device or pipe; nil for a regular file, which is replaced
	reply     bytes.Buffer // JSON of the reply; one line for each chunk of a stream
	filterErr error        // first error of the filter on a chunk; nil for none
}

// openOutput opens the file of -o, if there is one and it is not stdout itself.
func (s *session) openOutput(ctx context.Context) (err error) {
	name := s.Output.File
	number, isOpen := descriptor(name)
	if name == "" || isOpen && number == 1 {
		return nil
	}
	f := &outputFile{name: name}
	f.folder, _ = filepath.Abs(filepath.Dir(atomicfile.Resolve(name)))
	info, err := os.Stat(name)
	switch {
	case isOpen:
		f.device = os.NewFile(uintptr(number), name)
		_, err = f.device.Stat()
	case err == nil && !info.Mode().IsRegular():
		f.device, err = openDevice(ctx, name)
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

// openDevice opens a file that is not regular. Opening a FIFO blocks until there is a reader. If ctx ends first,
// openDevice abandons the goroutine that opens it, because the process is about to exit.
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

// writeFile writes the buffered output. It replaces a regular file completely or not at all.
func (s *session) writeFile() error {
	f := s.file
	text := s.con.Redactor.Bytes(f.Bytes())
	if f.device == nil {
		return s.replaceOrSave(atomicfile.Resolve(f.name), text)
	}
	_, err := f.device.Write(text)
	return f.writeError(err)
}

// replaceOrSave replaces a file. If that fails, it saves the text, which has been paid for, in another file or prints it
// to stdout, and returns an error that says where it is.
func (s *session) replaceOrSave(name string, text []byte) error {
	err := atomicfile.Write(name, text)
	if err == nil {
		return nil
	}
	place, failed := atomicfile.Fallback(name, s.file.folder, func(name string) error { return atomicfile.WriteNew(name, text) })
	place = "in " + place
	if failed != nil {
		place = "on standard output"
		_, failed = s.out.Write(text)
	}
	if failed != nil {
		return s.file.writeError(err)
	}
	return fmt.Errorf("%w; the reply is %s", s.file.writeError(err), place)
}

// writeError describes a failure to write the file; nil if err is.
func (f *outputFile) writeError(err error) error {
	if err == nil {
		return nil
	}
	return &render.WriteError{Err: fmt.Errorf("%s: %w", f.name, atomicfile.WithoutPath(err))}
}

// deliver prints the reply and its reasoning. It writes the file of -o before anything to stderr, which may fail.
func (s *session) deliver(ctx context.Context, resp *reply.Response) error {
	if s.file == nil {
		s.printReasonings(resp)
		return s.print(ctx, resp)
	}
	s.file.addJSON(resp.Raw)
	err := s.store(resp, s.print(ctx, resp))
	s.printReasonings(resp)
	return err
}

// store writes the file of -o, unless printing failed with printErr or the reply is malformed. If the file then lacks
// the reply, store saves the JSON next to it, because the reply has been paid for. It returns printErr or an error of
// writing.
func (s *session) store(resp *reply.Response, printErr error) error {
	if s.file == nil {
		return printErr
	}
	err := printErr
	if err == nil {
		err = s.rules.Check(resp, s.req.Choices())
	}
	switch {
	case err == nil || isKind(err, failure.Unacceptable):
		if lost := s.writeFile(); lost != nil {
			return lost
		}
		if err == nil || s.file.Len() > 0 {
			return printErr
		}
	case !isKind(err, failure.Filter, failure.Malformed):
		return printErr
	}
	s.saveReply()
	return printErr
}

func isKind(err error, kinds ...failure.Kind) bool {
	return err != nil && slices.Contains(kinds, failure.Of(err).Kind)
}

// saveReply saves the reply's JSON next to the file of -o if that is a regular file.
func (s *session) saveReply() {
	if s.file.device != nil {
		return
	}
	name := s.file.name + ".reply.json"
	if err := s.replaceOrSave(name, s.con.Redactor.Bytes(s.file.reply.Bytes())); err != nil {
		s.con.Note("%v", err)
		return
	}
	s.con.Note("the whole reply is in %s", name)
}

// reset discards the output of a failed attempt before the next one.
func (p *printer) reset() {
	if p.file != nil {
		p.file.Reset()
		p.file.reply.Reset()
		p.file.filterErr, p.begun, p.writer = nil, false, p.newWriter()
	}
}

// addJSON adds the JSON of a reply or of a chunk, to save it if the file of -o is not written.
func (f *outputFile) addJSON(raw []byte) {
	if f != nil {
		f.reply.Write(oneLine(raw))
		f.reply.WriteByte('\n')
	}
}

// ignoreFilterError records an error of the filter and returns nil if there is a file of -o, so that the rest of the
// stream, which has to be paid for, is still received and saved. It returns other errors.
func (f *outputFile) ignoreFilterError(err error) error {
	if f == nil || !isKind(err, failure.Filter) {
		return err
	}
	if f.filterErr == nil {
		f.filterErr = err
	}
	return nil
}
