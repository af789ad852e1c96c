package connect

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"sync"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/cassette"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/reply"
	"github.com/chatcmpl/chatcmpl/internal/retry"
	"github.com/chatcmpl/chatcmpl/internal/session"
)

// Client sends requests with the retries and the deadline of the options, and describes errors.
type Client struct {
	// API makes one attempt.
	API *api.Client
	// Policy decides which attempts are repeated.
	Policy retry.Policy
	// Timeout limits the time of all attempts at a request; 0 means no limit.
	Timeout time.Duration

	con           *console.Console
	keyHint       func() string
	modelsCommand string             // for hints
	tape          *cassette.Cassette // nil for none
}

// maxAfter is the longest wait that a server may request in one conversation.
const maxAfter = time.Minute

// Open returns a client of an endpoint for up to jobs concurrent requests. It sends nothing, but reads files and may
// run the key command. With a cache, which may make the key unnecessary, the key is read only before the first request.
// With more than one job, Close must be called at the end.
func Open(ctx context.Context, con *console.Console, o *Options, to *Endpoint, jobs int) (*Client, error) {
	if err := o.refuseStream(con); err != nil {
		return nil, err
	}
	tape, err := o.newTape(con, to.Base, nil)
	if err != nil {
		return nil, err
	}
	c := &Client{con: con, Timeout: o.Timeout, modelsCommand: to.ModelsCommand, tape: tape}
	if tape != nil && jobs == 1 {
		// Close, which reports taken answers, need not be called then, and asking for a few answers costs little.
		tape.Took = nil
	}
	c.API = &api.Client{Base: to.Base, Idle: o.IdleTimeout, Redactor: con.Redactor}
	if c.tape != nil {
		// The key must be redacted before anything is looked up.
		o.HideKeyFile(con)
	}
	c.Policy = retry.Policy{Retries: o.Retries, MaxAfter: maxAfter, NoWait: c.Replays(), Judge: Judge, Waiting: c.Waiting}
	header, leftOut, err := o.Header(con)
	switch {
	case c.Replays() && (err == nil || errors.Is(err, fs.ErrNotExist)):
		// A replay sends nothing, so a file of headers, which usually holds a key, may be missing.
		c.keyHint = func() string { return o.keyHint(to, credential{}) }
		c.API.Transport = localErrors{c.tape}
	case err != nil:
		return nil, err
	default:
		opener := &opener{Client: c, options: o, to: to, header: header, leftOut: leftOut}
		if err := opener.open(ctx, jobs); err != nil {
			return nil, err
		}
	}
	if c.tape != nil {
		return c, o.checkTape(c.tape)
	}
	return c, nil
}

// opener holds a client while its key and its transport are set up.
type opener struct {
	*Client

	options *Options
	to      *Endpoint
	header  http.Header // gets the key
	leftOut bool        // a secret header was left out
}

func (o *opener) open(ctx context.Context, jobs int) error {
	key := sync.OnceValues(func() (credential, error) { return o.findKey(ctx) })
	o.keyHint = func() string {
		known, _ := key()
		return o.options.keyHint(o.to, known)
	}
	late := o.caches()
	o.API.Header = o.header.Clone()
	if !late {
		if _, err := key(); err != nil {
			return err
		}
		o.API.Header = o.header
	}
	transport, err := o.options.transport(ctx, o.con, o.to, jobs)
	if err != nil {
		return err
	}
	transport = &decoding{transport}
	if o.con.Verbose {
		transport = &verbose{transport, o.con}
	}
	if late {
		transport = &lateKey{transport, o.header, func() error { _, err := key(); return err }}
	}
	if o.tape != nil {
		o.tape.Next, transport = transport, localErrors{o.tape}
	}
	o.API.Transport = transport
	return nil
}

func (o *opener) findKey(ctx context.Context) (credential, error) {
	key, err := o.options.key(ctx, o.con, o.to, o.header, o.leftOut)
	if err == nil {
		err = authorize(o.header, key, o.to)
	}
	if err == nil {
		err = o.options.Guard(o.con, o.to, o.header)
	}
	return key, err
}

// lateKey is a transport that reads the key before the first request.
type lateKey struct {
	next   http.RoundTripper
	header http.Header // contains the key once find has returned
	find   func() error
}

// RoundTrip implements http.RoundTripper.
func (k *lateKey) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := k.find(); err != nil {
		_ = req.Body.Close()
		return nil, &api.LocalError{Err: err}
	}
	req = req.WithContext(req.Context())
	req.Header = req.Header.Clone()
	if authorization := k.header.Get("Authorization"); authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	return k.next.RoundTrip(req)
}

// caches reports whether replies may come from a cache.
func (c *Client) caches() bool { return c.tape != nil && c.tape.Mode == cassette.Cache }

// Replays reports whether all replies come from a cassette.
func (c *Client) Replays() bool { return c.tape != nil && c.tape.Mode == cassette.Replay }

// Unrecorded returns the error of an exchange that could not be recorded; nil if there is none.
func (c *Client) Unrecorded() error { return unwritten(c.tape) }

// Close ends the use of a file that the processes of a program share.
func (c *Client) Close() {
	if c.tape == nil {
		return
	}
	if shared, ok := c.tape.Answers.(*session.Client); ok {
		shared.Flush()
	}
}

// Complete makes one attempt at a request within limit; 0 means no limit except ctx.
func (c *Client) Complete(ctx context.Context, req *api.Request, limit time.Duration) (*reply.Response, error) {
	resp, err := c.API.Complete(ctx, req, limit)
	if err == nil && !c.caches() {
		// Only chatcmpl's own cache may report that a reply cost nothing, not a server.
		resp.Cached = false
	}
	return resp, err
}

// WithTimeout returns a context that ends after Timeout.
func (c *Client) WithTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	if c.Timeout == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, c.Timeout, api.ErrTimeout)
}

// Do makes attempts until one succeeds, under one deadline, and describes the error of the last one.
func (c *Client) Do(ctx context.Context, try func(context.Context) error) error {
	ctx, cancel := c.WithTimeout(ctx)
	defer cancel()
	attempts, err := c.Policy.Do(ctx, try)
	if err == nil {
		return nil
	}
	if lost := c.Unrecorded(); lost != nil {
		c.con.Note("%v", lost)
	}
	return c.Describe(err, attempts)
}

// Judge classifies the error of an exchange for a retry policy.
func Judge(err error) retry.Verdict {
	e, ok := errors.AsType[*reply.Error](err)
	if _, last := errors.AsType[*FinalError](err); last || !ok {
		return retry.Verdict{}
	}
	// The timeout covers all attempts, so there is no time for another.
	return retry.Verdict{Again: e.Retryable && !errors.Is(err, api.ErrTimeout), Once: e.Unusable, RateLimited: e.Kind == failure.RateLimit, After: e.After}
}

// FinalError marks an error that must not be retried, because part of the reply is on stdout.
type FinalError struct{ Err error }

func (f *FinalError) Error() string { return f.Err.Error() }

// Unwrap returns the marked error.
func (f *FinalError) Unwrap() error { return f.Err }
