package cli

import (
	"fmt"
	"maps"
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
	v.response(resp, err)
	return resp, err
}

// response shows what came.
func (v *verbose) response(resp *http.Response, err error) {
	if err != nil {
		v.env.detail("* " + err.Error())
		return
	}
	v.env.detail("< " + resp.Proto + " " + resp.Status)
	v.head("< ", resp.Header)
}

func (v *verbose) head(prefix string, h http.Header) {
	for _, line := range headerLines(h) {
		v.env.detail(prefix + line)
	}
}

// headerLines are header fields in the order of their names, secrets as stars.
func headerLines(h http.Header) []string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			if secret.Named(name) {
				value = secret.New(value).String()
			} else if to, err := url.Parse(value); err == nil && strings.HasSuffix(name, "Location") {
				value = redactURL(to)
			}
			lines = append(lines, name+": "+value)
		}
	}
	return lines
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
	return strings.Replace(shown.Redacted(), ":xxxxx@", ":"+secret.New("").String()+"@", 1)
}
