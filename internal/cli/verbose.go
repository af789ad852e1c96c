package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// verbose shows the heads of requests and responses.
type verbose struct {
	next http.RoundTripper
	env  *env
}

// RoundTrip implements http.RoundTripper.
func (v *verbose) RoundTrip(req *http.Request) (*http.Response, error) {
	v.env.detail("> " + req.Method + " " + redactURL(req.URL))
	v.head("> ", req.Header)
	if req.ContentLength > 0 {
		v.env.detail(fmt.Sprintf("> Content-Length: %d", req.ContentLength))
	}
	resp, err := v.next.RoundTrip(req)
	if err != nil {
		v.env.detail("* " + err.Error())
		return nil, err
	}
	v.env.detail("< " + resp.Proto + " " + resp.Status)
	v.head("< ", resp.Header)
	return resp, nil
}

// head shows header fields in the order of their names, secrets as stars.
func (v *verbose) head(prefix string, h http.Header) {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range h[name] {
			if secret.Named(name) {
				value = secret.New(value).String()
			} else if to, err := url.Parse(value); err == nil && strings.HasSuffix(name, "Location") {
				value = redactURL(to)
			}
			v.env.detail(prefix + name + ": " + value)
		}
	}
}

// redactURL shows a URL without its password and without secrets in its query.
func redactURL(u *url.URL) string {
	pairs := strings.Split(u.RawQuery, "&")
	for i, pair := range pairs {
		if name, _, given := strings.Cut(pair, "="); given && secret.Named(name) {
			pairs[i] = name + "=" + secret.New("").String()
		}
	}
	shown := *u
	shown.RawQuery = strings.Join(pairs, "&")
	return shown.Redacted()
}
