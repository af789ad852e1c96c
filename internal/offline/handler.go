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

	"github.com/chatcmpl/chatcmpl/internal/batches"
	"github.com/chatcmpl/chatcmpl/internal/faults"
)

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
