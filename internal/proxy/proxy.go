// Package proxy forwards the requests of other programs to an API, and lets a keeper see the exchanges.
//
// It passes on what both sides say: the client's key goes to the upstream and to nowhere else, errors and redirects come
// back as they are, and each part of a stream is sent on as it arrives. It repeats no request.
package proxy

import (
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path"
	"strings"
	"sync"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Options configure a proxy.
type Options struct {
	// Upstream is the base URL of the API. Its query is added to that of each request.
	Upstream *url.URL
	// Prefix is the path of the proxy's own base URL, such as /v1. It stands for the path of Upstream; other paths are
	// those of the upstream's host.
	Prefix string
	// Transport sends requests to the upstream. It must follow no redirect and ask for no compression.
	Transport http.RoundTripper
	// Keeper sends, over Transport, the requests whose exchanges are to be kept; nil keeps none. If a client goes away,
	// the context of its request ends with the cause ErrClientGone. Such requests never ask for a compressed response.
	Keeper http.RoundTripper
	// Keeps reports whether the exchanges of a path, which is relative to the base URL and begins with a slash, are kept.
	Keeps func(path string) bool
	// Admit, if not nil, is called before a request is forwarded; an error refuses it.
	Admit func(*http.Request) error
	// Failed answers a request to which Transport or Keeper returned an error. It may panic with http.ErrAbortHandler.
	Failed func(http.ResponseWriter, *http.Request, error)
	// Log receives what goes wrong while a response is passed on.
	Log *log.Logger
}

// New returns a handler that forwards requests.
func New(o Options) http.Handler {
	p := &proxy{Options: o}
	forward := &httputil.ReverseProxy{
		Rewrite:       p.rewrite,
		Transport:     p,
		FlushInterval: -1,
		BufferPool:    &buffers{},
		ErrorLog:      o.Log,
		ErrorHandler:  o.Failed,
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect {
			Fail(w, http.StatusMethodNotAllowed, "no_tunnel", "this is a base URL for requests, not a proxy for tunnels")
			return
		}
		if o.Admit != nil {
			if err := o.Admit(r); err != nil {
				Fail(w, http.StatusForbidden, "plain_http", err.Error())
				return
			}
		}
		forward.ServeHTTP(w, r)
	})
}

// Fail answers a request with an error in the form that most clients read.
func Fail(w http.ResponseWriter, status int, code, message string) {
	inner := rawjson.Object{
		{Key: "message", Value: rawjson.Quote(message)},
		{Key: "type", Value: rawjson.Quote(code)},
		{Key: "param", Value: []byte("null")},
		{Key: "code", Value: rawjson.Quote(code)},
	}
	body := rawjson.Object{{Key: "error", Value: inner.JSON()}}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A client that can't be written to has gone.
	_, _ = w.Write(body.JSON())
}

type proxy struct{ Options }

// relative returns a path relative to the proxy's base URL; ok is false for a path outside it. Some clients begin a path with
// two slashes.
func (p *proxy) relative(path string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix("/"+strings.TrimLeft(path, "/"), strings.TrimSuffix(p.Prefix, "/"))
	return rest, ok && (rest == "" || rest[0] == '/')
}

// keeps reports whether the exchange of a request that a client sent is kept.
func (p *proxy) keeps(u *url.URL) bool {
	relative, ok := p.relative(u.Path)
	return ok && p.Keeper != nil && p.Keeps(path.Clean(relative))
}

// rewrite directs a request to the upstream.
func (p *proxy) rewrite(r *httputil.ProxyRequest) {
	if p.keeps(r.In.URL) {
		// What is kept must be readable.
		r.Out.Header.Del("Accept-Encoding")
		r.Out = r.Out.WithContext(withKept(r.Out.Context()))
	}
	to := *p.Upstream
	if relative, ok := p.relative(r.In.URL.EscapedPath()); ok {
		to = *to.JoinPath(relative)
	} else {
		to.Path, to.RawPath = r.In.URL.Path, r.In.URL.RawPath
	}
	to.RawQuery = joinQueries(to.RawQuery, r.In.URL.RawQuery)
	r.Out.URL, r.Out.Host = &to, ""
}

func joinQueries(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "&" + b
}

// RoundTrip implements http.RoundTripper.
func (p *proxy) RoundTrip(req *http.Request) (*http.Response, error) {
	if isKept(req.Context()) {
		return untilClientGone(req, p.Keeper)
	}
	req, err := held(req)
	if err != nil {
		return nil, err
	}
	return p.Transport.RoundTrip(req)
}

// buffers is a pool of small buffers: a proxy may copy a thousand streams at the same time, whose parts are short.
type buffers struct{ pool sync.Pool }

const bufferSize = 8 << 10

// Get implements httputil.BufferPool.
func (b *buffers) Get() []byte {
	if buffer, ok := b.pool.Get().(*[bufferSize]byte); ok {
		return buffer[:]
	}
	return make([]byte, bufferSize)
}

// Put implements httputil.BufferPool.
func (b *buffers) Put(buffer []byte) { b.pool.Put((*[bufferSize]byte)(buffer)) }
