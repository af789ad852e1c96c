package connect

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	netproxy "golang.org/x/net/proxy"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/reply"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// dialer makes connections, through a proxy if there is one. One timeout covers the connection and the exchange with
// the proxy.
type dialer struct {
	timeout time.Duration // 0 for no limit
	proxy   *proxy        // nil for none
	// tunnel asks the proxy for a connection to the server. Otherwise requests are sent to the proxy itself.
	tunnel bool
	tls    *tls.Config // for a proxy that speaks TLS; nil for the system's
}

// DialContext connects to a host and port. It is the DialContext of an http.Transport.
func (d *dialer) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	if d.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, d.timeout, errConnectTimeout)
		defer cancel()
	}
	if d.proxy == nil {
		return direct(ctx, network, addr)
	}
	if !d.tunnel {
		// The transport sends its requests to the proxy.
		conn, err := direct(ctx, network, addr)
		return conn, d.proxyError(ctx, err)
	}
	conn, err := d.through(ctx, addr)
	return conn, d.proxyError(ctx, err)
}

// connectTimeoutError reports that the time for a connection is over.
type connectTimeoutError struct{}

func (connectTimeoutError) Error() string   { return "timed out while connecting" }
func (connectTimeoutError) Timeout() bool   { return true }
func (connectTimeoutError) Temporary() bool { return true }

var errConnectTimeout error = connectTimeoutError{}

// direct connects without a proxy. It connects names of this machine only to loopback addresses, whatever they resolve
// to.
func direct(ctx context.Context, network, addr string) (net.Conn, error) {
	var d net.Dialer
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if local, ok := secret.LoopbackHost(host); ok {
		d.Control = onlyLoopback
		addr = net.JoinHostPort(local, port)
	}
	return d.DialContext(ctx, network, addr)
}

// onlyLoopback returns an error for an address that is not a loopback address.
func onlyLoopback(_, address string, _ syscall.RawConn) error {
	if at, err := netip.ParseAddrPort(address); err != nil || !at.Addr().Unmap().IsLoopback() {
		return fmt.Errorf("localhost resolves to %s, which is not this machine", address)
	}
	return nil
}

// through connects to a server through the proxy.
func (d *dialer) through(ctx context.Context, addr string) (net.Conn, error) {
	if d.proxy.isSOCKS() {
		var auth *netproxy.Auth
		if user := d.proxy.url.User; user != nil {
			password, _ := user.Password()
			auth = &netproxy.Auth{User: user.Username(), Password: password}
		}
		socks, err := netproxy.SOCKS5("tcp", d.proxy.url.Host, auth, forward{})
		if err != nil {
			return nil, err
		}
		if s, ok := socks.(netproxy.ContextDialer); ok {
			return s.DialContext(ctx, "tcp", addr)
		}
		return socks.Dial("tcp", addr)
	}
	conn, err := direct(ctx, "tcp", d.proxy.url.Host)
	if err != nil {
		return nil, err
	}
	tunnel, err := d.connect(ctx, conn, addr)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return tunnel, nil
}

// forward is the dialer for the connection to a SOCKS proxy.
type forward struct{}

func (forward) Dial(network, addr string) (net.Conn, error) {
	return direct(context.Background(), network, addr)
}

func (forward) DialContext(ctx context.Context, network, addr string) (net.Conn, error) {
	return direct(ctx, network, addr)
}

// maxProxyHeader limits the bytes of a proxy's response to CONNECT.
const maxProxyHeader = 64 << 10

// connect requests a tunnel to a server from an HTTP proxy.
func (d *dialer) connect(ctx context.Context, conn net.Conn, addr string) (net.Conn, error) {
	// The end of ctx ends reads and writes.
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if d.proxy.url.Scheme == "https" {
		config := d.tls.Clone()
		if config == nil {
			config = &tls.Config{MinVersion: tls.VersionTLS12}
		}
		config.ServerName, config.Certificates = d.proxy.url.Hostname(), nil
		secure := tls.Client(conn, config)
		if err := secure.HandshakeContext(ctx); err != nil {
			return nil, err
		}
		conn = secure
	}
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{}}
	if user := d.proxy.url.User; user != nil {
		req.Header.Set("Proxy-Authorization", "Basic "+secret.BasicCredential(user))
	}
	if err := req.WithContext(ctx).Write(conn); err != nil {
		return nil, err
	}
	// In TLS the client sends first, so the reader can't have buffered bytes of the server after the proxy's response.
	header := &io.LimitedReader{R: conn, N: maxProxyHeader}
	resp, err := http.ReadResponse(bufio.NewReader(header), req) //nolint:bodyclose // the caller closes conn
	if err != nil && header.N == 0 {
		err = fmt.Errorf("its response header is over %d KiB", maxProxyHeader>>10)
	}
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, &proxyStatusError{resp.StatusCode}
	}
	if !stop() {
		return nil, context.Cause(ctx)
	}
	return conn, nil
}

// forwarding sends plain http requests to a proxy, which responds in place of the server.
type forwarding struct {
	next  http.RoundTripper
	proxy *dialer
}

// RoundTrip implements http.RoundTripper. Only a proxy responds with status 407.
func (f *forwarding) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := f.next.RoundTrip(req)
	if err == nil && resp.StatusCode == http.StatusProxyAuthRequired {
		_ = resp.Body.Close()
		err = &proxyStatusError{resp.StatusCode}
	}
	if _, isLocal := errors.AsType[*api.LocalError](err); err == nil || isLocal {
		return resp, err
	}
	return nil, f.proxy.proxyError(req.Context(), err)
}

// proxyStatusError reports a tunnel or a request refused by a proxy.
type proxyStatusError struct{ status int }

func (e *proxyStatusError) Error() string {
	return fmt.Sprintf("it answered status %d (%s)", e.status, http.StatusText(e.status))
}

// proxyError returns a *reply.Error for an error of a proxy; nil for nil. It is not retryable if the proxy refused.
func (d *dialer) proxyError(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if cause := context.Cause(ctx); cause != nil {
		if cause != errConnectTimeout { //nolint:errorlint // it is the cause that was set here
			return cause
		}
		err = cause
	}
	cause := strings.Replace(api.PlainCause(err), "the server ", "it ", 1)
	e := &reply.Error{Kind: failure.Network, Retryable: true, Err: err, Message: fmt.Sprintf("%s failed: %s", d.proxy, cause)}
	if refused, ok := err.(*proxyStatusError); ok { //nolint:errorlint // it was made here
		e.Status = refused.status
		switch {
		case refused.status == http.StatusProxyAuthRequired:
			e.Kind, e.Retryable = failure.Auth, false
		case refused.status >= 400 && refused.status < 500:
			e.Kind, e.Retryable = failure.Refused, false
		}
	}
	return &api.LocalError{Err: e}
}
