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

// redactURL shows a URL without its password, or its name where that stands alone, and
// without secrets in its query.
func redactURL(u *url.URL) string {
	const hidden = "xxxxx" // as url.URL.Redacted has it: stars would be escaped
	shown := *u
	shown.RawQuery = redactQuery(u.RawQuery)
	if _, both := u.User.Password(); u.User != nil && !both {
		shown.User = url.User(hidden)
	}
	stars := secret.New("").String() + "@"
	return strings.NewReplacer("//"+hidden+"@", "//"+stars, ":"+hidden+"@", ":"+stars).Replace(shown.Redacted())
}

// redactQuery shows a query without the secrets in it.
func redactQuery(query string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		if name, _, given := strings.Cut(pair, "="); given && secretParameter(name) {
			pairs[i] = name + "=" + secret.New("").String()
		}
	}
	return strings.Join(pairs, "&")
}

// secretParameter says whether a query's parameter is secret, by its name as it is written.
func secretParameter(written string) bool {
	name, err := url.QueryUnescape(written)
	// The embedded endpoint's number of words is none.
	return err != nil || secret.Named(name) && name != "tokens"
}
