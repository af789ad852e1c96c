package batches

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// createBatch creates a batch and lets it run. Its dialect follows from the fields of the request.
func (s *Service) createBatch(c *Call) (*Answer, error) {
	var from creation
	if err := json.Unmarshal(c.JSON, &from); err != nil {
		return nil, unreadable(err)
	}
	var d dialect = xai{}
	check := from.checkXAI
	if from.Endpoint != nil || from.Window != nil {
		d, check = openAI{}, from.checkOpenAI
	}
	input, err := check(&s.files)
	if err != nil {
		return nil, err
	}
	if !s.space.take(entrySize) {
		return nil, tooLarge("There is no more room for batches.")
	}
	b := newBatch(d, "batch_"+c.Unique, &from, input.content, c.Settings)
	view := b.view() // before it runs
	s.batches.add(b.id, b)
	s.start(b)
	return answerJSON(view), nil
}

// unreadable returns the refusal of a creation that is not JSON, or has a member of another type.
func unreadable(err error) error {
	mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok {
		return invalid("Failed to parse the request body as JSON.")
	}
	const text = "Failed to deserialize the JSON body into the target type: %s: %s is the wrong type"
	return refusal(http.StatusUnprocessableEntity, text, cmp.Or(mismatch.Field, "the body"), mismatch.Value)
}

// checkXAI returns the file of a creation in xAI's dialect.
func (c *creation) checkXAI(files *shelf[*file]) (*file, error) {
	switch {
	case c.Name == nil:
		return nil, invalid("name is missing.")
	case c.InputID == nil:
		return nil, invalid("input_file_id is missing.")
	}
	if f, ok := files.get(*c.InputID); ok {
		return f, nil
	}
	return nil, notFound("file", *c.InputID)
}

// checkOpenAI returns the file of a creation in OpenAI's dialect.
func (c *creation) checkOpenAI(files *shelf[*file]) (*file, error) {
	bad := func(param, format string, args ...any) (*file, error) {
		return nil, openAIRefusal(http.StatusBadRequest, param, format, args...)
	}
	switch {
	case c.InputID == nil:
		return bad("input_file_id", "Missing required parameter: 'input_file_id'.")
	case c.Endpoint == nil:
		return bad("endpoint", "Missing required parameter: 'endpoint'.")
	case c.Window == nil:
		return bad("completion_window", "Missing required parameter: 'completion_window'.")
	case *c.Endpoint != completions:
		return bad("endpoint", "Invalid value: '%s'. Supported values are: '%s'.", clip(*c.Endpoint), completions)
	case *c.Window != "24h":
		return bad("completion_window", "Invalid value: '%s'. Supported values are: '24h'.", clip(*c.Window))
	}
	f, ok := files.get(*c.InputID)
	switch {
	case !ok:
		return bad("input_file_id", "No such File object: %s", clip(*c.InputID))
	case f.Purpose != purposeBatch:
		return bad("input_file_id", "Invalid file purpose: '%s'. It must be '%s'.", clip(f.Purpose), purposeBatch)
	}
	return f, nil
}

func (s *Service) showBatch(c *Call) (*Answer, error) {
	b, ok := s.batches.get(c.ID)
	if !ok {
		return nil, notFound("batch", c.ID)
	}
	return answerJSON(b.view()), nil
}

// cancelBatch cancels a batch. To cancel one that has ended is an error in OpenAI's dialect, and nothing in xAI's.
func (s *Service) cancelBatch(c *Call) (*Answer, error) {
	b, ok := s.batches.get(c.ID)
	if !ok {
		return nil, notFound("batch", c.ID)
	}
	if !b.cancel() && b.dialect == (openAI{}) {
		return nil, openAIRefusal(http.StatusConflict, "", "A batch that has ended can't be cancelled.")
	}
	return answerJSON(b.view()), nil
}

// xaiList is a page of batches in xAI's dialect.
type xaiList struct {
	Batches []any   `json:"batches"`
	Token   *string `json:"pagination_token"`
}

// batchList is a page of batches in the dialect of the request's parameters. Without parameters of either dialect it holds
// both pages, each with the batches of its dialect.
type batchList struct {
	*openAIList
	*xaiList
}

func (s *Service) listBatches(c *Call) (*Answer, error) {
	query := c.URL.Query()
	const most = 100
	if query.Has("after") && query.Has("pagination_token") {
		return nil, invalid("after and pagination_token can't both be set.")
	}
	var list batchList
	if !query.Has("pagination_token") {
		page, err := s.batchPage(query, openAI{}, 20, most)
		if err != nil {
			return nil, err
		}
		shown := page.openAI()
		list.openAIList = &shown
	}
	if !query.Has("after") {
		page, err := s.batchPage(query, xai{}, most, most)
		if err != nil {
			return nil, err
		}
		list.xaiList = &xaiList{page.data, page.token()}
	}
	return answerJSON(list), nil
}

// batchPage returns a page of the batches of one dialect.
func (s *Service) batchPage(query map[string][]string, of dialect, limit, most int) (*listPage, error) {
	p, err := readPaging(query, limit, most)
	if err != nil {
		return nil, err
	}
	return pageOf(&s.batches, p, func(b *batch) bool { return b.dialect == of }, func(b *batch) (string, any) { return b.id, b.view() })
}

// listResults answers with a page of results in xAI's dialect. The token of the next page is the number of results before
// it: results only come at the end.
func (s *Service) listResults(c *Call) (*Answer, error) {
	b, ok := s.batches.get(c.ID)
	if !ok || b.dialect != (xai{}) {
		return nil, notFound("batch", c.ID)
	}
	p, err := readPaging(c.URL.Query(), 100, 1000)
	if err != nil {
		return nil, err
	}
	results := b.results()
	first := 0
	if p.after != "" {
		if first, err = strconv.Atoi(p.after); err != nil || first < 0 || first > len(results.ends) {
			return nil, invalid("%s is no pagination_token.", clip(p.after))
		}
	}
	return resultPage(results, first, min(len(results.ends), first+p.limit)), nil
}

// resultPage returns the results from first to end. They are sent without being copied.
func resultPage(results *lines, first, end int) *Answer {
	token := "null"
	if end < len(results.ends) {
		token = strconv.Quote(strconv.Itoa(end))
	}
	a := &Answer{Type: "application/json"}
	var parts []io.Reader
	add := func(r io.Reader, size int64) {
		parts = append(parts, r)
		a.Size += size
	}
	text := func(s string) { add(strings.NewReader(s), int64(len(s))) }
	text(`{"results":[`)
	for n := first; n < end; n++ {
		if n > first {
			text(",")
		}
		add(results.line(n))
	}
	text(`],"pagination_token":` + token + `}`)
	a.Reader = io.MultiReader(parts...)
	return a
}
