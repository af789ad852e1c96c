package connect

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"os"

	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/inproc"
	"github.com/chatcmpl/chatcmpl/internal/offline"
)

// idlePerHost limits the connections that stay open between the requests of other programs.
const idlePerHost = 100

// transport returns a transport for up to jobs concurrent requests, any number if jobs is 0, over the network or to the
// embedded endpoint, whose batches end with ctx.
func (o *Options) transport(ctx context.Context, con *console.Console, to *Endpoint, jobs int) (http.RoundTripper, error) {
	if to.Offline {
		replies, err := o.ReadReplies()
		endpoint := offline.New(offline.Options{Replies: replies})
		context.AfterFunc(ctx, endpoint.Close)
		return &inproc.Transport{Handler: endpoint}, err
	}
	through, err := o.proxyFor(con, to.Base)
	if err != nil {
		return nil, err
	}
	config, err := o.tlsConfig()
	if err != nil {
		return nil, err
	}
	d := &dialer{timeout: o.ConnectTimeout, proxy: through, tls: config}
	t := &http.Transport{
		DialContext:         d.DialContext,
		TLSHandshakeTimeout: o.ConnectTimeout,
		TLSClientConfig:     config,
		ForceAttemptHTTP2:   true,
		// Without compression, --json prints the body as the server sent it.
		DisableCompression:  true,
		MaxIdleConns:        jobs,
		MaxIdleConnsPerHost: cmp.Or(jobs, idlePerHost),
		MaxConnsPerHost:     jobs,
	}
	if through != nil {
		if d.tunnel = to.Base.Scheme == "https" || through.isSOCKS(); !d.tunnel {
			t.Proxy = func(*http.Request) (*url.URL, error) { return through.url, nil }
			return &forwarding{t, d}, nil
		}
	}
	return t, nil
}

// Forwarder returns two transports for the requests of other programs to an endpoint: raw passes responses on unchanged, decoded
// decodes those that are compressed although nobody asked for that.
func (o *Options) Forwarder(ctx context.Context, con *console.Console, to *Endpoint) (raw, decoded http.RoundTripper, err error) {
	raw, err = o.transport(ctx, con, to, 0)
	return raw, &decoding{raw}, err
}

// tlsConfig returns a config with the trusted certificates and the client certificate; nil for the defaults.
func (o *Options) tlsConfig() (*tls.Config, error) {
	if o.CACert == "" && o.ClientCert == "" && o.ClientKey == "" {
		return nil, nil //nolint:nilnil // net/http takes nil for the defaults
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.CACert != "" {
		pem, err := os.ReadFile(o.CACert)
		if err != nil {
			return nil, failure.BadOption("cacert", "", ": %w", err)
		}
		if config.RootCAs, err = x509.SystemCertPool(); err != nil {
			config.RootCAs = x509.NewCertPool()
		}
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, failure.BadOption("cacert", "", " %s: it holds no PEM certificate", o.CACert)
		}
	}
	pair, err := o.clientCertificate()
	if err != nil {
		return nil, err
	}
	config.Certificates = pair
	return config, nil
}

// clientCertificate returns the client certificate; nil for none. One file may contain both the certificate and its
// key.
func (o *Options) clientCertificate() ([]tls.Certificate, error) {
	cert, key := o.ClientCert, o.ClientKey
	switch {
	case cert == "" && key == "":
		return nil, nil
	case cert == "":
		return nil, failure.BadOption("client-key", "", " goes with --client-cert")
	case key == "":
		key = cert
	}
	certificate, err := os.ReadFile(cert)
	if err != nil {
		return nil, failure.BadOption("client-cert", "", ": %w", err)
	}
	private, err := os.ReadFile(key)
	if err != nil {
		return nil, failure.BadOption("client-key", "", ": %w", err)
	}
	pair, err := tls.X509KeyPair(certificate, private)
	if err != nil {
		hint := "both are PEM files, and the key has no pass phrase"
		if o.ClientKey == "" {
			hint = "--client-key names the file of its key, if it is not in the same file"
		}
		return nil, failure.BadOption("client-cert", hint, " %s: %w", cert, err)
	}
	return []tls.Certificate{pair}, nil
}
