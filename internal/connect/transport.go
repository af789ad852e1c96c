package connect

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"os"

	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/inproc"
	"github.com/chatcmpl/chatcmpl/internal/offline"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// transport returns what sends requests, as many as jobs at the same time: to the network, or to the embedded endpoint.
func (o *Options) transport(con *console.Console, to *Endpoint, jobs int) (http.RoundTripper, error) {
	if to.Offline {
		replies, err := o.ReadReplies()
		return &inproc.Transport{Handler: offline.New(offline.Options{Replies: replies})}, err
	}
	proxy, err := o.proxy(con)
	if err != nil {
		return nil, err
	}
	roots, err := o.roots()
	if err != nil {
		return nil, err
	}
	t := &http.Transport{
		Proxy:               proxy,
		DialContext:         (&net.Dialer{Timeout: o.ConnectTimeout}).DialContext,
		TLSHandshakeTimeout: o.ConnectTimeout,
		ForceAttemptHTTP2:   true,
		// What is printed is what the server sent.
		DisableCompression:  true,
		MaxIdleConns:        jobs,
		MaxIdleConnsPerHost: jobs,
		MaxConnsPerHost:     jobs,
	}
	if roots != nil {
		t.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return t, nil
}

// roots returns the certificates to trust; nil for those of the system.
func (o *Options) roots() (*x509.CertPool, error) {
	if o.CACert == "" {
		return nil, nil //nolint:nilnil // crypto/tls takes nil for the system's
	}
	pem, err := os.ReadFile(o.CACert)
	if err != nil {
		return nil, failure.BadOption("cacert", "", ": %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, failure.BadOption("cacert", "", " %s: there is no certificate in it", o.CACert)
	}
	return pool, nil
}

// ProxyURL reads the URL of the proxy that was named; nil if none was. What is secret in it is redacted from then on.
func (o *Options) ProxyURL(con *console.Console) (*url.URL, error) {
	if o.Proxy == "" {
		return nil, nil //nolint:nilnil // most have no proxy
	}
	through, err := url.Parse(o.Proxy)
	if err != nil || through.Hostname() == "" || through.Scheme != "http" && through.Scheme != "https" && through.Scheme != "socks5" {
		// It may hold a secret.
		return nil, failure.BadOption("proxy", "such as http://proxy.example:3128", ": must be an http, https or socks5 URL")
	}
	con.Redactor.AddURL(through)
	return through, nil
}

// proxy returns how requests find their proxy: the one that was named, except for this machine, otherwise those of the
// environment.
func (o *Options) proxy(con *console.Console) (func(*http.Request) (*url.URL, error), error) {
	through, err := o.ProxyURL(con)
	if through == nil {
		return http.ProxyFromEnvironment, err
	}
	return func(req *http.Request) (*url.URL, error) {
		if secret.IsLoopback(req.URL.Hostname()) {
			return nil, nil //nolint:nilnil // as http.Transport wants it
		}
		return through, nil
	}, nil
}
