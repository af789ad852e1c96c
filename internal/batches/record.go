package batches

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// completions is the route that the records of a batch ask for.
const completions = "/v1/chat/completions"

// maxProblems bounds how many problems of a file are reported.
const maxProblems = 100

// record is a line of an input file that asks for a chat completion.
type record struct {
	line, nth  int // of lines and of records, counted from 1
	start, end int64
	customID   string
}

// body returns the request that a record holds.
func (r *record) body(file *blob) []byte {
	line := make([]byte, r.end-r.start)
	_, _ = file.ReadAt(line, r.start) // the line was read before
	return rawjson.Known(line).Get("body")
}

// problem describes a fault of a file, as OpenAI's dialect shows it.
type problem struct {
	Code    string  `json:"code"`
	Line    *int    `json:"line"`
	Message string  `json:"message"`
	Param   *string `json:"param"`
}

// newProblem returns a problem of a line, or of the whole file if line is 0. param names a field; empty for none.
func newProblem(line int, code, param, format string, args ...any) problem {
	p := problem{Code: code, Message: fmt.Sprintf(format, args...)}
	if line > 0 {
		p.Line = &line
	}
	if param != "" {
		p.Param = &param
	}
	return p
}

// recordReader reads the records of a file.
type recordReader struct {
	limits   limits
	supports func(model string) bool // nil for every model

	records  []record
	problems []problem
	seen     map[string]bool // custom ids
}

// read reads all records and checks them. Blank lines are skipped.
func (r *recordReader) read(file *blob) {
	r.seen = map[string]bool{}
	next := record{}
	scan := bufio.NewScanner(file.reader(0, file.size))
	scan.Buffer(nil, int(r.limits.line))
	scan.Split(func(data []byte, atEOF bool) (advance int, token []byte, err error) {
		advance, token, err = bufio.ScanLines(data, atEOF)
		next.end += int64(advance)
		return advance, token, err
	})
	for len(r.problems) < maxProblems && scan.Scan() {
		next.line++
		line := bytes.TrimSpace(scan.Bytes())
		if len(line) > 0 && !r.add(next, line) {
			return
		}
		next.start = next.end
	}
	switch err := scan.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		r.refuse(next.line+1, "request_too_large", "", "This line is longer than %d bytes.", r.limits.line)
	case len(r.records) == 0 && len(r.problems) == 0:
		r.refuse(0, "empty_file", "", "The file has no requests.")
	}
}

// add adds a record or its problem, and reports whether the file may hold more records.
func (r *recordReader) add(next record, line []byte) bool {
	if len(r.records) == r.limits.records {
		r.refuse(0, "too_many_requests", "", "The file has more than %d requests.", r.limits.records)
		return false
	}
	customID, p := r.check(next.line, line)
	if p != nil {
		r.problems = append(r.problems, *p)
		return true
	}
	next.customID, next.nth = customID, len(r.records)+1
	r.seen[customID] = true
	r.records = append(r.records, next)
	return true
}

func (r *recordReader) refuse(line int, code, param, format string, args ...any) {
	r.problems = append(r.problems, newProblem(line, code, param, format, args...))
}

// check returns the custom id of a line, or what is wrong with the line.
func (r *recordReader) check(n int, line []byte) (customID string, p *problem) {
	refuse := func(code, param, format string, args ...any) (string, *problem) {
		found := newProblem(n, code, param, format, args...)
		return "", &found
	}
	fields, err := rawjson.ParseObject(line)
	if err != nil || !utf8.Valid(line) {
		return refuse("invalid_json_line", "", "This line is not parseable as valid JSON.")
	}
	customID, _ = rawjson.String(fields.Get("custom_id"))
	method, _ := rawjson.String(fields.Get("method"))
	url, _ := rawjson.String(fields.Get("url"))
	body, err := rawjson.ParseObject(fields.Get("body"))
	switch {
	case customID == "":
		return refuse("missing_required_parameter", "custom_id", "Missing required parameter: 'custom_id'.")
	case r.seen[customID]:
		return refuse("duplicate_custom_id", "custom_id", "The custom_id %q was used before. It must be unique.", clip(customID))
	case method != http.MethodPost:
		return refuse("invalid_method", "method", "The method must be POST.")
	case url != completions:
		return refuse("invalid_url", "url", "The url must be %s.", completions)
	case err != nil:
		return refuse("missing_required_parameter", "body", "Missing required parameter: 'body'.")
	}
	if model, ok := rawjson.String(body.Get("model")); ok && r.supports != nil && !r.supports(model) {
		return refuse("model_not_found", "model", "Model %s is not supported for batch processing.", clip(model))
	}
	return customID, nil
}
