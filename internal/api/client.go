package api

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/reply"
	"github.com/chatcmpl/chatcmpl/internal/secret"
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
	// Redactor knows the secrets that are replaced in every answer; nil knows none.
	Redactor *secret.Redactor

	templates sync.Map  // path → *http.Request without context and body
	spare     sync.Pool // of *watch
}

// Complete sends a request and reads the whole reply, within limit; 0 means no limit other than ctx. Its errors are *reply.Error,
// or ctx's cause if ctx ended the exchange for a reason other than ErrTimeout.
func (c *Client) Complete(ctx context.Context, req *Request, limit time.Duration) (*reply.Response, error) {
	var whole *reply.Response
	call := post(req, false)
	call.limit = limit
	err := c.exchange(ctx, call, func(resp *http.Response, body io.Reader) (err error) {
		whole, err = c.reader(req).Whole(resp, body)
		return err
	})
	if err != nil {
		return nil, err
	}
	return whole, nil
}

// Stream sends a request that asks for a stream (its field "stream" must be true) and calls each for every chunk as it arrives; an
// error of each ends the stream and is returned unchanged. Errors of the exchange are those of Complete. The response holds what
// arrived even if there is an error, and is nil only if nothing did. With collect, the texts and messages of the choices are kept.
func (c *Client) Stream(ctx context.Context, req *Request, collect bool, each func(*reply.Chunk) error) (*reply.Response, error) {
	var arrived *reply.Response
	r := c.reader(req)
	r.Each, r.Collect = each, collect
	err := c.exchange(ctx, post(req, true), func(resp *http.Response, body io.Reader) (err error) {
		arrived, err = r.Stream(resp, body)
		return err
	})
	return arrived, err
}

func (c *Client) reader(req *Request) *reply.Reader {
	return &reply.Reader{Redactor: c.Redactor, Choices: req.Choices()}
}

// Models returns the body of the endpoint's list of models, compacted, and the models' ids in its order.
func (c *Client) Models(ctx context.Context) (raw []byte, ids []string, err error) {
	err = c.exchange(ctx, httpCall{method: http.MethodGet, path: modelsPath}, func(resp *http.Response, body io.Reader) (err error) {
		raw, ids, err = (&reply.Reader{Redactor: c.Redactor}).Models(resp, body)
		return err
	})
	return raw, ids, err
}

// Paths relative to the base URL.
const (
	completionsPath = "chat/completions"
	modelsPath      = "models"
)

// CompletionsPath is the path of completions below the base URL.
const CompletionsPath = "/" + completionsPath

// httpCall describes one HTTP request to make.
type httpCall struct {
	method, path string
	body         rawjson.Doc // empty for none
	other        *Call       // nil for a request to chat completions or models
	// stream makes silence before the first byte count as idle time. Without a stream, the server may send nothing for
	// many minutes while it prepares the reply.
	stream bool
	// limit is the longest duration of the whole exchange; 0 means no limit other than the context's.
	limit time.Duration
}

func post(r *Request, stream bool) httpCall {
	return httpCall{method: http.MethodPost, path: completionsPath, body: r.Doc(), stream: stream}
}

// exchange makes one call and passes a successful answer to use. It classifies all errors.
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
	resp.Header = c.clean(resp.Header)
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		text, err := io.ReadAll(io.LimitReader(body, reply.MaxErrorText+1))
		if ctxErr := contextError(ctx, err, c.Idle); err != nil && ctxErr != nil {
			return ctxErr
		}
		return c.named(call, reply.StatusError(resp, c.Redactor.JSON(text)))
	}
	if err := use(resp, body); err != nil {
		return cmp.Or(contextError(ctx, err, c.Idle), c.named(call, err))
	}
	return nil
}

// clean returns the header of an answer with each secret replaced. It may belong to a cassette too, and is not changed.
func (c *Client) clean(h http.Header) http.Header {
	clean := make(http.Header, len(h))
	for name, values := range h {
		for _, v := range values {
			clean[name] = append(clean[name], c.Redactor.String(v))
		}
	}
	return clean
}

// named adds the method and the URL to an error if they may be what is wrong.
func (c *Client) named(call httpCall, err error) error {
	e, ok := errors.AsType[*reply.Error](err)
	if ok && e.Kind == failure.NotAPI {
		e.Request = call.method + " " + secret.RedactURL(c.url(call.path))
	}
	return err
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
	req := c.newRequest(call)
	c.templates.Store(call.path, req)
	return req
}

// newRequest returns a request with the headers of the client, without context and body.
func (c *Client) newRequest(call httpCall) *http.Request {
	u := c.url(call.path)
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
	return req
}

func (c *Client) url(path string) *url.URL {
	u := c.Base.JoinPath(path)
	if !strings.HasPrefix(u.Path, "/") {
		// The base URL has no path.
		u.Path = "/" + u.Path
	}
	return u
}

func (c *Client) request(ctx context.Context, call httpCall, onRead func()) *http.Request {
	if call.other != nil {
		return c.httpRequest(call.other, onRead).WithContext(ctx)
	}
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
