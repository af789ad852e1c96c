package batchapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// openAI speaks the dialect of OpenAI and most others.
type openAI struct{ base }

// Limits implements Client.
func (o *openAI) Limits() Limits {
	return Limits{Lines: 50_000, Bytes: 200_000_000, Line: 100_000_000}
}

// Create implements Client.
func (o *openAI) Create(ctx context.Context, name, fileID string) (id string, err error) {
	return o.id(ctx, post("batches", rawjson.Object{
		{Key: "input_file_id", Value: rawjson.Quote(fileID)},
		{Key: "endpoint", Value: rawjson.Quote(RequestURL)},
		{Key: "completion_window", Value: rawjson.Quote("24h")},
		{Key: "metadata", Value: rawjson.Object{{Key: "name", Value: rawjson.Quote(name)}}.JSON()},
	}), "id")
}

// RequestURL is the url of each request in a file.
const RequestURL = "/v1/chat/completions"

// Find implements Client.
func (o *openAI) Find(ctx context.Context, fileID string, known func(id string) bool) (id string, err error) {
	return o.find(ctx, &list{path: "batches", name: "data", cursor: "after", next: lastID}, fileID, known)
}

// lastID returns the cursor of OpenAI's pages.
func lastID(rest, last rawjson.Object) (string, error) {
	if string(rest.Get("has_more")) != "true" {
		return "", nil
	}
	if id := idOf(rest, "last_id"); id != "" {
		return id, nil
	}
	if id := idOf(last, "id"); id != "" {
		return id, nil
	}
	return "", errNoCursor
}

// Status implements Client.
func (o *openAI) Status(ctx context.Context, id string) (*Status, error) {
	obj, after, err := o.timed(ctx, get(batchPath(id), nil))
	if err != nil {
		return nil, err
	}
	counts := rawjson.Known(obj.Get("request_counts"))
	s := &Status{
		Total: count(counts.Get("total")), Failed: count(counts.Get("failed")), Until: timeOf(obj.Get("expires_at")), Ticks: -1, After: after,
		output: idOf(obj, "output_file_id"), errors: idOf(obj, "error_file_id"),
	}
	s.Results = count(counts.Get("completed"))
	s.Done = s.Results + s.Failed
	switch strings.ToLower(text(obj.Get("status"))) {
	case "completed":
		s.End = Completed
		if s.errors != "" {
			s.Results = s.Done
		}
	case "expired":
		s.End = Expired
	case "canceled", "cancelled":
		s.End = Canceled
	case "failed":
		s.End = Rejected
		s.Words, s.Busy = validation(obj.Get("errors"))
	}
	return s, nil
}

// validation returns the words about a file that was refused when it was read, and whether it was for the requests that wait.
func validation(raw json.RawMessage) (words string, busy bool) {
	list, _ := rawjson.Elements(rawjson.Known(raw).Get("data"))
	var all []string
	for _, item := range list {
		obj := rawjson.Known(item)
		message := text(obj.Get("message"))
		busy = busy || isBusy(text(obj.Get("code")), message)
		if line := count(obj.Get("line")); line > 0 {
			message = fmt.Sprintf("line %d: %s", line, message)
		}
		const most = 3
		if len(all) < most && message != "" {
			all = append(all, message)
		}
	}
	if len(all) == 0 {
		return "the batch failed, and the server gives no reason", busy
	}
	return strings.Join(all, "; "), busy
}

// Cancel implements Client.
func (o *openAI) Cancel(ctx context.Context, id string) error {
	return o.end(ctx, post(batchPath(id)+"/cancel", nil))
}

// Results implements Client: it reads the output file and the error file, either of which may be missing. One that is gone is
// reported after the other is read.
func (o *openAI) Results(ctx context.Context, _ string, s *Status, each func(*Result) error) error {
	var gone error
	for _, file := range []string{s.output, s.errors} {
		if file == "" {
			continue
		}
		call := get("files/"+url.PathEscape(file)+"/content", nil)
		err := o.do(ctx, func(ctx context.Context) error {
			return o.api.Exchange(ctx, call, func(resp *http.Response, body io.Reader) error {
				return o.lines(resp, body, each)
			})
		})
		switch {
		case IsGone(err):
			gone = errors.Join(gone, fmt.Errorf("file %s: %w", file, err))
		case err != nil:
			return err
		}
	}
	return gone
}

// lines reads a file of results.
func (o *openAI) lines(resp *http.Response, body io.Reader, each func(*Result) error) error {
	const size = 256 << 10
	in := bufio.NewReaderSize(body, size)
	isFirst := true
	for {
		line, readErr := readLine(in)
		switch isEnd := errors.Is(readErr, io.EOF); {
		case readErr != nil && !isEnd:
			return reply.CutShort(resp, readErr)
		case len(bytes.TrimSpace(line)) == 0 && isEnd:
			return nil
		case len(bytes.TrimSpace(line)) == 0:
			continue
		}
		obj, err := rawjson.ParseObject(line)
		switch {
		case err != nil && isFirst:
			return o.noResults(resp, io.MultiReader(bytes.NewReader(line), in))
		case err != nil:
			return reply.CutShort(resp, io.ErrUnexpectedEOF)
		}
		isFirst = false
		if err := o.line(resp, line, obj, each); err != nil {
			return err
		}
	}
}

// line passes a line of results on. One that belongs to no request may be the error of the whole file.
func (o *openAI) line(resp *http.Response, line []byte, obj rawjson.Object, each func(*Result) error) error {
	if text(obj.Get("custom_id")) == "" {
		if err := reply.Inside(resp, rawjson.Known(o.api.Redactor.JSON(line))); err != nil {
			return err
		}
	}
	return each(openAIResult(o.api.Redactor.JSON(line)))
}

var errLongLine = fmt.Errorf("a line is over %d MiB", reply.MaxReply>>20)

// readLine reads a line of at most reply.MaxReply bytes.
func readLine(in *bufio.Reader) (line []byte, err error) {
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > reply.MaxReply:
			return nil, errLongLine
		case !errors.Is(err, bufio.ErrBufferFull):
			return line, err
		}
	}
}

// openAIResult reads one result.
func openAIResult(line []byte) *Result {
	obj := rawjson.Known(line)
	r := &Result{CustomID: text(obj.Get("custom_id"))}
	response := rawjson.Known(obj.Get("response"))
	body, failed := response.Get("body"), obj.Get("error")
	r.Status, r.RequestID = int(count(response.Get("status_code"))), text(response.Get("request_id"))
	isGood := r.Status == 0 || r.Status/100 == 2
	switch {
	case isObject(body) && isGood && !complains(failed):
		r.Status, r.Body = http.StatusOK, body
	case !isGood:
		if body == nil || string(body) == "null" {
			body = failed
		}
		r.Err = reply.ResultError(body, r.Status, r.RequestID)
	case complains(failed):
		r.Err = codeError(failed)
	default:
		r.Err = noReply()
	}
	return r
}
