package secret

import (
	"net"
	"net/url"
	"strings"
)

// SameServer reports whether a secret for one base URL may go to another: they have the same scheme, host and port. All of
// xAI's hosts take the same keys.
func SameServer(a, b string) bool {
	to, err := url.Parse(a)
	at, err2 := url.Parse(b)
	if err != nil || err2 != nil || to.Scheme != at.Scheme {
		return false
	}
	return ServerName(a) == ServerName(b) || IsXAI(to.Hostname()) && IsXAI(at.Hostname())
}

// ServerName returns the host of a base URL, with the port if that is not the scheme's own; "offline:" for a URL without a
// host.
func ServerName(base string) string {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return "offline:"
	}
	name := plainHost(u.Hostname())
	if port := u.Port(); port != "" && port != map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		name = net.JoinHostPort(name, port)
	}
	return name
}

// IsXAI reports whether a host is x.ai or one of its subdomains.
func IsXAI(host string) bool {
	host = plainHost(host)
	return host == "x.ai" || strings.HasSuffix(host, ".x.ai")
}

// IsLoopback reports whether a host is this machine.
func IsLoopback(host string) bool {
	host = plainHost(host)
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func plainHost(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }
