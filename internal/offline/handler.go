// Package offline provides a chat completions endpoint inside the process: the wire of xAI's API without a key and
// without a network.
//
// Endpoint is an ordinary http.Handler. It reads no random source and no environment, and a clock only if a setting
// needs one: the same requests in the same order get the same replies, byte for byte, on every machine.
//
// A request passes these stages. Its query selects a session of package faults, which holds the settings and the state of
// earlier requests, and may refuse the request, delay it or apply faults to it. The body is decoded and checked as xAI
// checks it. A rule or the model writes a completion, and the reply carries it in one piece or as a stream.
package offline

import (
	"net/http"
	"net/url"

	"github.com/chatcmpl/chatcmpl/internal/batches"
	"github.com/chatcmpl/chatcmpl/internal/faults"
)

// maxBody bounds a request's body. It has room for some twenty pictures of the largest size, in base64.
const maxBody = 512 << 20

// Endpoint serves POST /v1/chat/completions, GET /v1/chat/deferred-completion/{id}, GET /v1/models and GET
// /v1/models/{id}, the routes of package batches, and HEAD where it serves GET. It ignores host and scheme, and the Authorization header unless a key is
// set. Another route is a 404, another method a 405, a body that is empty or not declared as JSON a 415, and a body over
// 512 MiB a 413. No request makes it panic, except with http.ErrAbortHandler if the connection is to be cut or the client
// has gone.
//
// The model echo, and every name that begins with "grok-", repeats the text of the last user message; lorem writes
// words. If a request has tools, the reply calls those that this text names, and if the request ends with tool
// messages, the reply repeats them. The id of a reply and the X-Request-Id header are the two halves of the body's
// SHA-256 (or, if no body was read, the header has that of method and path); from the second request on, equal requests
// get others, which follow from it. created is always 2026-01-01T00:00:00Z. A token is a word with the white space before
// it, a picture counts as 256 tokens, and the cost follows from pretended prices.
//
// A response names the settings that were given but can't apply to it in the header X-Chatcmpl-Not-Applied. What turns
// out only at the end of a stream is added to the header map then, for a handler around this one.
type Endpoint struct {
	maxBody     int64
	key         string
	replies     *Replies
	models      catalog
	sessions    faults.Sessions
	occurrences occurrences
	deferred    deferredReplies
	batches     *batches.Service
	routes      []apiRoute
}

// Options configures an endpoint.
type Options struct {
	// Settings apply to all requests whose query does not set them. They must have passed faults.Read.
	Settings url.Values
	// Key is the key that requests need unless the setting key names another; empty for none.
	Key string
	// Replies are tried before the models; nil for none.
	Replies *Replies
	// Ran is told of each record that a batch has run; nil for nobody.
	Ran func(batches.Run)
}

// New returns an endpoint. Close ends the batches that it runs.
func New(o Options) *Endpoint {
	e := &Endpoint{
		maxBody:  maxBody,
		key:      o.Key,
		replies:  o.Replies,
		models:   newCatalog(o.Replies.models()),
		sessions: faults.Sessions{Defaults: o.Settings},
	}
	e.batches = batches.New(batches.Options{Answerer: e.answerer, Supports: e.models.has, Ran: o.Ran})
	e.routes = e.allRoutes()
	return e
}

// Close ends the batches that run, and waits until they have ended. Other requests need no end.
func (e *Endpoint) Close() { e.batches.Close() }

// ServeHTTP implements http.Handler.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{w: w, r: r}
	w.Header().Set("X-Zero-Data-Retention", "false")
	serve, err := e.accept(x)
	x.identify(&e.occurrences)
	if err != nil {
		writeError(w, err)
		return
	}
	leave, err := x.session.Enter()
	defer leave()
	if err != nil {
		x.announceRetry()
		writeError(w, err)
		return
	}
	x.faults = x.session.FaultsFor(x.request)
	send := x.replacement()
	if send == nil {
		send = serve(x)
	}
	x.announceNotApplied()
	x.begin()
	send(x)
}

// accept returns the function that serves a request, after it has read and authorized the request.
func (e *Endpoint) accept(x *exchange) (serve func(*exchange) answer, err error) {
	found, err := e.route(x)
	if err != nil {
		return nil, err
	}
	if x.session, err = e.sessions.Get(found.settings(x.r.URL.RawQuery)); err != nil {
		return nil, invalid("%v", err)
	}
	if err := x.authorize(e.key); err != nil {
		return nil, err
	}
	if found.json {
		err = x.readBody(e.maxBody)
	}
	return found.serve, err
}
