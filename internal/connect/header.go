package connect

import (
	"net/http"
	"os"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// Header returns the header of each request, except the key. Its secrets are redacted from then on. leftOut reports
// whether secrets for another server were left out.
func (o *Options) Header(con *console.Console) (h http.Header, leftOut bool, err error) {
	h = http.Header{}
	h.Set("User-Agent", o.UserAgent)
	for _, given := range o.Headers {
		lines := []string{given}
		if name, isFile := strings.CutPrefix(given, "@"); isFile {
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, false, failure.BadOption("header", "", ": %w", err)
			}
			lines = strings.Split(strings.TrimPrefix(string(text), "\ufeff"), "\n")
		}
		for _, line := range lines {
			if strings.TrimSpace(line) == "" {
				continue
			}
			if err := addHeader(h, line); err != nil {
				return nil, false, err
			}
		}
	}
	return h, o.keepSecrets(con, h), nil
}

func (o *Options) keepSecrets(con *console.Console, h http.Header) (leftOut bool) {
	for name, values := range h {
		if !secret.Named(name) {
			continue
		}
		for _, v := range values {
			con.Redactor.AddHeader(v)
		}
		if o.HeadersFor != "" {
			delete(h, name)
			leftOut = true
		}
	}
	return leftOut
}

func addHeader(h http.Header, line string) error {
	name, text, ok := strings.Cut(line, ":")
	name, text = strings.TrimSpace(name), strings.TrimSpace(text)
	noName := func(c rune) bool { return c <= ' ' || c > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c) }
	if !ok || name == "" || strings.ContainsFunc(name, noName) {
		// The line may be a secret, so the error does not quote it.
		return failure.BadOption("header", "such as -H 'X-Team: tools'", ": must be 'Name: value' or @FILE")
	}
	if i := strings.IndexFunc(text, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }); i >= 0 {
		return failure.BadOption("header", "", " %s: the value holds the control character %q", name, text[i:i+1])
	}
	if strings.EqualFold(name, "User-Agent") {
		h.Del(name)
	}
	h.Add(name, text)
	return nil
}

// Admit hides the secrets of another program in everything that is kept or shown, and returns the error of Guard for its
// request.
func (o *Options) Admit(con *console.Console, to *Endpoint, r *http.Request) error {
	HideClient(con, r)
	err := o.Guard(con, to, r.Header)
	if err != nil {
		con.Note("%v", err)
	}
	return err
}

// HideClient hides the secrets that another program sends: they are kept nowhere, even if they come back.
func HideClient(con *console.Console, r *http.Request) {
	con.Redactor.AddURL(r.URL)
	for name, values := range r.Header {
		for _, value := range values {
			if secret.Named(name) {
				con.Redactor.AddHeader(value)
			}
		}
	}
}

// Guard decides whether a key may be sent to a host. It returns a usage error if a secret in the header or the URL would
// go over plain http to another machine, either the server or a proxy.
func (o *Options) Guard(con *console.Console, to *Endpoint, h http.Header) error {
	if to.Offline || to.Base.Scheme == "https" || o.AllowHTTPKey {
		return nil
	}
	through, err := o.proxyFor(con, to.Base)
	if err != nil {
		return err
	}
	reader := to.Base.Host
	if secret.IsLoopback(to.Base.Hostname()) {
		if through == nil || secret.IsLoopback(through.url.Hostname()) {
			return nil
		}
		reader = through.String()
	}
	secrets := len(secret.InURL(to.Base)) > 0
	for name := range h {
		secrets = secrets || secret.Named(name)
	}
	if !secrets {
		return nil
	}
	return failure.BadUsage("use https, or send it anyway with --allow-http-key",
		"the key would go over plain http to %s, where others can read it", reader)
}
