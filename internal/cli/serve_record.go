package cli

import (
	"errors"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/inproc"
)

// recorded puts a file of exchanges before the endpoint, if there is to be one: what other
// programs ask is kept in it, or answered from it. lost says in the end whether an exchange
// could not be kept.
func (a *app) recorded(handler http.Handler) (taped http.Handler, lost func() error, err error) {
	base, err := url.Parse(offlineBase)
	if err != nil {
		return nil, nil, err
	}
	lost = func() error { return nil }
	tape, err := a.connect.cassette.load(a.env, &endpoint{base: base, offline: true})
	if err != nil || tape == nil {
		return handler, lost, err
	}
	lost = func() error {
		if err := unwritten(tape); err != nil {
			return &lostError{err}
		}
		return nil
	}
	tape.Lost = func(error) { a.env.note("%v", lost()) }
	a.connect.hideKeyFile(a.env)
	tape.Next = &inproc.Transport{Handler: handler}
	if err := a.connect.cassette.check(a.env, tape); err != nil {
		return nil, nil, err
	}
	return &httputil.ReverseProxy{
		Transport:     local{tape},
		FlushInterval: -1,
		ErrorLog:      log.New(detailWriter{a.env}, "", 0),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = base.Scheme, base.Host, r.In.Host
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) { a.unanswered(w, err) },
	}, lost, nil
}

// lostError is what a server failed to keep; it counts for more than the signal that ended it.
type lostError struct{ error }

func (l *lostError) Unwrap() error { return l.error }

// unanswered tells a client that the file has no answer, or breaks the connection off as the
// endpoint did.
func (a *app) unanswered(w http.ResponseWriter, err error) {
	said, ok := errors.AsType[*api.LocalError](err)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	a.env.note("%v", said)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusNotFound)
	body := `{"code":"unrecorded","error":"the request is not in the file of exchanges"}`
	// Whoever can't be written to has gone.
	_, _ = w.Write([]byte(body))
}
