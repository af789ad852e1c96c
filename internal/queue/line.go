package queue

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/batchapi"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// lineTail ends the line of a request in a file.
const lineTail = "}\n"

// lineHead returns the beginning of the line of a request in a file.
func lineHead(customID string) string {
	return `{"custom_id":` + string(rawjson.Quote(customID)) + `,"method":"POST","url":"` + batchapi.RequestURL + `","body":`
}

// lineSize returns the length of the line of a request in bytes.
func lineSize(customID string, req *api.Request) int64 {
	return int64(len(lineHead(customID))+len(lineTail)) + req.Doc().Len()
}

// errInputChanged returns the error of a record that is not in the input as it was.
func errInputChanged() error {
	return failure.BadUsage("put the old records back, or end the batch with --cancel", "the input was changed after the records were chosen")
}

// record reads the record of an entry again. It returns an error if that has changed.
func (r *run) record(ctx context.Context, e *entry) (*input.Record, *api.Request, error) {
	if e.size == 0 || r.In == nil {
		return nil, nil, errInputChanged()
	}
	records := r.Records
	records.Replaced = nil
	line, err := records.Again(r.In, e.line, e.extent())
	if err != nil {
		return nil, nil, err
	}
	record := records.Parse(ctx, line)
	if record.Err != nil || keyOf(record.CustomID) != e.key {
		return nil, nil, errInputChanged()
	}
	req, err := r.Request(record)
	if err != nil || results.HashOf(req.Doc()) != e.hash {
		return nil, nil, errInputChanged()
	}
	return record, req, nil
}

// isSame reports whether a record is still that of an entry.
func (r *run) isSame(record *input.Record, e *entry) bool {
	if record.Err != nil {
		return false
	}
	req, err := r.Request(record)
	return err == nil && results.HashOf(req.Doc()) == e.hash
}

// file is the file of a part, which is made of the input while it is read.
type file struct {
	ctx     context.Context //nolint:containedctx // a Reader takes none
	run     *run
	entries []entry // that are left
	line    io.Reader
	sent    func(bytes int)
}

// Read implements io.Reader.
func (f *file) Read(p []byte) (n int, err error) {
	for {
		if f.line != nil {
			if n, err = f.line.Read(p); n > 0 {
				f.sent(n)
				return n, nil
			}
			if !errors.Is(err, io.EOF) {
				return 0, err
			}
		}
		if len(f.entries) == 0 {
			return 0, io.EOF
		}
		record, req, err := f.run.record(f.ctx, &f.entries[0])
		if err != nil {
			return 0, &api.LocalError{Err: err}
		}
		f.entries = f.entries[1:]
		f.line = io.MultiReader(strings.NewReader(lineHead(record.CustomID)), oneLine{req.Doc().Reader()}, strings.NewReader(lineTail))
	}
}

// Close implements io.Closer.
func (f *file) Close() error { return nil }

// oneLine replaces the line breaks in JSON, which stand only between tokens, by spaces.
type oneLine struct{ io.Reader }

// Read implements io.Reader.
func (o oneLine) Read(p []byte) (n int, err error) {
	n, err = o.Reader.Read(p)
	for i, c := range p[:n] {
		if c == '\n' || c == '\r' {
			p[i] = ' '
		}
	}
	return n, err
}
