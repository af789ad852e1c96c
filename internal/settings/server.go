package settings

import (
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// offlineURL is the base URL that the switch "offline" sets.
const offlineURL = "offline:"

// server returns the base URL for which the keys of a profile, or of the top level, are meant: its own or the inherited
// one.
func (f *File) server(profile string) string {
	for _, level := range []string{profile, ""} {
		if e := f.find(level, "base-url"); e != nil && len(e.values) > 0 {
			return option.TrimSpace(e.values[0])
		}
		if e := f.find(level, "offline"); e != nil && e.isOn() {
			return offlineURL
		}
	}
	return ""
}

// isForOtherServer reports whether a value must not be used because it sets a key, or allows plain http for one, and is
// meant for another server than requests go to. Secret headers for another server are left out later.
func (r *resolver) isForOtherServer(l layer, o *option.Option, value Value) bool {
	if value.Level != InFile || o.OneServer == option.AnyServer {
		return false
	}
	meant := l.server
	if meant == "" {
		meant = option.Find(r.options, "base-url").Default
	}
	if secret.SameServer(meant, r.baseURL()) {
		return false
	}
	r.otherServer[o.Name] = value.called(o.Name) + " is for " + secret.ServerName(meant)
	return o.OneServer == option.WholeValue
}

// baseURL returns the effective base URL.
func (v *Values) baseURL() string {
	if v.On("offline") {
		return offlineURL
	}
	return v.Text("base-url")
}
