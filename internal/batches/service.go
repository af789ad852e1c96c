// Package batches provides the Batch API of the embedded endpoint: files, and batches of the records in them, in the
// dialects of xAI and of OpenAI.
//
// There is one model of a batch, and each dialect is a view of it. A batch keeps the dialect of its creation. It runs in a
// goroutine, which ends when the batch does, or with Close. Everything is in memory, with a bound: nothing is written to disk,
// and nothing survives the process.
package batches

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"

	"github.com/chatcmpl/chatcmpl/internal/faults"
)

// Options configures a service.
type Options struct {
	// Answerer returns a function that answers the records of a batch, one at a time, until ctx ends.
	Answerer func(ctx context.Context, set *faults.Settings) func(body []byte) Reply
	// Supports reports whether a batch may use a model. In xAI's dialect, a record of any other model rejects the whole file.
	Supports func(model string) bool
	// Ran is called for each record that was run, before its result can be read; nil for no call.
	Ran func(Run)
}

// Run describes one record that a batch has run.
type Run struct {
	BatchID, CustomID string
	Status            int
	CostTicks         int
}

// limits bounds what a file may hold.
type limits struct {
	file, line int64 // bytes
	records    int
}

// Service holds files and runs batches. Its methods may be called concurrently.
type Service struct {
	options Options
	limits  limits
	space   space
	files   shelf[*file]
	batches shelf[*batch]

	ctx     context.Context //nolint:containedctx // it ends with Close, which owns the goroutines
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// New returns a service. Close ends the batches that run.
func New(o Options) *Service {
	s := &Service{options: o, limits: limits{file: 200 << 20, line: 25 << 20, records: 50_000}}
	s.space.left.Store(maxStored)
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// Close ends the batches that run, and waits until they have ended.
func (s *Service) Close() {
	s.cancel()
	s.running.Wait()
}

// Call is a request to the service.
type Call struct {
	*http.Request

	ID       string           // that the path holds
	JSON     []byte           // the body, on a route that takes JSON
	Unique   string           // makes the id of what the call creates
	Settings *faults.Settings // that apply to it
}

// Answer is a response with status 200.
type Answer struct {
	Type string
	Size int64
	io.Reader
}

// Route is one of the routes of the service. {id} in its path stands for an id.
type Route struct {
	Method, Path string
	JSON         bool     // the request has a body of JSON
	Records      bool     // settings about completions apply to what the call creates
	Parameters   []string // of the query
	Serve        func(*Call) (*Answer, error)
}

// Routes returns the routes. Where several match a path, the first one counts.
func (s *Service) Routes() []Route {
	fileList := []string{"limit", "after", "order", "purpose", "pagination_token"}
	return []Route{
		{Method: http.MethodPost, Path: "/v1/files", Serve: s.upload},
		{Method: http.MethodGet, Path: "/v1/files", Parameters: fileList, Serve: s.listFiles},
		{Method: http.MethodGet, Path: "/v1/files/{id}/content", Serve: s.readFile},
		{Method: http.MethodGet, Path: "/v1/files/{id}", Serve: s.showFile},
		{Method: http.MethodDelete, Path: "/v1/files/{id}", Serve: s.deleteFile},
		{Method: http.MethodPost, Path: "/v1/batches", JSON: true, Records: true, Serve: s.createBatch},
		{Method: http.MethodGet, Path: "/v1/batches", Parameters: []string{"limit", "after", "pagination_token"}, Serve: s.listBatches},
		{Method: http.MethodPost, Path: "/v1/batches/{id}:cancel", Serve: s.cancelBatch},
		{Method: http.MethodPost, Path: "/v1/batches/{id}/cancel", Serve: s.cancelBatch},
		{Method: http.MethodGet, Path: "/v1/batches/{id}/results", Parameters: []string{"limit", "pagination_token"}, Serve: s.listResults},
		{Method: http.MethodGet, Path: "/v1/batches/{id}", Serve: s.showBatch},
	}
}

// answerJSON returns the JSON of a value as an answer.
func answerJSON(v any) *Answer {
	text := encode(v)
	return &Answer{"application/json", int64(len(text)), bytes.NewReader(text)}
}

// encode returns the JSON of a value on one line, without escapes for HTML.
func encode(v any) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // every value that comes here has a JSON form
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}
