package offline

import (
	"net/http"
	"slices"
	"strings"
)

// apiRoute is a row of the table of routes. {id} in its path stands for any text. serve decides about the answer;
// nothing is written before it returns.
type apiRoute struct {
	method, path string
	json         bool     // the request has a body of JSON
	parameters   []string // of the query that are no settings
	serve        func(*exchange) answer
}

// allRoutes returns the table. Where several paths match, the first one counts.
func (e *Endpoint) allRoutes() []apiRoute {
	return append([]apiRoute{
		{method: http.MethodPost, path: "/v1/chat/completions", json: true, serve: e.chatCompletion},
		{method: http.MethodGet, path: "/v1/chat/deferred-completion/{id}", serve: e.deferred.poll},
		{method: http.MethodGet, path: "/v1/models", serve: e.models.list},
		{method: http.MethodGet, path: "/v1/models/{id}", serve: e.models.show},
	}, e.batchRoutes()...)
}

// methods returns the methods that the route serves.
func (rt *apiRoute) methods() []string {
	if rt.method == http.MethodGet {
		return []string{http.MethodGet, http.MethodHead}
	}
	return []string{rt.method}
}

// match reports whether a path belongs to the route, and returns the id in it. separators are the slashes of the path that
// are not escaped: an escaped one separates nothing.
func (rt *apiRoute) match(path string, separators int) (id string, ok bool) {
	if separators < strings.Count(rt.path, "/") {
		return "", false
	}
	before, after, hasID := strings.Cut(rt.path, "{id}")
	if !hasID {
		return "", path == rt.path
	}
	id, ok = strings.CutPrefix(path, before)
	if ok {
		id, ok = strings.CutSuffix(id, after)
	}
	return id, ok && id != ""
}

// settings returns the query without the parameters of the API.
func (rt *apiRoute) settings(query string) string {
	if rt.parameters == nil {
		return query
	}
	pairs := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return slices.Contains(rt.parameters, name)
	})
	return strings.Join(pairs, "&")
}

// route returns the route of a request. If only the method is wrong, it announces those that are allowed.
func (e *Endpoint) route(x *exchange) (*apiRoute, error) {
	path, separators := "", strings.Count(x.r.URL.EscapedPath(), "/")
	var allowed []string
	for i := range e.routes {
		rt := &e.routes[i]
		id, ok := rt.match(x.r.URL.Path, separators)
		if !ok || path != "" && rt.path != path {
			continue
		}
		if slices.Contains(rt.methods(), x.r.Method) {
			x.id = id
			return rt, nil
		}
		path = rt.path
		allowed = append(allowed, rt.methods()...)
	}
	if allowed == nil {
		return nil, noRoute()
	}
	x.w.Header().Set("Allow", strings.Join(allowed, ", "))
	return nil, methodNotAllowed(x.r.Method)
}
