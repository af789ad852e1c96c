package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Client sends requests, each once. It is safe for concurrent use.
type Client struct {
	// Transport must have no timeout of its own: one on the whole exchange would cut long
	// streams. Redirects are not followed: what it returns is the answer.
	Transport http.RoundTripper
	// Base is the API's root, such as https://api.x.ai/v1. Its query is kept.
	Base *url.URL
	// Header is sent with each request, the key among it. It does not change.
	Header http.Header
	// Idle is the longest silence inside a reply; 0 is no bound.
	Idle time.Duration

	ready sync.Map  // of a path's *http.Request, but for context and body
	spare sync.Pool // of *watch
}

// Complete sends a request and reads the whole reply, in at most limit; 0 leaves that to
// ctx. Errors are *Error, or ctx's cause where ctx ended the exchange for a reason other
// than ErrTimeout.
func (c *Client) Complete(ctx context.Context, req *Request, limit time.Duration) (*Response, error) {
	var reply *Response
	do := post(req, false)
	do.limit = limit
	err := c.exchange(ctx, do, func(resp *http.Response, body io.Reader) error {
		raw, err := readReply(resp, body)
		if err == nil {
			reply, err = parseResponse(raw, resp.Header)
		}
		return err
	})
	return reply, err
}

// Models returns the body of the endpoint's list of models, compacted, and the models'
// ids in its order.
func (c *Client) Models(ctx context.Context) (raw []byte, ids []string, err error) {
	err = c.exchange(ctx, call{method: http.MethodGet, path: modelsPath}, func(resp *http.Response, body io.Reader) error {
		read, err := readReply(resp, body)
		if err != nil {
			return err
		}
		if ids, err = modelIDs(read); err != nil {
			e := malformed(read, requestID(resp.Header), err)
			e.Message = "the reply is no list of models"
			return e
		}
		raw, err = rawjson.Compact(read)
		return err
	})
	return raw, ids, err
}

func modelIDs(body []byte) (ids []string, err error) {
	var list struct {
		Data []struct {
			ID string `json:"id"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &list); err != nil || list.Data == nil {
		return nil, errors.Join(err, errShape)
	}
	for _, m := range list.Data {
		ids = append(ids, m.ID)
	}
	return ids, nil
}

// The paths below the base URL.
const (
	completionsPath = "chat/completions"
	modelsPath      = "models"
)

// call is one HTTP request to make.
type call struct {
	method, path string
	body         rawjson.Doc // empty for none
	// stream means that the first byte comes soon, so that silence before it counts. A
	// whole reply may take many minutes.
	stream bool
	// limit is the longest that the whole exchange may take; 0 is no bound but ctx's.
	limit time.Duration
}

func post(r *Request, stream bool) call {
	return call{method: http.MethodPost, path: completionsPath, body: r.Doc(), stream: stream}
}

// exchange makes one call and hands a 200 reply to use. All of its errors are told apart
// here.
func (c *Client) exchange(ctx context.Context, do call, use func(*http.Response, io.Reader) error) error {
	body := c.watch(ctx, do)
	defer c.unwatch(body, do)
	ctx = body.ctx
	touch := func() {}
	if do.stream {
		touch = body.wait
	}
	touch()
	resp, err := c.Transport.RoundTrip(c.request(ctx, do, touch))
	if err != nil {
		err = own(ctx, err)
		return cmp.Or(ended(ctx, err, c.Idle), networkError(c.Base.Host, err))
	}
	defer resp.Body.Close()
	body.Reader = resp.Body
	if resp.StatusCode != http.StatusOK {
		text, err := io.ReadAll(io.LimitReader(body, MaxErrorText+1))
		if over := ended(ctx, err, c.Idle); err != nil && over != nil {
			return over
		}
		return statusError(resp, text)
	}
	if err := use(resp, body); err != nil {
		return c.readError(ctx, resp, err)
	}
	return nil
}

// watch is the watch of an exchange, which has begun.
func (c *Client) watch(ctx context.Context, do call) *watch {
	w, ok := c.spare.Get().(*watch)
	if !ok || w.parent != ctx {
		w = newWatch(ctx, c.Idle)
	}
	w.begin(do.limit)
	return w
}

// unwatch keeps the watch for another exchange where it can: the rest of a stream's request
// may be written after its reply, and would touch the watch.
func (c *Client) unwatch(w *watch, do call) {
	if w.stop() && !do.stream {
		c.spare.Put(w)
	}
}

// prepared is the request of a path but for its context and body. It is put together once,
// and its parts are shared: a RoundTripper does not change them.
func (c *Client) prepared(do call) *http.Request {
	if known, ok := c.ready.Load(do.path); ok {
		if req, ok := known.(*http.Request); ok {
			return req
		}
	}
	u := c.Base.JoinPath(do.path)
	if !strings.HasPrefix(u.Path, "/") {
		// A base without a path.
		u.Path = "/" + u.Path
	}
	req := &http.Request{
		Method: do.method, URL: u, Host: u.Host, Header: http.Header{},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody,
	}
	if do.body.Len() > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(req.Header, c.Header)
	if host := c.Header.Get("Host"); host != "" {
		req.Host = host
	}
	c.ready.Store(do.path, req)
	return req
}

func (c *Client) request(ctx context.Context, do call, touch func()) *http.Request {
	req := c.prepared(do).WithContext(ctx)
	if do.body.Len() > 0 {
		req.ContentLength = do.body.Len()
		req.GetBody = func() (io.ReadCloser, error) {
			if do.body.Len() <= smallBody {
				return io.NopCloser(bytes.NewReader(do.body.Bytes())), nil
			}
			return io.NopCloser(&touching{do.body.Reader(), touch}), nil
		}
		// It can't fail.
		req.Body, _ = req.GetBody()
	}
	return req
}

// readReply reads a whole body of at most MaxReply bytes.
func readReply(resp *http.Response, body io.Reader) ([]byte, error) {
	if n := resp.ContentLength; n > 0 && n <= MaxReply {
		whole := make([]byte, n)
		if got, err := io.ReadFull(body, whole); err != nil {
			return nil, cutAfter(got, err)
		}
		return whole, nil
	}
	var buf bytes.Buffer
	if _, err := buf.ReadFrom(io.LimitReader(body, MaxReply+1)); err != nil {
		return nil, cutAfter(buf.Len(), err)
	}
	if buf.Len() > MaxReply {
		return nil, tooLarge("the reply")
	}
	return buf.Bytes(), nil
}

func cutAfter(n int, err error) error {
	return &cutError{fmt.Sprintf("the reply was cut after %d bytes", n), err}
}

func tooLarge(what string) *Error {
	e := newError(failure.Malformed, nil, "%s is over %d MiB", what, MaxReply>>20)
	e.Status, e.Retryable = http.StatusOK, false
	return e
}

// cutError is a body whose reading failed after some bytes.
type cutError struct {
	message string
	err     error
}

func (e *cutError) Error() string { return e.message }
func (e *cutError) Unwrap() error { return e.err }

// readError tells why a reply's body could not be read, or returns what the reader said.
func (c *Client) readError(ctx context.Context, resp *http.Response, err error) error {
	if over := ended(ctx, err, c.Idle); over != nil {
		return over
	}
	if cut, ok := errors.AsType[*cutError](err); ok {
		e := newError(failure.Cut, err, "%v", cut)
		e.Status, e.RequestID = resp.StatusCode, requestID(resp.Header)
		return e
	}
	return err
}
