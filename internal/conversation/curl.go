package conversation

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// maxArgument is the maximum size in bytes of an argument on Linux, including its NUL.
const maxArgument = 128 << 10

// curl holds the parts of a curl command, with shell variables in place of secrets.
type curl struct {
	args      []string
	variables variables
}

// curl returns a curl command on one line that sends the request. A body that is too large for an argument is piped
// from printf: a builtin of shells, to which the limit does not apply.
func (s *session) curl(body rawjson.Doc, header http.Header, to *connect.Endpoint) (rawjson.Doc, error) {
	var doc rawjson.Doc
	if to.Offline {
		return doc, failure.BadUsage("", "the embedded endpoint has no address that curl could reach")
	}
	c := &curl{args: []string{"curl", "-sS", "--fail-with-body", "--no-buffer"}}
	key := s.keyVariable(to, header)
	c.endpoint(to.Base, key != "" || header.Get("Authorization") != "")
	c.headers(header, key)
	if err := s.curlNetwork(c, to); err != nil {
		return doc, err
	}
	command := strings.Join(c.args, " ") + " --data-binary "
	if body.Len() < maxArgument {
		doc.Text(command + "'")
		doc.Append(body.Map(quoted))
		doc.Text("'\n")
	} else {
		doc.Text("printf %s '")
		doc.Append(body.Map(quoted))
		doc.Text("' | " + command + "@-\n")
	}
	c.variables.noteMeanings(s.con)
	return doc, nil
}

// quoted returns JSON on one line, escaped for single quotes of a shell.
func quoted(raw []byte) []byte { return bytes.ReplaceAll(oneLine(raw), []byte("'"), []byte(`'\''`)) }

// keyVariable returns the environment variable of the key; empty if no key is sent or the user set the Authorization
// header.
func (s *session) keyVariable(to *connect.Endpoint, header http.Header) string {
	isSet := func(name string) bool { return s.Connect.Getenv(name) != "" }
	switch {
	case header.Get("Authorization") != "":
		return ""
	case to.XAI && (isSet(connect.XAIKeyVariable) || !isSet(connect.KeyVariable)):
		return connect.XAIKeyVariable
	case s.Connect.HasKey():
		return connect.KeyVariable
	}
	return ""
}

// endpoint adds the URL. It adds the URL's user only if there is no other credential.
func (c *curl) endpoint(base *url.URL, hasCredential bool) {
	at := *base.JoinPath("chat/completions")
	user, query := at.User, at.RawQuery
	at.User, at.RawQuery = nil, ""
	if strings.ContainsAny(at.Path+query, "[]{}") {
		c.args = append(c.args, "--globoff")
	}
	c.args = append(c.args, word(append([]part{{text: at.String()}}, c.query(query)...)...))
	if !hasCredential {
		c.user("--user", user, "BASE_URL")
	}
}

// query returns a query with variables in place of secret values. A variable must hold the value as encoded in the URL.
func (c *curl) query(raw string) []part {
	if raw == "" {
		return nil
	}
	parts := []part{{text: "?"}}
	for i, pair := range strings.Split(raw, "&") {
		if i > 0 {
			parts = append(parts, part{text: "&"})
		}
		name, value, _ := strings.Cut(pair, "=")
		if value == "" || secret.RedactQuery(pair) == pair {
			parts = append(parts, part{text: pair})
			continue
		}
		variable := c.variables.add(name, "the value of "+name+" in the base URL, as it stands there")
		parts = append(parts, part{text: name + "="}, part{variable: variable})
	}
	return parts
}

// user adds the user and password of a URL. Without a password, the user name is the secret.
func (c *curl) user(flag string, user *url.Userinfo, prefix string) {
	if user == nil {
		return
	}
	parts := []part{{text: user.Username() + ":"}}
	if _, has := user.Password(); has {
		parts = append(parts, part{variable: c.variables.add(prefix+"_PASSWORD", "the password in the URL")})
	} else {
		parts = []part{{variable: c.variables.add(prefix+"_USER", "the user in the URL")}, {text: ":"}}
	}
	c.args = append(c.args, flag, word(parts...))
}

// headers adds the content type, the key, and then the other header fields ordered by name.
func (c *curl) headers(header http.Header, key string) {
	kind := header.Get("Content-Type")
	if kind == "" {
		kind = "application/json"
	}
	c.args = append(c.args, "-H", word(part{text: "Content-Type: " + kind}))
	if key != "" {
		c.args = append(c.args, "-H", word(part{text: "Authorization: Bearer "}, part{variable: key}))
	}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if name == "Content-Type" {
			continue
		}
		for _, value := range header[name] {
			c.args = append(c.args, "-H", word(c.header(name, value)...))
		}
	}
}

func (c *curl) header(name, value string) []part {
	if value == "" {
		// curl requires a semicolon after the name of a header without a value.
		return []part{{text: name + ";"}}
	}
	if !secret.Named(name) {
		return []part{{text: name + ": " + value}}
	}
	scheme, meaning := "", "the header "+name
	if strings.HasSuffix(name, "Authorization") {
		scheme = schemeOf(value)
	}
	if scheme != "" {
		meaning += ", behind " + scheme
		scheme += " "
	}
	return []part{{text: name + ": " + scheme}, {variable: c.variables.add(name, meaning)}}
}

// schemeOf returns the scheme of an Authorization header, such as Bearer; empty if the value is not one word of letters
// and a credential.
func schemeOf(value string) string {
	scheme, credential, two := strings.Cut(value, " ")
	isLetter := func(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }
	if !two || strings.Contains(credential, " ") || strings.ContainsFunc(scheme, func(r rune) bool { return !isLetter(r) }) {
		return ""
	}
	return scheme
}

// proxy adds the proxy in force, nil for none. --noproxy prevents curl from reading the environment, because its rules differ:
// it uses a proxy even for this machine, and NO_PROXY also applies to --proxy.
func (c *curl) proxy(through *url.URL, getenv func(string) string) {
	without := "*"
	if through != nil {
		at := *through
		at.User = nil
		c.args = append(c.args, "--proxy", console.QuoteShell(at.String()))
		c.user("--proxy-user", through.User, "PROXY")
		without = ""
	}
	isSet := func(name string) bool { return getenv(name) != "" || getenv(strings.ToUpper(name)) != "" }
	if slices.ContainsFunc([]string{"http_proxy", "https_proxy", "all_proxy", "no_proxy"}, isSet) {
		c.args = append(c.args, "--noproxy", console.QuoteShell(without))
	}
}

// curlNetwork adds the options for TLS and proxies.
func (s *session) curlNetwork(c *curl, to *connect.Endpoint) error {
	for _, file := range [][2]string{{"--cacert", s.Connect.CACert}, {"--cert", s.Connect.ClientCert}, {"--key", s.Connect.ClientKey}} {
		if file[1] != "" {
			c.args = append(c.args, file[0], console.QuoteShell(file[1]))
		}
	}
	through, err := s.Connect.Proxy(s.con, to.Base)
	if err != nil {
		return err
	}
	c.proxy(through, s.Connect.Getenv)
	if limit := s.Connect.ConnectTimeout; limit > 0 {
		c.args = append(c.args, "--connect-timeout", fmt.Sprint(limit.Seconds()))
	}
	if limit := s.Connect.Timeout; limit > 0 {
		c.args = append(c.args, "--max-time", fmt.Sprint(limit.Seconds()))
	}
	return nil
}
