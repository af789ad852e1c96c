package cli

import (
	"errors"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/offline"
)

// recorded puts a file of exchanges before the endpoint, if there is to be one: what other
// programs ask is kept in it, or answered from it.
func (a *app) recorded(handler http.Handler) (http.Handler, error) {
	base, err := url.Parse(offlineBase)
	if err != nil {
		return nil, err
	}
	tape, err := a.connect.cassette.load(a.env, &endpoint{base: base, offline: true})
	if err != nil || tape == nil {
		return handler, err
	}
	a.connect.hideKeyFile(a.env)
	tape.Next = &offline.Transport{Handler: handler}
	if err := a.connect.cassette.check(a.env, tape); err != nil {
		return nil, err
	}
	return &httputil.ReverseProxy{
		Transport:     local{tape},
		FlushInterval: -1,
		ErrorLog:      log.New(detailWriter{a.env}, "", 0),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = base.Scheme, base.Host, r.In.Host
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) { a.unanswered(w, err) },
	}, nil
}

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
