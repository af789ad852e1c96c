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
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/faults"
)

// maxBody bounds a request's body. It has room for some twenty pictures of the largest size, in base64.
const maxBody = 512 << 20

// Endpoint serves POST /v1/chat/completions, GET /v1/chat/deferred-completion/{id}, GET /v1/models and GET
// /v1/models/{id}, and HEAD where it serves GET. It ignores host and scheme, and the Authorization header unless a key is
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
}

// Options configures an endpoint.
type Options struct {
	// Settings apply to all requests whose query does not set them. They must have passed faults.Read.
	Settings url.Values
	// Key is the key that requests need unless the setting key names another; empty for none.
	Key string
	// Replies are tried before the models; nil for none.
	Replies *Replies
}

// New returns an endpoint.
func New(o Options) *Endpoint {
	return &Endpoint{
		maxBody:  maxBody,
		key:      o.Key,
		replies:  o.Replies,
		models:   newCatalog(o.Replies.models()),
		sessions: faults.Sessions{Defaults: o.Settings},
	}
}

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
	if x.session, err = e.sessions.Get(x.r.URL.RawQuery); err != nil {
		return nil, invalid("%v", err)
	}
	if err := x.authorize(e.key); err != nil {
		return nil, err
	}
	if found.method == http.MethodPost {
		err = x.readBody(e.maxBody)
	}
	return found.serve, err
}

// apiRoute is a row of the table of routes. If its path ends with a slash, an id follows. serve decides about the answer;
// nothing is written before it returns.
type apiRoute struct {
	method, path string
	serve        func(*exchange) answer
}

func (e *Endpoint) routes() []apiRoute {
	return []apiRoute{
		{http.MethodPost, "/v1/chat/completions", e.chatCompletion},
		{http.MethodGet, "/v1/chat/deferred-completion/", e.deferred.poll},
		{http.MethodGet, "/v1/models", e.models.list},
		{http.MethodGet, "/v1/models/", e.models.show},
	}
}

// methods returns the methods that the route serves.
func (rt *apiRoute) methods() []string {
	if rt.method == http.MethodGet {
		return []string{http.MethodGet, http.MethodHead}
	}
	return []string{rt.method}
}

// match reports whether a path belongs to the route, and returns the id in it.
func (rt *apiRoute) match(path string) (id string, ok bool) {
	if !strings.HasSuffix(rt.path, "/") {
		return "", path == rt.path
	}
	id, ok = strings.CutPrefix(path, rt.path)
	return id, ok && id != ""
}

// route returns the route of a request. If only the method is wrong, it announces those that are allowed.
func (e *Endpoint) route(x *exchange) (*apiRoute, error) {
	var allowed []string
	for _, rt := range e.routes() {
		id, ok := rt.match(x.r.URL.Path)
		if !ok {
			continue
		}
		if slices.Contains(rt.methods(), x.r.Method) {
			x.id = id
			return &rt, nil
		}
		allowed = append(allowed, rt.methods()...)
	}
	if allowed == nil {
		return nil, noRoute()
	}
	x.w.Header().Set("Allow", strings.Join(allowed, ", "))
	return nil, methodNotAllowed(x.r.Method)
}
