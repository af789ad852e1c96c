package connect

import (
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// proxy describes a proxy.
type proxy struct {
	url *url.URL
	// from is the option or the variable that sets the proxy.
	from string
}

// String returns a description for messages: the address of the proxy and its source.
func (p *proxy) String() string { return "the proxy " + p.url.Host + " (" + p.from + ")" }

// isSOCKS reports whether it is a SOCKS5 proxy, which always resolves names itself: socks5 means the same as socks5h.
func (p *proxy) isSOCKS() bool { return strings.HasPrefix(p.url.Scheme, "socks5") }

// Proxy returns the URL of the proxy for a base URL; nil if there is none.
func (o *Options) Proxy(con *console.Console, base *url.URL) (*url.URL, error) {
	p, err := o.proxyFor(con, base)
	if p == nil {
		return nil, err
	}
	return p.url, nil
}

// proxyFor returns the proxy for a base URL; nil if there is none. --proxy applies to every host; an environment
// variable does not apply to loopback hosts and hosts in NO_PROXY. An invalid proxy is a usage error, so that nothing
// is sent without the requested proxy. Secrets in the proxy's URL are redacted from then on.
func (o *Options) proxyFor(con *console.Console, base *url.URL) (*proxy, error) {
	if o.ProxyURL != "" {
		u, ok := parseProxy(o.ProxyURL)
		if !ok {
			// The URL may contain a secret, so the error does not quote it.
			return nil, failure.BadOption("proxy", "such as http://proxy.example:3128", ": must be an http, https, socks5 or socks5h URL")
		}
		con.Redactor.AddURL(u)
		return &proxy{u, o.ProxyFrom}, nil
	}
	if secret.IsLoopback(base.Hostname()) {
		return nil, nil //nolint:nilnil // most have no proxy
	}
	name, value := o.proxyVariable(base.Scheme)
	if value == "" {
		return nil, nil //nolint:nilnil // as above
	}
	config := httpproxy.Config{HTTPProxy: "http://in.force", HTTPSProxy: "http://in.force", NoProxy: o.firstOf("NO_PROXY")}
	if through, err := config.ProxyFunc()(base); through == nil {
		return nil, err
	}
	u, ok := parseProxy(value)
	if !ok {
		return nil, failure.BadUsage("such as http://proxy.example:3128; a % in a password is written %25",
			"%s: must be an http, https, socks5 or socks5h URL", name)
	}
	con.Redactor.AddURL(u)
	return &proxy{u, name}, nil
}

// proxyVariable returns the environment variable of the proxy for a scheme, and its value; both are empty if none is
// set.
func (o *Options) proxyVariable(scheme string) (name, value string) {
	for _, name := range []string{strings.ToUpper(scheme) + "_PROXY", "ALL_PROXY"} {
		for _, name := range []string{name, strings.ToLower(name)} {
			if value := o.Getenv(name); value != "" {
				return name, value
			}
		}
	}
	return "", ""
}

// firstOf returns the value of a variable, with its name in upper case or else in lower case.
func (o *Options) firstOf(name string) string {
	if value := o.Getenv(name); value != "" {
		return value
	}
	return o.Getenv(strings.ToLower(name))
}

// parseProxy parses the URL of a proxy. The default scheme is http.
func parseProxy(text string) (*url.URL, bool) {
	if !strings.Contains(text, "://") {
		text = "http://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || !hasValidPort(u) {
		return nil, false
	}
	port := map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	if port == "" {
		return nil, false
	}
	if u.Port() == "" {
		u.Host += ":" + port
	}
	return u, true
}
