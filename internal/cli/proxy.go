package cli

import (
	"net/http"
	"net/url"
)

// proxyURL is the proxy that was named; nil where none was. What is secret in it is known
// as such from then on.
func (f *connectFlags) proxyURL(e *env) (*url.URL, error) {
	if f.proxy == "" {
		return nil, nil
	}
	through, err := url.Parse(f.proxy)
	if err != nil || through.Hostname() == "" || through.Scheme != "http" && through.Scheme != "https" && through.Scheme != "socks5" {
		// It may hold a secret.
		return nil, usage("such as http://proxy.example:3128", "%s: must be an http, https or socks5 URL", e.called("proxy"))
	}
	for _, s := range urlSecrets(through) {
		e.redact.Add(s)
	}
	return through, nil
}

// proxied is how requests find their proxy: the one that was named, but not to this machine,
// or else those of the environment.
func (f *connectFlags) proxied(e *env) (func(*http.Request) (*url.URL, error), error) {
	through, err := f.proxyURL(e)
	if through == nil {
		return http.ProxyFromEnvironment, err
	}
	return func(req *http.Request) (*url.URL, error) {
		if isLoopback(req.URL.Hostname()) {
			return nil, nil
		}
		return through, nil
	}, nil
}
