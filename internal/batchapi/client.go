// Package batchapi speaks the Batch API of providers, in two dialects: xAI's, and that of OpenAI and most others. It uploads files
// of requests, creates batches of them, and reads their states and results. It knows no files of this machine.
package batchapi

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// The names of the dialects.
const (
	XAI    = "xai"
	OpenAI = "openai"
)

// Client makes the calls of a Batch API.
type Client interface {
	// Limits returns the limits of a file.
	Limits() Limits
	// Upload uploads a file of requests and returns its id.
	Upload(ctx context.Context, f *File) (id string, err error)
	// Create creates a batch of a file's requests and returns its id. It makes one attempt, because the batch may exist although
	// the answer was lost, as MayExist reports.
	Create(ctx context.Context, name, fileID string) (id string, err error)
	// Find returns the id of a batch of a file from the list of all batches, except those that are known; empty if there is none.
	Find(ctx context.Context, fileID string, known func(id string) bool) (id string, err error)
	// Status returns the state of a batch. It makes one attempt.
	Status(ctx context.Context, id string) (*Status, error)
	// Cancel asks for the end of a batch. It is no error that the batch is about to end by itself.
	Cancel(ctx context.Context, id string) error
	// Results calls each for every result of a batch, in no order. After an interruption some come again. An error of each ends
	// it and is returned.
	Results(ctx context.Context, id string, s *Status, each func(*Result) error) error
}

// Limits are the limits of a file of requests: its lines, its bytes, and the bytes of one line.
type Limits struct{ Lines, Bytes, Line int64 }

// File is a file to upload.
type File struct {
	Name string
	// Size is the number of bytes that Open returns. Open is called once for each attempt.
	Size int64
	Open func() io.ReadCloser
}

// End names how a batch ended.
type End string

// The ends of a batch. Running means that it has not ended.
const (
	Running   End = ""
	Completed End = "completed"
	Rejected  End = "rejected"
	Expired   End = "expired"
	Canceled  End = "canceled"
)

// Status is the state of a batch.
type Status struct {
	// Total counts the requests; 0 if it is not known yet. Done counts those of them that are at their end, and Failed those of
	// these that failed.
	Total, Done, Failed int64
	// Results counts the results that the batch must have. Where it did not complete, a request that failed may have none.
	Results int64
	End     End
	// Words is the provider's message about a batch that it rejected.
	Words string
	// Busy reports that the batch was rejected because too much is waiting at the provider: it may be created again later.
	Busy bool
	// After is the wait that the server asks for before the state is asked for again; 0 if it asks for none.
	After time.Duration
	// Until is when the provider ends the batch at the latest; zero if it gives no time.
	Until time.Time
	// Ticks is the cost so far in 10^-10 USD; negative if it is not known.
	Ticks int64

	// output and errors are the ids of the files with the results.
	output, errors string
	// inferred reports that the end follows from the counters and times, because the provider has no word for it.
	inferred bool
}

// IsDoubtful reports whether a batch of so many requests may still run although End says otherwise, because not all of them are
// counted yet.
func (s *Status) IsDoubtful(requests int) bool {
	return s.inferred && s.End != Rejected && s.Total < int64(requests)
}

// New returns a client of a dialect. do makes attempts at a call and describes the error of the last one.
func New(dialect string, c *api.Client, do func(context.Context, func(context.Context) error) error) Client {
	b := base{c, do}
	if dialect == XAI {
		return &xai{b}
	}
	return &openAI{b}
}

// base holds what both dialects need.
type base struct {
	api *api.Client
	do  func(context.Context, func(context.Context) error) error
}

// end makes attempts at a call for the end of a batch. A conflict means that the batch is about to end by itself.
func (b *base) end(ctx context.Context, call *api.Call) error {
	return b.do(ctx, func(ctx context.Context) error {
		_, _, err := b.timed(ctx, call)
		if status(err) == http.StatusConflict {
			return nil
		}
		return err
	})
}

// timed makes one attempt at a call that is answered by an object. after is the wait that the server asks for; 0 for none.
func (b *base) timed(ctx context.Context, call *api.Call) (obj rawjson.Object, after time.Duration, err error) {
	err = b.api.Exchange(ctx, call, func(resp *http.Response, body io.Reader) (err error) {
		after = reply.RetryAfter(resp.Header, time.Now())
		obj, err = (&reply.Reader{Redactor: b.api.Redactor}).Object(resp, body)
		return err
	})
	return obj, after, err
}

// id makes one attempt at a call that is answered by an object with an id, of one of these names.
func (b *base) id(ctx context.Context, call *api.Call, names ...string) (id string, err error) {
	err = b.api.Exchange(ctx, call, func(resp *http.Response, body io.Reader) error {
		obj, err := (&reply.Reader{Redactor: b.api.Redactor}).Object(resp, body)
		if err != nil {
			return err
		}
		if id = idOf(obj, names...); id == "" {
			return malformed(resp, errNoID)
		}
		return nil
	})
	return id, err
}

// get returns a call that reads what is at a path.
func get(path string, query url.Values) *api.Call {
	return &api.Call{Method: http.MethodGet, Path: path, Query: query}
}

// post returns a call with a body of JSON.
func post(path string, obj rawjson.Object) *api.Call {
	call := &api.Call{Method: http.MethodPost, Path: path}
	call.JSON(obj)
	return call
}

// batchPath returns the path of a batch.
func batchPath(id string) string { return "batches/" + url.PathEscape(id) }
