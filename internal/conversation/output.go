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
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// outputFile buffers the output for the file of -o, which is written once the reply is complete.
type outputFile struct {
	bytes.Buffer // the output

	name      string
	folder    string       // absolute directory of a regular file
	device    *os.File     // open device or pipe; nil for a regular file, which is replaced
	reply     bytes.Buffer // JSON of the reply; one line for each chunk of a stream
	filterErr error        // first error of the filter on a chunk; nil for none
}

// openOutput opens the file of -o; nil if there is none or it is stdout itself.
func openOutput(ctx context.Context, name string) (f *outputFile, err error) {
	number, isOpen := descriptor(name)
	if name == "" || isOpen && number == 1 {
		return nil, nil //nolint:nilnil // there is no file, as documented
	}
	f = &outputFile{name: name}
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
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, failure.BadOption("output", "", ": %w", err)
	}
	return f, nil
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

// writeError describes a failure to write the file; nil if err is.
func (f *outputFile) writeError(err error) error {
	if err == nil {
		return nil
	}
	return &render.WriteError{Err: fmt.Errorf("%s: %w", f.name, atomicfile.WithoutPath(err))}
}

// checkOutput returns an error if the file of -o can't be written, or is also used for something else.
func (o *Options) checkOutput(con *console.Console) error {
	name := o.Output.File
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
	return o.refuseShared(con, name)
}

// refuseShared returns an error if another option also names the output file.
func (o *Options) refuseShared(con *console.Console, name string) error {
	files := append([]input.Item{{Flag: "--continue", Arg: o.Input.Continue}}, o.Input.Outside...)
	for _, it := range o.Input.Items {
		if it.Kind != input.Text {
			files = append(files, it)
		}
	}
	for _, picture := range o.Input.Pictures {
		files = append(files, input.Item{Flag: "the picture", Arg: picture})
	}
	for _, it := range files {
		if it.Arg != "" && atomicfile.Same(name, it.Arg) {
			return failure.BadOption("output", "", " and %s are the same file: %s", it.Flag, name)
		}
	}
	written, err := os.Stat(name)
	if err != nil || o.Input.NoStdin != "" {
		return nil //nolint:nilerr // a missing file is not shared
	}
	if read, err := con.Stdin.Stat(); err == nil && os.SameFile(written, read) {
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

func isKind(err error, kinds ...failure.Kind) bool {
	return err != nil && slices.Contains(kinds, failure.Of(err).Kind)
}

// oneLine returns JSON on one line. In valid JSON, newlines occur only between tokens.
func oneLine(raw []byte) []byte {
	return bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\n"), []byte(" ")), []byte("\r"), []byte(" "))
}
