package secret

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// SameServer reports whether a secret for one base URL may be sent to another: if they have the same scheme, host and
// port, or are both xAI's, whose hosts accept the same keys.
func SameServer(a, b string) bool {
	to, err := url.Parse(a)
	at, err2 := url.Parse(b)
	if err != nil || err2 != nil || to.Scheme != at.Scheme {
		return false
	}
	return ServerName(a) == ServerName(b) || IsXAI(to.Hostname()) && IsXAI(at.Hostname())
}

// ServerName returns the host of a base URL, with the port unless it is the default of the scheme; "offline:" for a URL
// without a host.
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

// IsLoopback reports whether a host is this machine, in any spelling: localhost in any case and with a final dot, an
// IPv4 address also in the short, octal or hexadecimal forms that resolvers accept (127.1, 0x7f.1), an IPv6 address
// also with a zone or IPv4-mapped.
func IsLoopback(host string) bool {
	_, ok := LoopbackHost(host)
	return ok
}

// LoopbackHost returns the form of a loopback host for dialing: "localhost", or its address in canonical form. ok is
// false for any other host.
func LoopbackHost(host string) (dialed string, ok bool) {
	host = plainHost(host)
	if host == "localhost" {
		return host, true
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.Unmap().String(), addr.Unmap().IsLoopback()
	}
	if addr, ok := parseIPv4(host); ok {
		return addr.String(), addr.IsLoopback()
	}
	return "", false
}

func plainHost(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

// parseIPv4 parses an address like inet_aton: one to four numbers, decimal, octal or hexadecimal. The last one fills
// the remaining bytes.
func parseIPv4(host string) (netip.Addr, bool) {
	parts := strings.Split(host, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var addr [4]byte
	for i, part := range parts {
		bits := 8
		if i == len(parts)-1 {
			bits = 8 * (4 - i)
		}
		n, err := strconv.ParseUint(part, 0, 64)
		if err != nil || n >= 1<<bits || strings.ContainsAny(part, "_+") {
			return netip.Addr{}, false
		}
		for b := 3; i == len(parts)-1 && b >= i; b-- {
			addr[b] = byte(n)
			n >>= 8
		}
		if i < len(parts)-1 {
			addr[i] = byte(n)
		}
	}
	return netip.AddrFrom4(addr), true
}
