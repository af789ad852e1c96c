package cli

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// home is the base URL that the keys of a profile are for, or those of the top level: its
// own, or else the one that it stands on.
func (c *configFile) home(profile string) string {
	for _, level := range []string{profile, ""} {
		if e := c.find(level, "base-url"); e != nil && len(e.values) > 0 {
			return e.values[0]
		}
		if e := c.find(level, "offline"); e != nil && e.says() {
			return "offline:"
		}
	}
	return xaiBase
}

// astray says whether a setting must not be taken, for it gives a key, or lets one go over
// plain http, and requests go to another server than the key's. Of headers only those that
// carry secrets stay behind.
func (a *app) astray(l layer, from source, f *pflag.Flag) bool {
	inForce := a.connect.baseURL
	if a.connect.offline {
		inForce = "offline:"
	}
	if l.home == "" || sameServer(l.home, inForce) {
		return false
	}
	whose := from.called() + " is for " + serverName(l.home)
	switch f.Name {
	case "header":
		a.connect.headersAreFor = whose
	case "api-key-file", "api-key-command":
		a.connect.leftOut = whose
	}
	return slices.Contains([]string{"api-key-file", "api-key-command", "allow-http-key"}, f.Name)
}

// sameServer says whether two base URLs have the same scheme, host and port. All of xAI's
// hosts take the same keys.
func sameServer(a, b string) bool {
	to, err := url.Parse(a)
	at, err2 := url.Parse(b)
	if err != nil || err2 != nil {
		return false
	}
	if to.Scheme != at.Scheme {
		return false
	}
	return serverName(a) == serverName(b) || isXAI(to.Hostname()) && isXAI(at.Hostname())
}

// serverName is the host of a base URL with the port, where that is not the scheme's own.
func serverName(base string) string {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return "offline:"
	}
	name := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if port := u.Port(); port != "" && port != map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		name = net.JoinHostPort(name, port)
	}
	return name
}
