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
	// Transport must have no timeout for the whole exchange, which would cut long streams. Redirects are not followed.
	Transport http.RoundTripper
	// Base is the API's root, such as https://api.x.ai/v1. Its query is kept.
	Base *url.URL
	// Header is sent with each request, and includes the key. It must not change.
	Header http.Header
	// Idle limits the time without a byte inside a reply; 0 means no limit.
	Idle time.Duration

	templates sync.Map  // path → *http.Request without context and body
	spare     sync.Pool // of *watch
}

// Complete sends a request and reads the whole reply, within limit; 0 means no limit other than ctx. Its errors are
// *Error, or ctx's cause if ctx ended the exchange for a reason other than ErrTimeout.
func (c *Client) Complete(ctx context.Context, req *Request, limit time.Duration) (*Response, error) {
	var reply *Response
	call := post(req, false)
	call.limit = limit
	err := c.exchange(ctx, call, func(resp *http.Response, body io.Reader) error {
		raw, err := readReply(resp, body)
		if err == nil {
			reply, err = parseResponse(raw, resp.Header)
		}
		return err
	})
	return reply, err
}

// Models returns the endpoint's list of models, compacted, and the ids of the models in the same order.
func (c *Client) Models(ctx context.Context) (raw []byte, ids []string, err error) {
	err = c.exchange(ctx, httpCall{method: http.MethodGet, path: modelsPath}, func(resp *http.Response, body io.Reader) error {
		reply, err := readReply(resp, body)
		if err != nil {
			return err
		}
		if ids, err = modelIDs(reply); err != nil {
			e := malformed(reply, requestID(resp.Header), err)
			e.Message = "the reply is no list of models"
			return e
		}
		raw, err = rawjson.Compact(reply)
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

// Paths relative to the base URL.
const (
	completionsPath = "chat/completions"
	modelsPath      = "models"
)

// httpCall describes one HTTP request to make.
type httpCall struct {
	method, path string
	body         rawjson.Doc // empty for none
	// stream makes silence before the first byte count as idle time. Without a stream, the server may send nothing for
	// many minutes while it prepares the reply.
	stream bool
	// limit is the longest duration of the whole exchange; 0 means no limit other than the context's.
	limit time.Duration
}

func post(r *Request, stream bool) httpCall {
	return httpCall{method: http.MethodPost, path: completionsPath, body: r.Doc(), stream: stream}
}

// exchange makes one call and passes a 200 response to use. It classifies all errors.
func (c *Client) exchange(ctx context.Context, call httpCall, use func(*http.Response, io.Reader) error) error {
	body := c.watch(ctx, call)
	defer c.unwatch(body, call)
	ctx = body.ctx
	onRead := func() {}
	if call.stream {
		onRead = body.wait
	}
	onRead()
	resp, err := c.Transport.RoundTrip(c.request(ctx, call, onRead))
	if err != nil {
		err = replaceStaleTimeout(ctx, err)
		return cmp.Or(contextError(ctx, err, c.Idle), networkError(c.Base.Host, err))
	}
	defer resp.Body.Close()
	body.Reader = resp.Body
	if resp.StatusCode != http.StatusOK {
		text, err := io.ReadAll(io.LimitReader(body, MaxErrorText+1))
		if ctxErr := contextError(ctx, err, c.Idle); err != nil && ctxErr != nil {
			return ctxErr
		}
		return statusError(resp, text)
	}
	if err := use(resp, body); err != nil {
		return c.readError(ctx, resp, err)
	}
	return nil
}

// watch returns a watch that has begun to time an exchange.
func (c *Client) watch(ctx context.Context, call httpCall) *watch {
	w, ok := c.spare.Get().(*watch)
	if !ok || w.parent != ctx {
		w = newWatch(ctx, c.Idle)
	}
	w.begin(call.limit)
	return w
}

// unwatch stops a watch and keeps it for another exchange if possible. It does not keep the watch of a stream, because
// net/http may still be sending the request after the reply, which would start a wait.
func (c *Client) unwatch(w *watch, call httpCall) {
	if w.stop() && !call.stream {
		c.spare.Put(w)
	}
}

// template returns the request for a path, without context and body. It is built once, and its parts are shared,
// because a RoundTripper must not change them.
func (c *Client) template(call httpCall) *http.Request {
	if cached, ok := c.templates.Load(call.path); ok {
		if req, ok := cached.(*http.Request); ok {
			return req
		}
	}
	u := c.Base.JoinPath(call.path)
	if !strings.HasPrefix(u.Path, "/") {
		// The base URL has no path.
		u.Path = "/" + u.Path
	}
	req := &http.Request{
		Method: call.method, URL: u, Host: u.Host, Header: http.Header{},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: http.NoBody,
	}
	if call.body.Len() > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(req.Header, c.Header)
	if host := c.Header.Get("Host"); host != "" {
		req.Host = host
	}
	c.templates.Store(call.path, req)
	return req
}

func (c *Client) request(ctx context.Context, call httpCall, onRead func()) *http.Request {
	req := c.template(call).WithContext(ctx)
	if call.body.Len() > 0 {
		req.ContentLength = call.body.Len()
		req.GetBody = func() (io.ReadCloser, error) {
			if call.body.Len() <= smallBody {
				return io.NopCloser(bytes.NewReader(call.body.Bytes())), nil
			}
			return io.NopCloser(&notifyingBody{call.body.Reader(), onRead}), nil
		}
		// This GetBody never fails.
		req.Body, _ = req.GetBody()
	}
	return req
}

// readReply reads a body of at most MaxReply bytes.
func readReply(resp *http.Response, body io.Reader) ([]byte, error) {
	if n := resp.ContentLength; n > 0 && n <= MaxReply {
		raw := make([]byte, n)
		if got, err := io.ReadFull(body, raw); err != nil {
			return nil, cutAfter(got, err)
		}
		return raw, nil
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

// cutError reports a body whose reading failed after some bytes.
type cutError struct {
	message string
	err     error
}

func (e *cutError) Error() string { return e.message }
func (e *cutError) Unwrap() error { return e.err }

// readError returns why reading a reply failed. It returns errors other than timeouts and cut bodies unchanged.
func (c *Client) readError(ctx context.Context, resp *http.Response, err error) error {
	if ctxErr := contextError(ctx, err, c.Idle); ctxErr != nil {
		return ctxErr
	}
	if cut, ok := errors.AsType[*cutError](err); ok {
		e := newError(failure.Cut, err, "%v", cut)
		e.Status, e.RequestID = resp.StatusCode, requestID(resp.Header)
		return e
	}
	return err
}
